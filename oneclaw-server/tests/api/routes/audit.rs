use oneclaw_api::{NewSecret, VaultApi};
use serde_json::json;

use crate::setting::{Setting, path, value};

#[tokio::test]
async fn events_are_listed_and_verified() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    let raw = setting.raw_owner().await;
    setting.owner.put_secret(vault, &path("a"), NewSecret::new(value("canary-7391"))).await.unwrap();
    raw.get(&format!("/v1/vaults/{vault}/secrets/a")).await;
    for target in ["/v1/audit/events?action=secret.read&limit=1", "/v1/audit?action=secret.read&limit=1"] {
        let reply = raw.get(target).await;
        assert_eq!((reply.status, reply.fields("")), (200, vec!["count".to_owned(), "events".to_owned()]));
        let page = reply.json();
        assert_eq!((&page["count"], &page["events"][0]["action"]), (&json!(1), &json!("secret.read")));
        assert_eq!(page["events"][0]["ip_address"], "127.0.0.1");
        assert!(!reply.body.contains("canary"));
    }
    let none = raw.get("/v1/audit/events?to=2001-01-01T00:00:00Z").await;
    assert_eq!(none.body, r#"{"events":[],"count":0}"#);
    let reply = raw.get("/v1/audit/verify").await;
    assert_eq!(
        reply.fields(""),
        ["broken_at_event_id", "chain_valid", "events_checked", "events_verified", "scheme"]
    );
    assert_eq!(reply.json()["chain_valid"], true);
    for query in ["limit=x", "limit=-1", "from=yesterday", "limit=1&limit=2", "action=%zz"] {
        raw.get(&format!("/v1/audit/events?{query}")).await.problem(400);
    }
}
