use serde_json::json;

use crate::setting::Setting;

const VAULT: [&str; 6] = ["created_at", "created_by", "created_by_type", "description", "id", "name"];
const ID: &str = "01234567-89ab-4cde-8f01-23456789abcd";

#[tokio::test]
async fn vaults_are_made_listed_shown_and_deleted() {
    let setting = Setting::start().await;
    let raw = setting.raw_owner().await;
    let reply = raw.send("POST", "/v1/vaults", r#"{"name":"two","unknown":1}"#).await;
    assert_eq!((reply.status, reply.fields("")), (201, VAULT.map(str::to_owned).to_vec()));
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    let listed = raw.get("/v1/vaults").await;
    assert_eq!(
        (listed.fields(""), listed.fields("/vaults/0")),
        (vec!["vaults".to_owned()], VAULT.map(str::to_owned).to_vec())
    );
    assert_eq!(listed.json()["vaults"][0]["name"], "default");
    assert_eq!(raw.get(&format!("/v1/vaults/{id}")).await.json(), reply.json());
    let gone = raw.send("DELETE", &format!("/v1/vaults/{id}"), "").await;
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));
    raw.get(&format!("/v1/vaults/{id}")).await.problem(404);
}

#[tokio::test]
async fn bad_requests_are_problems() {
    let setting = Setting::start().await;
    let raw = setting.raw_owner().await;
    for body in ["", "{}", "[]", "nonsense", r#"{"name":1}"#, r#"{"name":""}"#, r#"{"name":"a","name":"b"}"#]
    {
        raw.send("POST", "/v1/vaults", body).await.problem(400);
    }
    raw.send("POST", "/v1/vaults", &json!({"name": "x".repeat(256)}).to_string()).await.problem(400);
    raw.send("POST", "/v1/vaults", r#"{"name":"default"}"#).await.problem(409);
    raw.get(&format!("/v1/vaults/{ID}")).await.problem(404);
    raw.send("DELETE", &format!("/v1/vaults/{ID}"), "").await.problem(404);
    for id in ["x", "0123456789ab4cde8f0123456789abcd", "%30", ".."] {
        raw.get(&format!("/v1/vaults/{id}")).await.problem(400);
    }
}

#[tokio::test]
async fn inv_17_an_agent_sees_no_vault_that_no_rule_gives_it() {
    let setting = Setting::start().await;
    let agent = setting.agent("a", None).await;
    let raw = setting.raw_agent(&agent).await;
    assert_eq!(raw.get("/v1/vaults").await.body, r#"{"vaults":[]}"#);
    let known = raw.get(&format!("/v1/vaults/{}", setting.default_vault().await)).await;
    let random = raw.get(&format!("/v1/vaults/{ID}")).await;
    assert_eq!((known.problem(404), &known.body), (random.problem(404), &random.body));
}
