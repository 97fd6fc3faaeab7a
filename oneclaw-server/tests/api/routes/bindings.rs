use oneclaw_api::{NewSecret, VaultApi};
use serde_json::{Value, json};

use crate::setting::{Setting, path, value};

const KEY: &str = "sk-canary-binding-7391";
const BINDING: [&str; 13] = [
    "agent_id",
    "binding_type",
    "config",
    "created_at",
    "credential_path",
    "credential_set",
    "credential_source_type",
    "credential_vault_id",
    "guardrails",
    "id",
    "is_active",
    "name",
    "updated_at",
];

fn new(source: &Value) -> Value {
    json!({
        "name": "api", "binding_type": "http",
        "config": {"base_url": "https://api.example.com/v1/", "auth_type": "bearer"},
        "guardrails": {"allowed_paths": ["/v1/*"]},
        "credential_source": source,
    })
}

#[tokio::test]
async fn bindings_are_made_shown_changed_and_removed_without_their_credential() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    setting.owner.put_secret(vault, &path("a"), NewSecret::new(value(KEY))).await.unwrap();
    let agent = setting.agent("a", None).await;
    let base = format!("/v1/agents/{}/bindings", agent.agent.id);
    let raw = setting.raw_owner().await;
    assert_eq!(raw.get(&base).await.body, r#"{"bindings":[]}"#);

    let source = json!({"type": "vault_ref", "vault_id": vault, "path": "a"});
    let reply = raw.send("POST", &base, &new(&source).to_string()).await;
    assert_eq!((reply.status, reply.fields("")), (201, BINDING.map(str::to_owned).to_vec()));
    let mut inline = new(&json!(null));
    inline["name"] = json!("inline");
    inline["credential"] = json!({"token": KEY});
    let inline = raw.send("POST", &base, &inline.to_string()).await;
    assert_eq!(inline.json()["credential_source_type"], "inline");
    for raw in [&raw, &setting.raw_agent(&agent).await] {
        let listed = raw.get(&base).await;
        assert!(!listed.body.contains(KEY) && listed.json()["bindings"].as_array().unwrap().len() == 2);
    }

    let target = format!("{base}/{}", reply.json()["id"].as_str().unwrap());
    assert_eq!(raw.get(&target).await.json(), reply.json());
    let changed = raw.send("PATCH", &target, r#"{"is_active":false}"#).await;
    assert_eq!((changed.status, &changed.json()["is_active"]), (200, &json!(false)));
    assert_eq!(raw.send("DELETE", &target, "").await.status, 204);
    raw.get(&target).await.problem(404);
}

#[tokio::test]
async fn bad_bindings_are_refused_and_not_echoed() {
    let setting = Setting::start().await;
    let agent = setting.agent("a", None).await;
    let base = format!("/v1/agents/{}/bindings", agent.agent.id);
    let raw = setting.raw_owner().await;
    for (name, value) in [
        ("name", json!("no spaces")),
        ("binding_type", json!("postgres")),
        ("config", json!(null)),
        ("config", json!({"base_url": "https://api.example.com/", "auth_type": "bearer", "canary": 1})),
        ("config", json!({"base_url": "http://api.example.com/", "auth_type": "bearer"})),
        ("config", json!({"base_url": "https://canary:canary@api.example.com/", "auth_type": "bearer"})),
        ("config", json!({"auth_type": "canary"})),
        ("guardrails", json!({"canary": true})),
        ("guardrails", json!({"allowed_methods": "GET"})),
        ("credential_source", json!(null)),
        ("credential_source", json!({"type": "inline", "value": "canary"})),
        ("credential", json!({"token": KEY})),
    ] {
        let mut body = new(&json!({"type": "inline", "value": KEY}));
        body[name] = value;
        let reply = raw.send("POST", &base, &body.to_string()).await;
        reply.problem(400);
        assert!(!reply.body.contains("canary"), "{}", reply.body);
    }
    let body = new(&json!({"type": "inline", "value": KEY})).to_string();
    setting.raw_agent(&agent).await.send("POST", &base, &body).await.problem(403);
}
