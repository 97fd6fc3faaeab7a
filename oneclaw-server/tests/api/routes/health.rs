use crate::raw::Raw;
use crate::setting::Setting;

#[tokio::test]
async fn anybody_may_ask_how_the_vault_is() {
    let setting = Setting::start().await;
    let raw = Raw::new(&setting.base_url);
    let reply = raw.get("/v1/health").await;
    assert_eq!((reply.status, reply.fields("")), (200, vec!["status".to_owned(), "version".to_owned()]));
    assert_eq!(reply.json()["status"], "healthy");
    assert_eq!(raw.get("/v1/health/hsm").await.body, r#"{"status":"ok"}"#);
}
