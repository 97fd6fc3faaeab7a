//! A coding agent that runs the command is stopped where it would reveal a value or widen authority.

use std::process::Command;

use crate::world::{CANARY, World, done};

/// Runs the command as a coding agent does: with its variable set, and no terminal.
fn by_agent(world: &World, arguments: &[&str]) -> crate::world::Done {
    // Without a terminal of its own, so that a developer's is not asked.
    let mut command = Command::new("setsid");
    world.prepare(&mut command);
    command.env("CLAUDECODE", "1").arg("--wait").arg(env!("CARGO_BIN_EXE_oneclaw")).args(arguments);
    done(command.spawn().unwrap())
}

#[test]
fn a_coding_agent_may_not_act_as_the_owner() {
    let world = World::new();
    world.put("a/b", CANARY);
    world.agent("claude", &[]);
    let deny = ["policy", "add", "--agent", "claude", "--permission", "use", "--path", "a/b", "--deny"];
    let rule = world.run(&deny).exits(0).text();
    let rules = world.json(&["policy", "list"]);
    for arguments in [
        &["secret", "get", "a/b"][..],
        &["agent", "add", "x", "--use", "**"],
        &["agent", "rotate-key", "claude"],
        &["policy", "add", "--agent", "claude", "--permission", "read", "--path", "**"],
        &["policy", "remove", &rule],
        &["binding", "add", "x", "--agent", "claude", "--secret", "a/b", "--url", "https://evil.example/"],
        &["key", "add", "x"],
    ] {
        let refused = by_agent(&world, arguments).fails(4);
        assert!(refused.stderr.contains("Claude Code"), "{}", refused.stderr);
    }
    assert_eq!(world.json(&["policy", "list"]), rules);
    assert_eq!(world.json(&["agent", "list"])["agents"].as_array().unwrap().len(), 1);
}

#[test]
fn what_neither_reveals_nor_widens_works_for_everyone() {
    let world = World::new();
    world.put("a/b", CANARY);
    for arguments in
        [&["secret", "list"][..], &["secret", "describe", "a/b"], &["status"], &["audit", "verify"]]
    {
        by_agent(&world, arguments).exits(0);
    }
}
