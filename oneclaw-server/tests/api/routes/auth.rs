use serde_json::json;

use crate::raw::Raw;
use crate::setting::Setting;

const STANDARD: [&str; 3] = ["access_token", "expires_in", "token_type"];

#[tokio::test]
async fn a_key_alone_learns_its_agent_and_a_named_agent_gets_the_standard_fields() {
    let setting = Setting::start().await;
    let agent = setting.agent("a", None).await;
    let raw = Raw::new(&setting.base_url);
    let key = agent.api_key.expose_key();

    let reply = raw.send("POST", "/v1/auth/agent-token", &json!({"api_key": key}).to_string()).await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.fields(""), ["access_token", "agent_id", "expires_in", "token_type", "vault_ids"]);
    let token = reply.json();
    assert_eq!(token["agent_id"], agent.agent.id.to_string());
    assert_eq!(
        (&token["expires_in"], &token["token_type"], &token["vault_ids"]),
        (&json!(3600), &json!("Bearer"), &json!([]))
    );

    let named = json!({"api_key": key, "agent_id": agent.agent.id, "dpop_jwk": {}}).to_string();
    let reply = raw.send("POST", "/v1/auth/agent-token", &named).await;
    assert_eq!((reply.status, reply.fields("")), (200, STANDARD.map(str::to_owned).to_vec()));

    let reply = raw.send("POST", "/v1/auth/api-key-token", &json!({"api_key": key}).to_string()).await;
    assert_eq!((reply.status, reply.fields("")), (200, STANDARD.map(str::to_owned).to_vec()));
}

#[tokio::test]
async fn a_persons_key_is_exchanged_or_sent_as_it_is() {
    let setting = Setting::start().await;
    let key = setting.owner_key().await;
    let raw = Raw::new(&setting.base_url);
    let body = json!({"api_key": key.expose_key()}).to_string();
    let reply = raw.send("POST", "/v1/auth/api-key-token", &body).await;
    assert_eq!((reply.status, reply.fields("")), (200, STANDARD.map(str::to_owned).to_vec()));
    raw.send("POST", "/v1/auth/agent-token", &body).await.problem(401);
    let token = reply.json()["access_token"].as_str().unwrap().to_owned();
    for bearer in [token.as_str(), key.expose_key()] {
        let reply = raw.clone().bearer(bearer).get("/v1/auth/me").await;
        assert_eq!(reply.fields(""), ["auth_method", "display_name", "id", "org_id"]);
    }
}

#[tokio::test]
async fn bad_credentials_are_401_and_bad_bodies_400() {
    let setting = Setting::start().await;
    let agent = setting.agent("a", None).await;
    let other = setting.agent("b", None).await;
    let key = agent.api_key.expose_key();
    let raw = Raw::new(&setting.base_url);
    for (body, status) in [
        (json!({"api_key": "ocv_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O53azlYB"}).to_string(), 401),
        (json!({"api_key": "canary"}).to_string(), 401),
        (json!({"api_key": ""}).to_string(), 401),
        (json!({"api_key": key, "agent_id": other.agent.id}).to_string(), 401),
        (json!({"api_key": key, "agent_id": "canary"}).to_string(), 400),
        (json!({"api_key": 1}).to_string(), 400),
        (json!({"api_key": ["canary"]}).to_string(), 400),
        (json!({"apikey": "canary"}).to_string(), 400),
        (json!("canary").to_string(), 400),
        ("{\"api_key\": canary}".to_owned(), 400),
        ("{\"api_key\":\"canary\",\"api_key\":\"canary\"}".to_owned(), 400),
        (String::new(), 400),
    ] {
        let detail = raw.send("POST", "/v1/auth/agent-token", &body).await.problem(status);
        assert!(!detail.contains("canary"), "{detail}");
    }
}

#[tokio::test]
async fn a_revoked_token_is_dead_and_others_live() {
    let setting = Setting::start().await;
    let agent = setting.agent("a", None).await;
    let (one, two) = (setting.raw_agent(&agent).await, setting.raw_agent(&agent).await);
    let reply = one.send("DELETE", "/v1/auth/token", "").await;
    assert_eq!((reply.status, reply.body.as_str()), (204, ""));
    assert!(one.get("/v1/agents/me").await.problem(401).contains("token has been revoked"));
    assert_eq!(two.get("/v1/agents/me").await.status, 200);
}
