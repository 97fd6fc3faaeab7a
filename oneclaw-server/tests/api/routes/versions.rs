use oneclaw_api::{NewSecret, VaultApi};
use serde_json::json;

use super::META;
use crate::setting::{Setting, path, value};

#[tokio::test]
async fn versions_are_listed_read_disabled_and_rolled_back() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    for text in ["one", "two"] {
        setting.owner.put_secret(vault, &path("a/b"), NewSecret::new(value(text))).await.unwrap();
    }
    let raw = setting.raw_owner().await;
    let at = |area: &str, behind: &str| format!("/v1/vaults/{vault}/{area}/a%2Fb{behind}");
    let reply = raw.get(&at("secret-versions", "")).await;
    assert_eq!(
        reply.fields("/versions/0"),
        ["created_at", "id", "metadata", "origin", "path", "type", "version"]
    );
    assert_eq!(
        (&reply.json()["versions"][0]["version"], &reply.json()["versions"][1]["version"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(raw.get(&at("secret-version", "/1")).await.json()["value"], "one");
    raw.get(&at("secret-version", "/3")).await.problem(404);

    let disabled = raw.send("POST", &at("secret-version-disable", "/2"), "").await;
    assert_eq!((disabled.status, disabled.body.as_str()), (204, ""));
    raw.get(&at("secret-version", "/2")).await.problem(410);
    assert_eq!(raw.get(&at("secret-versions", "")).await.json()["versions"][0]["is_disabled"], true);
    assert_eq!(raw.get(&at("secrets", "")).await.json()["value"], "one");
    raw.send("POST", &at("secret-version-disable", "/3"), "").await.problem(404);

    let reply = raw.send("POST", &at("secret-rollback", ""), r#"{"version":1}"#).await;
    assert_eq!((reply.status, reply.fields("")), (201, META.map(str::to_owned).to_vec()));
    assert_eq!(reply.json()["version"], 3);
    for body in ["", "{}", r#"{"version":"1"}"#, r#"{"version":-1}"#] {
        raw.send("POST", &at("secret-rollback", ""), body).await.problem(400);
    }
    raw.send("POST", &at("secret-rollback", ""), r#"{"version":9}"#).await.problem(404);
}
