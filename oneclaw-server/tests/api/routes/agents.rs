use serde_json::json;

use crate::raw::Raw;
use crate::setting::Setting;

const AGENT: [&str; 9] = [
    "auth_method",
    "created_at",
    "description",
    "id",
    "intents_api_enabled",
    "is_active",
    "name",
    "scopes",
    "shroud_enabled",
];

fn fields(more: &[&str]) -> Vec<String> {
    let mut fields: Vec<String> = AGENT.iter().chain(more).map(|name| (*name).to_owned()).collect();
    fields.sort();
    fields
}

#[tokio::test]
async fn agents_are_made_shown_changed_and_switched_off() {
    let setting = Setting::start().await;
    let raw = setting.raw_owner().await;
    let body = json!({
        "name": "a", "description": "", "auth_method": "api_key", "intents_api_enabled": true,
        "shroud_enabled": true, "scopes": null,
    });
    let reply = raw.send("POST", "/v1/agents", &body.to_string()).await;
    assert_eq!((reply.status, reply.fields("")), (201, vec!["agent".to_owned(), "api_key".to_owned()]));
    assert_eq!(reply.fields("/agent"), fields(&[]));
    let created = reply.json();
    let target = format!("/v1/agents/{}", created["agent"]["id"].as_str().unwrap());
    assert_eq!(raw.get(&target).await.json(), created["agent"]);
    assert_eq!(raw.get("/v1/agents").await.fields("/agents/0"), fields(&[]));
    let update = json!({"token_ttl_seconds": 120, "execution_intents_enabled": true}).to_string();
    let reply = raw.send("PATCH", &target, &update).await;
    assert_eq!(reply.fields(""), fields(&["execution_intents_enabled", "token_ttl_seconds"]));

    let rotated = raw.send("POST", &format!("{target}/rotate-key"), "").await;
    assert_eq!((rotated.status, rotated.fields("")), (200, vec!["api_key".to_owned()]));
    let exchange = async |key: &serde_json::Value| {
        let body = json!({"api_key": key}).to_string();
        Raw::new(&setting.base_url).send("POST", "/v1/auth/agent-token", &body).await.status
    };
    assert_eq!(exchange(&created["api_key"]).await, 401);
    assert_eq!(exchange(&rotated.json()["api_key"]).await, 200);
    assert_eq!(raw.send("DELETE", &target, "").await.status, 204);
    assert_eq!(exchange(&rotated.json()["api_key"]).await, 401);
}

#[tokio::test]
async fn an_agent_sees_itself_and_no_other() {
    let setting = Setting::start().await;
    let (a, b) = (setting.agent("a", None).await, setting.agent("b", None).await);
    let raw = setting.raw_agent(&a).await;
    let reply = raw.get("/v1/agents/me").await;
    assert_eq!(reply.fields(""), fields(&["created_by", "execution_intents_enabled", "org_id"]));
    assert_eq!(reply.json()["id"], a.agent.id.to_string());
    assert_eq!(raw.get(&format!("/v1/agents/{}", a.agent.id)).await.status, 200);
    raw.get(&format!("/v1/agents/{}", b.agent.id)).await.problem(403);
    raw.get("/v1/agents").await.problem(403);
    raw.send("POST", "/v1/agents", r#"{"name":"c"}"#).await.problem(403);
    raw.send("POST", &format!("/v1/agents/{}/rotate-key", a.agent.id), "").await.problem(403);
    raw.send("PATCH", &format!("/v1/agents/{}", a.agent.id), r#"{"scopes":[]}"#).await.problem(403);
}

#[tokio::test]
async fn bad_agents_are_refused_and_what_would_limit_them_is_not_passed_over() {
    let setting = Setting::start().await;
    let raw = setting.raw_owner().await;
    for (name, value) in [
        ("name", json!(null)),
        ("name", json!("")),
        ("name", json!("*")),
        ("scopes", json!("a/*")),
        ("vault_ids", json!(["x"])),
        ("token_ttl_seconds", json!(60)),
        ("token_ttl_seconds", json!(86_401)),
        ("token_ttl_seconds", json!("900")),
        ("auth_method", json!("mtls")),
        ("expires_at", json!("2027-01-01T00:00:00Z")),
        ("execution_guardrails", json!({"allowed_hosts": []})),
        ("environment_locked", json!(true)),
    ] {
        let mut body = json!({"name": "a"});
        body[name] = value;
        raw.send("POST", "/v1/agents", &body.to_string()).await.problem(400);
    }
    assert_eq!(raw.get("/v1/agents").await.body, r#"{"agents":[]}"#);
    raw.get("/v1/agents/01234567-89ab-4cde-8f01-23456789abcd").await.problem(404);
}
