use oneclaw_api::{Problem, ProblemKind};
use oneclaw_mcp::{Options, RunError, Server};
use serde_json::{Value, json};

use crate::tap::Tap;

const CANARY: &str = "cAnary-Xq83hfK2";

/// A server whose vault can't be opened.
pub(crate) fn locked() -> Server {
    Server::new(
        || async { Err(Problem::new(ProblemKind::Locked, "the vault is locked")) },
        Options::default(),
    )
}

/// What a request of the stateless protocol carries with it.
fn meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "tap", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

#[tokio::test]
async fn initialize_is_answered_before_the_vault_is_opened() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let server = Server::new(|| async { panic!("opened too early") }, Options::default());
        let mut tap = Tap::silent(server);
        let reply = tap.initialize(version).await;
        assert_eq!(reply["result"]["protocolVersion"], version);
        assert_eq!(reply["result"]["serverInfo"]["name"], "oneclaw");
        assert_eq!(reply["result"]["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
        assert!(reply["result"]["instructions"].as_str().unwrap().contains("never their values"));
        tap.request("tools/list", json!({})).await;
        tap.close().await.0.unwrap();
    }
}

#[tokio::test]
async fn the_stateless_protocol_works_without_initialize() {
    let mut tap = Tap::silent(locked());
    let reply = tap.request("server/discover", json!({ "_meta": meta() })).await;
    assert!(
        reply["result"]["supportedVersions"].as_array().unwrap().contains(&json!("2026-07-28")),
        "{reply}"
    );
    let reply = tap.request("tools/list", json!({ "_meta": meta() })).await;
    assert_eq!(reply["result"]["tools"].as_array().unwrap().len(), 12, "{reply}");
    let params = json!({ "_meta": meta(), "name": "list_vaults", "arguments": {} });
    let reply = tap.request("tools/call", params).await;
    assert_eq!(reply["result"]["isError"], true, "{reply}");
    assert_eq!(reply["result"]["resultType"], "complete");
    tap.close().await.0.unwrap();
}

#[tokio::test]
async fn a_failed_connection_says_what_to_do_and_is_tried_again() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let tries = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tries);
    let server = Server::new(
        move || {
            counted.fetch_add(1, Ordering::SeqCst);
            async { Err(Problem::new(ProblemKind::Unreachable, "no answer from the vault")) }
        },
        Options::default(),
    );
    let mut tap = Tap::open(server).await;
    for _ in 0..2 {
        let reply = tap.call("list_secrets", json!({})).await;
        assert_eq!(reply["result"]["isError"], true);
        let text = reply["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("ONECLAW_BASE_URL") && text.ends_with("no answer from the vault"), "{text}");
    }
    assert_eq!(tries.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_panic_is_answered_and_the_server_goes_on() {
    let server = Server::new(|| async { panic!("{CANARY}") }, Options::default());
    let mut tap = Tap::open(server).await;
    for _ in 0..2 {
        let reply = tap.call("list_vaults", json!({})).await;
        assert_eq!(reply["result"]["isError"], true);
        assert!(reply["result"]["content"][0]["text"].as_str().unwrap().starts_with("Internal error"));
    }
    let (outcome, heard) = tap.close().await;
    outcome.unwrap();
    assert_eq!(crate::variants::find(&heard, CANARY), None);
}

#[tokio::test]
async fn what_can_not_be_understood_is_refused_without_an_echo() {
    let mut tap = Tap::open(locked()).await;
    for (method, params, code) in [
        (CANARY, json!({}), -32601),
        ("tools/call", json!({ "name": CANARY, "arguments": {} }), -32602),
        ("tools/call", json!({ "name": "get_secret", "arguments": CANARY }), -32602),
        ("tools/call", json!({ "name": "get_secret", "arguments": [CANARY] }), -32602),
        ("tools/call", json!({ "name": [CANARY] }), -32602),
        ("tools/call", json!({ "arguments": { "path": CANARY } }), -32602),
        ("resources/read", json!({ "uri": format!("vault://{CANARY}") }), -32002),
        ("resources/read", json!({ "uri": [CANARY] }), -32602),
        ("prompts/get", json!({ "name": CANARY }), -32601),
        ("completion/complete", json!({ "argument": CANARY }), -32601),
        ("logging/setLevel", json!({ "level": CANARY }), -32601),
        ("resources/subscribe", json!({ "uri": CANARY }), -32601),
    ] {
        let reply = tap.request(method, params.clone()).await;
        assert_eq!(reply["error"]["code"], code, "{method} {params}: {reply}");
    }
    let names = tap.call("nothing", json!({})).await["error"]["message"].to_string();
    assert!(names.contains("get_secret") && names.contains("execute_http"), "{names}");
    let (outcome, heard) = tap.close().await;
    outcome.unwrap();
    assert_eq!(crate::variants::find(&heard, CANARY), None);
}

#[tokio::test]
async fn lines_that_are_no_messages_are_passed_over() {
    let mut tap = Tap::open(locked()).await;
    for line in [
        &b"\n"[..],
        b"\r\n",
        b"not JSON at all cAnary-Xq83hfK2\n",
        b"{\"jsonrpc\":\"2.0\",\n",
        b"\xff\xfe cAnary-Xq83hfK2\n",
        b"\0\0\0\n",
    ] {
        tap.send_raw(line).await;
    }
    // Deeper than any parser goes down, and longer than any message may be.
    tap.send_raw(&[b"[".repeat(100_000), b"\n".to_vec()].concat()).await;
    for _ in 0..9 {
        tap.send_raw(&b"x".repeat(1 << 20)).await;
    }
    tap.send_raw(b"\n").await;
    let reply = tap.request("tools/list", json!({})).await;
    assert_eq!(reply["result"]["tools"].as_array().unwrap().len(), 12);
    // JSON that is no message is answered, with no id to go by.
    for line in [&b"\"cAnary-Xq83hfK2\"\n"[..], b"[\"cAnary-Xq83hfK2\"]\n", b"{\"id\":\"cAnary-Xq83hfK2\"}\n"]
    {
        tap.send_raw(line).await;
        assert_eq!(tap.receive().await.unwrap()["error"]["code"], -32600);
    }
    let (outcome, heard) = tap.close().await;
    outcome.unwrap();
    assert_eq!(crate::variants::find(&heard, CANARY), None);
}

#[tokio::test]
async fn a_closed_input_is_a_clean_end() {
    Tap::silent(locked()).close().await.0.unwrap();
    Tap::open(locked()).await.close().await.0.unwrap();
}

#[tokio::test]
async fn a_first_message_that_is_no_request_ends_the_conversation() {
    let mut tap = Tap::silent(locked());
    tap.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
    let error = tap.close().await.0.unwrap_err();
    assert!(matches!(error, RunError::Handshake));
}
