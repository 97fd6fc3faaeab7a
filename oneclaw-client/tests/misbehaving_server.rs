//! The client against servers that do what a vault never does: a script of raw replies over real sockets.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails where its setting does")]

#[path = "misbehaving_server/script.rs"]
mod script;

use std::sync::Arc;

use oneclaw_api::{
    ApiKey, ApiKeyKind, ManualClock, NewVault, Problem, ProblemKind, SecretPath, VaultApi, VaultId,
};
use oneclaw_client::{Client, ClientBuilder};
use script::{Server, json, reply};

const VAULTS: &str = r#"{"vaults":[]}"#;

fn builder() -> ClientBuilder {
    Client::builder().agent_key(ApiKey::generate(ApiKeyKind::Agent).unwrap())
}

fn client(server: &Server) -> Client {
    builder().base_url(server.base_url()).build().unwrap()
}

fn token(name: &str, expires_in: u32) -> String {
    json(200, &format!(r#"{{"access_token":"{name}","token_type":"Bearer","expires_in":{expires_in}}}"#))
}

fn problem(status: u16, headers: &str) -> String {
    reply(status, headers, r#"{"type":"about:blank","title":"T","status":0,"detail":"what to do"}"#)
}

#[tokio::test]
async fn a_token_is_used_until_60_s_before_it_expires() {
    let server = Server::start([
        token("one", 65),
        json(200, VAULTS),
        json(200, VAULTS),
        token("two", 65),
        json(200, VAULTS),
    ])
    .await;
    let clock = Arc::new(ManualClock::new(jiff::Timestamp::UNIX_EPOCH));
    let client = builder().base_url(server.base_url()).clock(clock.clone()).build().unwrap();
    client.list_vaults().await.unwrap();
    clock.advance(4);
    client.list_vaults().await.unwrap();
    clock.advance(1);
    client.list_vaults().await.unwrap();
    let seen = server.seen().await;
    let bearers: Vec<Option<&str>> = seen.iter().map(|request| request.header("authorization")).collect();
    assert_eq!(bearers, [None, Some("Bearer one"), Some("Bearer one"), None, Some("Bearer two")]);
    assert!(seen[0].body.starts_with(r#"{"api_key":"ocv_"#));
}

#[tokio::test]
async fn a_refused_token_is_exchanged_once() {
    let server =
        Server::start([token("one", 900), problem(401, ""), token("two", 900), json(200, VAULTS)]).await;
    client(&server).list_vaults().await.unwrap();

    let server =
        Server::start([token("one", 900), problem(401, ""), token("two", 900), problem(401, "")]).await;
    let problem = client(&server).list_vaults().await.unwrap_err();
    assert_eq!((problem.kind(), problem.detail()), (ProblemKind::Unauthorized, "what to do"));
    assert_eq!(server.seen().await.len(), 4);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Server::start([json(200, VAULTS)]).await;
    let location = format!("Location: {}/v1/vaults\r\n", elsewhere.base_url());
    let server = Server::start([token("one", 900), reply(307, &location, "")]).await;
    assert_eq!(client(&server).list_vaults().await.unwrap_err().kind(), ProblemKind::Internal);
    assert!(elsewhere.seen().await.is_empty());
}

#[tokio::test]
async fn a_busy_vault_is_asked_again_for_reads_only() {
    let busy = || problem(503, "Retry-After: 0\r\n");
    let server = Server::start([token("one", 900), busy(), busy(), json(200, VAULTS)]).await;
    client(&server).list_vaults().await.unwrap();

    let server = Server::start([token("one", 900), busy(), busy(), busy(), json(200, VAULTS)]).await;
    assert_eq!(client(&server).list_vaults().await.unwrap_err().kind(), ProblemKind::Unavailable);
    assert_eq!(server.seen().await.len(), 4);

    let server = Server::start([token("one", 900), busy(), json(201, "{}")]).await;
    assert_eq!(
        client(&server).create_vault(NewVault::default()).await.unwrap_err().kind(),
        ProblemKind::Unavailable
    );
    assert_eq!(server.seen().await.len(), 2);
}

#[tokio::test]
async fn a_long_wait_is_the_callers() {
    for header in ["", "Retry-After: 6\r\n", "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n"] {
        let server = Server::start([token("one", 900), problem(503, header), json(200, VAULTS)]).await;
        assert_eq!(
            client(&server).list_vaults().await.unwrap_err().kind(),
            ProblemKind::Unavailable,
            "{header}"
        );
    }
}

#[tokio::test]
async fn a_reply_without_end_is_cut() {
    let server = Server::start([token("one", 900), json(200, &" ".repeat((16 << 20) + 1))]).await;
    let problem = client(&server).list_vaults().await.unwrap_err();
    assert_eq!(problem.kind(), ProblemKind::Internal);
    assert!(problem.detail().contains("16 MiB"), "{problem}");
}

#[tokio::test]
async fn a_reply_of_another_shape_is_not_echoed() {
    let outcomes: Vec<Problem> = {
        let server = Server::start([
            token("one", 900),
            json(200, r#"{"vaults":"canary-7391"}"#),
            json(200, r#"{"value":["canary-7391"]}"#),
            json(500, "canary-7391"),
        ])
        .await;
        let client = client(&server);
        let path = SecretPath::parse("a").unwrap();
        vec![
            client.list_vaults().await.unwrap_err(),
            client.read_secret(VaultId::random(), &path, None).await.unwrap_err(),
            client.list_vaults().await.unwrap_err(),
        ]
    };
    for problem in outcomes {
        assert_eq!(problem.kind(), ProblemKind::Internal);
        assert!(!format!("{problem} {problem:?}").contains("canary"), "{problem}");
    }
}

#[tokio::test]
async fn a_broken_connection_is_not_tried_again() {
    let server = Server::start([token("one", 900), String::new(), json(200, VAULTS)]).await;
    let problem = client(&server).list_vaults().await.unwrap_err();
    assert_eq!(problem.kind(), ProblemKind::Unreachable);
    assert!(problem.detail().contains("may have happened"), "{problem}");
}

#[tokio::test]
async fn a_vault_that_is_not_there_says_what_to_do() {
    let address = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let client = builder().base_url(format!("http://{address}")).build().unwrap();
    let problem = client.health().await.unwrap_err();
    assert_eq!(problem.kind(), ProblemKind::Unreachable);
    for part in [&format!("http://{address}"), "oneclaw serve", "ONECLAW_BASE_URL"] {
        assert!(problem.detail().contains(part), "{problem}");
    }
}
