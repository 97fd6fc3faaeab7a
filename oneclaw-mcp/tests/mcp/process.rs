//! The binary itself, with everything it writes recorded.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::variants::find;
use crate::world::{CANARIES, World};

/// Runs the binary on lines of input, with all the logs there are.
fn run(world: &World, options: &[&str], lines: &[Value]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_oneclaw-mcp"))
        .args(options)
        .env_clear()
        .env("ONECLAW_HOME", world.directory.path())
        .env("RUST_LOG", "trace")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for line in lines {
        writeln!(input, "{line}").unwrap();
    }
    drop(input);
    child.wait_with_output().unwrap()
}

fn request(id: u64, method: &str, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

fn call(id: u64, tool: &str, arguments: Value) -> Value {
    request(id, "tools/call", json!({ "name": tool, "arguments": arguments }))
}

fn hello() -> Value {
    let client = json!({ "name": "t", "version": "1" });
    request(
        1,
        "initialize",
        json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client }),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_binary_serves_and_logs_nothing_that_was_said() {
    let world = World::new().await;
    let sent = "sent-8Yk2Lm5Qw9Zx3Cv7";
    let lines = [
        hello(),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        call(2, "get_secret", json!({ "path": "api-keys/echo" })),
        call(3, "execute_http", json!({ "binding": "echo" })),
        call(4, "put_secret", json!({ "path": "own/x", "value": sent })),
        call(5, "put_secret", json!({ "path": [sent], "value": sent })),
        call(6, "get_secret", json!({ "path": "hidden/other", "reveal": true })),
        request(7, sent, json!({ "x": sent })),
        json!({ "jsonrpc": "2.0", "method": sent, "params": { "x": sent } }),
        json!([sent]),
    ];
    let output = run(&world, &["--agent", "claude"], &lines);
    assert_eq!(output.status.code(), Some(0));
    let mut ids = Vec::new();
    for line in output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let message: Value = serde_json::from_slice(line).expect("standard output carries JSON-RPC only");
        ids.extend(message["id"].as_u64());
        if message["id"] == 3 {
            assert_eq!(message["result"]["isError"], false, "{message}");
        }
    }
    ids.sort_unstable();
    assert_eq!(ids, [1, 2, 3, 4, 5, 6, 7]);
    assert!(!output.stderr.is_empty(), "there are logs to look at");
    for value in CANARIES.into_iter().chain([sent, world.key()]) {
        assert_eq!(find(&output.stdout, value), None, "{value} is in standard output");
        assert_eq!(find(&output.stderr, value), None, "{value} is in standard error");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn how_it_starts_and_ends() {
    let world = World::new().await;
    assert_eq!(run(&world, &["--agent", "claude"], &[]).status.code(), Some(0));
    let nobody = run(&world, &[], &[]);
    assert_eq!(nobody.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("oneclaw agent add"));
    assert_eq!(run(&world, &["--nonsense"], &[]).status.code(), Some(2));
    let stranger = run(&world, &["--agent", "stranger"], &[hello(), call(2, "list_secrets", json!({}))]);
    assert_eq!(stranger.status.code(), Some(0));
    let said = String::from_utf8_lossy(&stranger.stdout).into_owned();
    assert!(said.contains("\"isError\":true") && said.contains("stranger"), "{said}");
}
