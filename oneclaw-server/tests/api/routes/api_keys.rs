use serde_json::json;

use crate::setting::Setting;

#[tokio::test]
async fn a_key_is_shown_once_listed_and_revoked() {
    let setting = Setting::start().await;
    let raw = setting.raw_owner().await;
    let body = json!({"name": "ci", "scopes": [], "expires_at": "2027-01-01T00:00:00Z"}).to_string();
    let reply = raw.send("POST", "/v1/auth/api-keys", &body).await;
    assert_eq!((reply.status, reply.fields("")), (201, vec!["api_key".to_owned(), "key".to_owned()]));
    assert_eq!(
        reply.fields("/key"),
        ["created_at", "expires_at", "id", "is_active", "key_prefix", "name", "scopes"]
    );
    let created = reply.json();
    let key = created["api_key"].as_str().unwrap();
    assert!(key.starts_with(created["key"]["key_prefix"].as_str().unwrap()));

    let listed = raw.get("/v1/auth/api-keys").await;
    assert!(listed.body.contains("\"ci\"") && !listed.body.contains(key));
    let target = format!("/v1/auth/api-keys/{}", created["key"]["id"].as_str().unwrap());
    assert_eq!(raw.send("DELETE", &target, "").await.status, 204);
    crate::raw::Raw::new(&setting.base_url).bearer(key).get("/v1/auth/me").await.problem(401);
}

#[tokio::test]
async fn what_would_limit_a_key_is_not_passed_over() {
    let setting = Setting::start().await;
    let raw = setting.raw_owner().await;
    for body in
        [json!({"name": "ci", "scopes": ["a/*"]}), json!({"name": "ci", "expires_at": "soon"}), json!({})]
    {
        raw.send("POST", "/v1/auth/api-keys", &body.to_string()).await.problem(400);
    }
}
