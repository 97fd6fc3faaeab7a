use oneclaw_api::{NewSecret, Permission, VaultApi};
use serde_json::json;

use crate::setting::{Setting, path, value};
use crate::upstream;

const KEY: &str = "sk-canary-execute-7391";

#[tokio::test]
async fn an_agent_uses_a_credential_that_it_never_sees() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    setting.owner.put_secret(vault, &path("up/key"), NewSecret::new(value(KEY))).await.unwrap();
    let agent = setting.agent("a", Some(("up/*", &[Permission::Use]))).await;
    let base = format!("/v1/agents/{}", agent.agent.id);
    let binding = json!({
        "name": "up", "binding_type": "http",
        "config": {"base_url": upstream::start(KEY).await, "auth_type": "bearer"},
        "guardrails": {"allow_private_networks": true},
        "credential_source": {"type": "vault_ref", "vault_id": vault, "path": "up/key"},
    });
    let owner = setting.raw_owner().await;
    assert_eq!(owner.send("POST", &format!("{base}/bindings"), &binding.to_string()).await.status, 201);

    let raw = setting.raw_agent(&agent).await;
    let execute = format!("{base}/execute");
    let body = json!({
        "binding": "up", "intent_type": "http", "params": {"path": "x?y=1"}, "execution_mode": "vault",
        "dry_run": false,
    });
    let reply = raw.send("POST", &execute, &body.to_string()).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(
        reply.fields(""),
        [
            "duration_ms",
            "error",
            "execution_id",
            "execution_surface",
            "redactions_applied",
            "result",
            "status"
        ]
    );
    assert_eq!(
        (&reply.json()["status"], &reply.json()["result"]["status"]),
        (&json!("succeeded"), &json!(200))
    );
    assert!(reply.body.contains("GET /x?y=1") && !reply.body.contains(KEY), "{}", reply.body);

    for (name, value, status) in [
        ("binding", json!("absent"), 404),
        ("intent_type", json!("graphql_query"), 400),
        ("execution_mode", json!("tee"), 400),
        ("dry_run", json!(true), 400),
        ("params", json!({"headers": {"Authorization": "canary"}}), 0),
        ("params", json!([]), 400),
    ] {
        let mut body = body.clone();
        body[name] = value;
        let reply = raw.send("POST", &execute, &body.to_string()).await;
        assert!(status == 0 || reply.status == status, "{name}: {}", reply.body);
        assert!(!reply.body.contains("canary"), "{}", reply.body);
    }
    let other = setting.raw_agent(&setting.agent("b", None).await).await;
    other.send("POST", &execute, &body.to_string()).await.problem(403);
}
