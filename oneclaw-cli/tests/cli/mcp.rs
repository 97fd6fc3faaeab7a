//! The MCP server, and what clients are configured with.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::Value;

use crate::world::World;

const CLIENTS: [&str; 7] =
    ["claude-desktop", "claude-code", "cursor", "vscode", "windsurf", "codex", "gemini"];

#[test]
fn a_configuration_names_the_agent_and_holds_no_key() {
    let world = World::new();
    let key = world.agent("claude", &["--use", "api-keys/*"]);
    for client in CLIENTS {
        let config = world.run(&["mcp", "print", client]).exits(0).text();
        assert!(config.contains("claude") && config.contains("serve"), "{client}: {config}");
        assert!(!config.contains(&key) && !config.contains("ocv_"), "{client}: {config}");
        let json = world.json(&["mcp", "print", client]);
        assert_eq!(json["args"], serde_json::json!(["mcp", "serve", "--agent", "claude"]));
        assert_eq!(json["env"]["ONECLAW_HOME"], world.home().to_str().unwrap());
    }
}

#[test]
fn the_agent_must_be_named_where_there_is_more_than_one() {
    let world = World::new();
    world.run(&["mcp", "print", "cursor"]).fails(3);
    world.agent("one", &[]);
    world.agent("two", &[]);
    world.run(&["mcp", "print", "cursor"]).fails(2);
    assert!(world.run(&["mcp", "print", "cursor", "--agent", "two"]).exits(0).text().contains("two"));
}

#[test]
fn a_configuration_is_written_and_taken_out_again() {
    let world = World::new();
    world.agent("claude", &[]);
    for client in CLIENTS {
        let file = world.directory().join(format!("{client}.config"));
        let config = file.to_str().unwrap();
        let written = world.json(&["mcp", "install", client, "--config", config]);
        assert_eq!(written["changed"], true, "{client}");
        assert!(std::fs::read_to_string(&file).unwrap().contains("oneclaw"), "{client}");
        assert_eq!(world.json(&["mcp", "install", client, "--config", config])["changed"], false, "{client}");
        assert_eq!(
            world.json(&["mcp", "uninstall", client, "--config", config])["changed"],
            true,
            "{client}"
        );
        assert!(!std::fs::read_to_string(&file).unwrap().contains("--agent"), "{client}");
    }
}

#[test]
fn a_file_that_is_not_a_configuration_stays_as_it_is() {
    let world = World::new();
    world.agent("claude", &[]);
    let file = world.directory().join("config");
    std::fs::write(&file, "not json").unwrap();
    world.run(&["mcp", "install", "cursor", "--config", file.to_str().unwrap()]).fails(1);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "not json");
}

#[test]
fn a_client_is_greeted_before_there_is_a_vault_and_told_what_to_do() {
    let world = World::bare();
    let mut child =
        world.command(&["mcp", "serve", "--agent", "claude"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut ask = |message: Value| {
        writeln!(stdin, "{message}").unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        serde_json::from_str::<Value>(&line).unwrap()
    };
    let hello = ask(serde_json::json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": { "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } },
    }));
    assert_eq!(hello["result"]["serverInfo"]["name"], "oneclaw", "{hello}");
    let answer = ask(serde_json::json!({
        "jsonrpc": "2.0", "id": 2, "method": "tools/call",
        "params": { "name": "list_secrets", "arguments": {} },
    }));
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    assert!(answer["result"]["content"][0]["text"].as_str().unwrap().contains("oneclaw"), "{answer}");
    drop(stdin);
    assert!(child.wait().unwrap().success());
}
