use oneclaw_api::Permission;
use serde_json::json;

use crate::setting::Setting;

const POLICY: [&str; 9] = [
    "conditions",
    "created_at",
    "created_by",
    "created_by_type",
    "id",
    "permissions",
    "principal_id",
    "principal_type",
    "secret_path_pattern",
];

fn fields(more: &[&str]) -> Vec<String> {
    let mut fields: Vec<String> =
        POLICY.iter().chain(&["vault_id"]).chain(more).map(|name| (*name).to_owned()).collect();
    fields.sort();
    fields
}

#[tokio::test]
async fn rules_are_made_listed_changed_and_removed() {
    let setting = Setting::start().await;
    let agent = setting.agent("a", None).await.agent.id;
    let base = format!("/v1/vaults/{}/policies", setting.default_vault().await);
    let raw = setting.raw_owner().await;
    assert_eq!(raw.get(&base).await.body, r#"{"policies":[]}"#);
    let body = json!({
        "secret_path_pattern": "api-keys/*", "principal_type": "agent", "principal_id": agent,
        "permissions": ["read"], "conditions": {}, "policy_schema_version": 1, "effect": "allow", "priority": 0,
    });
    let reply = raw.send("POST", &base, &body.to_string()).await;
    assert_eq!((reply.status, reply.fields("")), (201, fields(&[])));
    let target = format!("{base}/{}", reply.json()["id"].as_str().unwrap());
    let update = json!({"permissions": ["use", "list"], "effect": "deny", "priority": 5}).to_string();
    let reply = raw.send("PUT", &target, &update).await;
    assert_eq!((reply.status, reply.fields("")), (200, fields(&["effect", "priority"])));
    assert_eq!(raw.get(&base).await.json()["policies"][0], reply.json());
    assert_eq!(raw.send("DELETE", &target, "").await.status, 204);
    raw.send("DELETE", &target, "").await.problem(404);
    raw.send("PUT", &target, &update).await.problem(404);
}

#[tokio::test]
async fn bad_rules_are_refused_and_what_would_limit_them_is_not_passed_over() {
    let setting = Setting::start().await;
    let agent = setting.agent("a", None).await.agent.id;
    let base = format!("/v1/vaults/{}/policies", setting.default_vault().await);
    let raw = setting.raw_owner().await;
    for (name, value) in [
        ("secret_path_pattern", json!("api-*")),
        ("secret_path_pattern", json!("../a")),
        ("secret_path_pattern", json!(null)),
        ("principal_type", json!("group")),
        ("principal_id", json!("*")),
        ("principal_id", json!("01234567-89ab-4cde-8f01-23456789abcd")),
        ("permissions", json!([])),
        ("permissions", json!(["admin"])),
        ("permissions", json!("read")),
        ("effect", json!("maybe")),
        ("priority", json!(1.5)),
        ("expires_at", json!("tomorrow")),
        ("conditions", json!({"phase_of_the_moon": "full"})),
        ("conditions", json!("none")),
        ("attribute_conditions", json!({"required_tags": ["a"]})),
    ] {
        let mut body = json!({
            "secret_path_pattern": "a/*", "principal_type": "agent", "principal_id": agent, "permissions": ["read"],
        });
        body[name] = value;
        raw.send("POST", &base, &body.to_string()).await.problem(400);
    }
    assert_eq!(raw.get(&base).await.body, r#"{"policies":[]}"#);
}

#[tokio::test]
async fn a_decision_is_explained_with_200_whatever_it_is() {
    let setting = Setting::start().await;
    let agent = setting.agent("a", Some(("api-keys/*", &[Permission::Use]))).await;
    let target = format!("/v1/vaults/{}/policy-explain", setting.default_vault().await);
    for raw in [setting.raw_owner().await, setting.raw_agent(&agent).await] {
        for (permission, decision) in [("use", "allow"), ("list", "allow"), ("read", "deny")] {
            let body = json!({
                "principal_type": "agent", "principal_id": agent.agent.id, "permission": permission,
                "path": "api-keys/stripe",
            });
            let reply = raw.send("POST", &target, &body.to_string()).await;
            assert_eq!(
                (reply.status, reply.fields("")),
                (200, vec!["decision".to_owned(), "reasons".to_owned()])
            );
            assert_eq!(reply.json()["decision"], decision);
        }
    }
    let other = setting.agent("b", None).await;
    let body = json!({
        "principal_type": "agent", "principal_id": agent.agent.id, "permission": "use", "path": "a",
    });
    setting.raw_agent(&other).await.send("POST", &target, &body.to_string()).await.problem(403);
    setting.raw_owner().await.send("POST", &target, r#"{"path":"../a"}"#).await.problem(400);
}
