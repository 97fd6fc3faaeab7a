use data_encoding::{BASE64, BASE64URL_NOPAD};

use crate::raw::Raw;
use crate::setting::Setting;

#[tokio::test]
async fn the_public_key_is_the_same_in_both_forms() {
    let setting = Setting::start().await;
    let raw = Raw::new(&setting.base_url);
    let reply = raw.get("/.well-known/jwks.json").await;
    assert_eq!(reply.header("content-type"), Some("application/jwk-set+json"));
    assert_eq!(reply.fields("/keys/0"), ["alg", "crv", "kid", "kty", "use", "x"]);
    let x = reply.json()["keys"][0]["x"].as_str().unwrap().to_owned();
    let reply = raw.get("/v1/auth/jwt-public-key").await;
    assert_eq!(reply.fields(""), ["alg", "public_key_base64"]);
    let public = BASE64.decode(reply.json()["public_key_base64"].as_str().unwrap().as_bytes()).unwrap();
    assert_eq!((public.len(), BASE64URL_NOPAD.encode(&public)), (32, x));
}

#[tokio::test]
async fn discovery_names_the_issuer_and_the_keys() {
    let setting = Setting::start().await;
    let reply = Raw::new(&setting.base_url).get("/.well-known/openid-configuration").await;
    let json = reply.json();
    assert_eq!(json["issuer"], setting.vault.issuer());
    assert_eq!(json["jwks_uri"], format!("{}/.well-known/jwks.json", setting.base_url));
    assert_eq!(json["id_token_signing_alg_values_supported"], serde_json::json!(["EdDSA"]));
}
