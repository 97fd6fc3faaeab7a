use axum::extract::State;
use axum::response::Response;
use data_encoding::{BASE64, BASE64URL_NOPAD};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST, HeaderValue};
use http::{HeaderMap, HeaderName};
use oneclaw_vault::VerifyingKey;
use serde::Serialize;

use crate::app::App;
use crate::reply::{Answer, ok};

/// `GET /v1/auth/jwt-public-key`
pub(crate) async fn public_key(State(app): State<App>) -> Answer {
    #[derive(Serialize)]
    struct PublicKey {
        alg: &'static str,
        public_key_base64: String,
    }
    let keys = app.vault.verifying_keys();
    let public_key_base64 = keys.first().map(|key| BASE64.encode(&key.public)).unwrap_or_default();
    Ok(cached(ok(&PublicKey { alg: "EdDSA", public_key_base64 })?))
}

/// `GET /.well-known/jwks.json`: the keys that tokens are signed with (RFC 7517, RFC 8037).
pub(crate) async fn jwks(State(app): State<App>) -> Answer {
    #[derive(Serialize)]
    struct Jwks {
        keys: Vec<Jwk>,
    }
    #[derive(Serialize)]
    struct Jwk {
        kty: &'static str,
        crv: &'static str,
        r#use: &'static str,
        alg: &'static str,
        kid: String,
        x: String,
    }
    let jwk = |key: VerifyingKey| Jwk {
        kty: "OKP",
        crv: "Ed25519",
        r#use: "sig",
        alg: "EdDSA",
        x: BASE64URL_NOPAD.encode(&key.public),
        kid: key.id,
    };
    let keys = app.vault.verifying_keys().into_iter().map(jwk).collect();
    let mut response = cached(ok(&Jwks { keys })?);
    set(&mut response, CONTENT_TYPE, "application/jwk-set+json");
    Ok(response)
}

/// `GET /.well-known/openid-configuration`
pub(crate) async fn openid_configuration(State(app): State<App>, headers: HeaderMap) -> Answer {
    #[derive(Serialize)]
    struct Discovery {
        issuer: String,
        jwks_uri: String,
        id_token_signing_alg_values_supported: [&'static str; 1],
        response_types_supported: [&'static str; 1],
        subject_types_supported: [&'static str; 1],
    }
    // The host is one that the server answers to; it knows no better name of its own.
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    Ok(cached(ok(&Discovery {
        issuer: app.vault.issuer(),
        jwks_uri: format!("http://{host}/.well-known/jwks.json"),
        id_token_signing_alg_values_supported: ["EdDSA"],
        response_types_supported: ["token"],
        subject_types_supported: ["public"],
    })?))
}

/// Lets caches keep a reply for five minutes: it is public.
fn cached(mut response: Response) -> Response {
    set(&mut response, CACHE_CONTROL, "public, max-age=300");
    response
}

fn set(response: &mut Response, name: HeaderName, value: &'static str) {
    response.headers_mut().insert(name, HeaderValue::from_static(value));
}
