use std::sync::Arc;

use oneclaw_api::{NewAgent, Permission, ProblemKind, VaultApi};
use oneclaw_client::Client;

use crate::raw::Raw;
use crate::setting::{Setting, rule_for};

#[tokio::test]
async fn a_token_of_65_s_is_exchanged_before_it_expires() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    let new = NewAgent { name: "short".to_owned(), token_ttl_seconds: Some(65), ..NewAgent::default() };
    let agent = setting.owner.create_agent(new).await.unwrap();
    setting.owner.create_policy(vault, rule_for(&agent, "**", &[Permission::List])).await.unwrap();
    let before = setting.exchanges().await;
    let client = Client::builder()
        .base_url(&setting.base_url)
        .agent_key(agent.api_key)
        .clock(setting.clock.clone())
        .build()
        .unwrap();

    client.list_secrets(vault, None).await.unwrap();
    assert_eq!(setting.exchanges().await, before + 1);
    // It has 61 s left, which is enough.
    setting.clock.advance(4);
    client.list_secrets(vault, None).await.unwrap();
    assert_eq!(setting.exchanges().await, before + 1);
    // It has 60 s left, so it is exchanged while it still holds.
    setting.clock.advance(1);
    client.list_secrets(vault, None).await.unwrap();
    assert_eq!(setting.exchanges().await, before + 2);
    // Hours later the client goes on as if nothing had been.
    for _ in 0..3 {
        setting.clock.advance(7200);
        client.list_secrets(vault, None).await.unwrap();
    }
    assert_eq!(setting.exchanges().await, before + 5);
}

#[tokio::test]
async fn an_expired_token_is_refused() {
    let setting = Setting::start().await;
    let new = NewAgent { name: "short".to_owned(), token_ttl_seconds: Some(65), ..NewAgent::default() };
    let agent = setting.owner.create_agent(new).await.unwrap();
    let raw = setting.raw_agent(&agent).await;
    setting.clock.advance(64);
    assert_eq!(raw.get("/v1/agents/me").await.status, 200);
    setting.clock.advance(1);
    let reply = raw.get("/v1/agents/me").await;
    assert!(reply.problem(401).contains("expired"), "{}", reply.body);
    assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
}

#[tokio::test]
async fn a_client_survives_the_revocation_of_its_token() {
    let setting = Setting::start().await;
    let agent = setting.agent("a", None).await;
    let key = oneclaw_api::ApiKey::parse(agent.api_key.expose_key()).unwrap();
    let client = Arc::new(setting.client(&setting.base_url, key));
    client.whoami().await.unwrap();
    let grant = setting.vault.exchange(agent.api_key.expose_key(), None, None).await.unwrap();
    let raw = Raw::new(&setting.base_url).bearer(grant.token.expose_token());
    assert_eq!(raw.send("DELETE", "/v1/auth/token", "").await.status, 204);
    raw.get("/v1/agents/me").await.problem(401);
    // The client's own token is another one.
    client.whoami().await.unwrap();
}

#[tokio::test]
async fn inv_19_a_dead_key_ends_the_session_of_its_client() {
    let setting = Setting::start().await;
    for kill in ["rotate", "switch off"] {
        let agent = setting.agent(&kill.replace(' ', "-"), None).await;
        let id = agent.agent.id;
        let client = setting.client(&setting.base_url, agent.api_key);
        client.whoami().await.unwrap();
        if kill == "rotate" {
            setting.owner.rotate_agent_key(id).await.unwrap();
        } else {
            setting.owner.delete_agent(id).await.unwrap();
        }
        assert_eq!(client.whoami().await.unwrap_err().kind(), ProblemKind::Unauthorized, "{kill}");
    }
}
