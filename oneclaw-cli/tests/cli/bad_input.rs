//! What is wrong, an exit code that says so, and what to do about it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::world::{CANARY, World};

/// A world with a secret, and an agent that may use it.
fn furnished() -> World {
    let world = World::new();
    world.put("api-keys/stripe", CANARY);
    world.agent("claude", &["--use", "api-keys/*"]);
    world
}

#[test]
fn every_bad_input_has_its_exit_code_and_says_what_to_do() {
    let world = furnished();
    world.put("api-keys/short", "short");
    let binding =
        ["binding", "add", "x", "--agent", "claude", "--url", "https://api.example.com/", "--secret"];
    for (arguments, code, kind) in [
        (&["--vault", "nope", "secret", "list"][..], 3, "not_found"),
        (&["--vault", "01234567-89ab-4cde-8f01-23456789abcd", "secret", "list"], 3, "not_found"),
        (&["secret", "get", "../etc/passwd"], 2, "usage"),
        (&["secret", "get", "a//b"], 2, "usage"),
        (&["secret", "get", ""], 2, "usage"),
        (&["secret", "get", "api-keys/nope"], 3, "not_found"),
        (&["secret", "get", "api-keys/stripe", "--version", "9"], 3, "not_found"),
        (&["secret", "rollback", "api-keys/stripe", "--to", "9"], 3, "not_found"),
        (&["secret", "describe", "api-keys/nope"], 3, "not_found"),
        (&["secret", "rotate", "api-keys/nope"], 3, "not_found"),
        (&["secret", "rotate", "api-keys/stripe", "--length", "2"], 2, "usage"),
        (&["secret", "delete", "api-keys/nope"], 3, "not_found"),
        (&["agent", "add", "no blanks"], 2, "bad_request"),
        (&["agent", "add", "claude"], 1, "conflict"),
        (&["agent", "add", "x", "--use", "api-keys/a*"], 2, "usage"),
        (&["agent", "show", "nope"], 3, "not_found"),
        (&["agent", "remove", "nope"], 3, "not_found"),
        (&["binding", "remove", "nope", "--agent", "claude"], 3, "not_found"),
        (&[&binding[..], &["api-keys/short"]].concat(), 2, "bad_request"),
        (&[&binding[..], &["api-keys/stripe", "--header", "Authorization: Bearer xyz"]].concat(), 2, "usage"),
        (
            &[
                "binding",
                "add",
                "x",
                "--agent",
                "claude",
                "--url",
                "http://api.example.com/",
                "--secret",
                "api-keys/stripe",
            ],
            2,
            "bad_request",
        ),
        (
            &["policy", "explain", "--agent", "claude", "--permission", "read", "--path", "api-keys/stripe"],
            4,
            "denied",
        ),
        (&["policy", "add", "--agent", "nope", "--permission", "use", "--path", "**"], 3, "not_found"),
        (&["policy", "add", "--agent", "claude", "--permission", "fly", "--path", "**"], 2, "usage"),
        (&["policy", "remove", "01234567-89ab-4cde-8f01-23456789abcd"], 3, "not_found"),
        (&["policy", "remove", "x"], 2, "usage"),
        (&["vault", "delete", "nope", "--yes"], 3, "not_found"),
        (&["vault", "delete", "default"], 2, "usage"),
        (&["vault", "create", "default"], 1, "conflict"),
        (&["key", "revoke", "01234567-89ab-4cde-8f01-23456789abcd"], 3, "not_found"),
        (&["mcp", "serve"], 2, "usage"),
        (&["mcp", "print", "notepad"], 2, "usage"),
        (&["serve", "--listen", "0.0.0.0:0"], 1, "io"),
        (&["serve", "--listen", "nowhere"], 2, "usage"),
        (&["init"], 1, "conflict"),
        (&["nope"], 2, "usage"),
        (&["secret", "nope"], 2, "usage"),
        (&["secret", "get"], 2, "usage"),
        (&["--nope"], 2, "usage"),
    ] {
        world.run(arguments).fails(code);
        let done = world.run(&[&["--json"], arguments].concat()).exits(code);
        let error: Value =
            serde_json::from_str(&done.stderr).unwrap_or_else(|_| panic!("{arguments:?}: {}", done.stderr));
        assert_eq!(error["error"]["exit_code"], code, "{arguments:?}");
        assert_eq!(error["error"]["kind"], kind, "{arguments:?}");
        assert!(error["error"]["message"].as_str().is_some_and(|text| !text.is_empty()), "{arguments:?}");
        assert!(!done.stderr.contains(CANARY), "{arguments:?}");
    }
    assert_eq!(world.run(&["secret", "get", "api-keys/stripe"]).text(), CANARY, "something was lost");
}

#[test]
fn an_agent_that_is_denied_hears_so_before_anything_is_looked_up() {
    let world = furnished();
    let key = world.agent("other", &["--use", "other/*"]);
    let agent = World::bare()
        .with("ONECLAW_AGENT_API_KEY", key)
        .with("ONECLAW_HOME", world.home().display().to_string());
    for path in ["api-keys/stripe", "api-keys/nope"] {
        let there = agent.run(&["secret", "get", path]).fails(4).stderr;
        assert_eq!(
            there.replace(path, "P"),
            agent.run(&["secret", "get", "api-keys/nope"]).stderr.replace("api-keys/nope", "P")
        );
    }
    assert_eq!(agent.json(&["whoami"])["name"], "other");
    agent.run(&["agent", "list"]).fails(4);
    agent.run(&["key", "add", "x"]).fails(4);
}

#[test]
fn a_key_that_is_revoked_or_removed_or_mistyped_is_refused() {
    let world = furnished();
    let as_agent = |key: &str| {
        World::bare()
            .with("ONECLAW_AGENT_API_KEY", key)
            .with("ONECLAW_HOME", world.home().display().to_string())
    };
    let first = world.agent("worker", &["--read", "api-keys/*"]);
    assert_eq!(as_agent(&first).run(&["secret", "get", "api-keys/stripe"]).exits(0).text(), CANARY);
    let second = world.run(&["agent", "rotate-key", "worker"]).exits(0).text();
    let get = ["secret", "get", "api-keys/stripe"];
    as_agent(&first).run(&get).fails(4);
    as_agent(&second).run(&get).exits(0);
    world.run(&["agent", "remove", "worker"]).exits(0);
    as_agent(&second).run(&get).fails(4);
    let mut mistyped = second.clone();
    mistyped.replace_range(10..11, if mistyped.as_bytes()[10] == b'x' { "y" } else { "x" });
    for key in [mistyped.as_str(), "hunter2-CANARY-0123456789", "ocv_short"] {
        let done = as_agent(key).run(&get).fails(4);
        assert!(!done.stderr.contains(key), "the key is echoed: {}", done.stderr);
    }
}

#[test]
fn an_expired_key_is_refused() {
    let world = furnished();
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(2);
    let key = world.agent("brief", &["--read", "api-keys/*", "--expires", &soon.to_string()]);
    let agent = World::bare()
        .with("ONECLAW_AGENT_API_KEY", key)
        .with("ONECLAW_HOME", world.home().display().to_string());
    // Until it expires the key works; from then on it is refused, and nothing else ever comes.
    let refused = loop {
        let done = agent.run(&["secret", "describe", "api-keys/stripe"]);
        match done.code {
            0 => assert!(
                jiff::Timestamp::now() < soon + jiff::SignedDuration::from_secs(60),
                "it never expires"
            ),
            _ => break done,
        }
    };
    assert!(jiff::Timestamp::now() >= soon, "it was refused too early: {}", refused.stderr);
    refused.fails(4);
}

#[test]
fn a_home_that_is_not_as_it_was_made_is_refused() {
    let kek =
        |world: &World| fs::read_dir(world.home().join("keys")).unwrap().next().unwrap().unwrap().path();
    let database = |world: &World| world.home().join("data/vault.db");

    let world = World::bare();
    world.run(&["secret", "list"]).fails(3);

    let world = World::bare();
    fs::write(world.home(), b"a file").unwrap();
    world.run(&["secret", "list"]).fails(1);
    world.run(&["init"]).fails(1);

    let world = furnished();
    fs::set_permissions(kek(&world), fs::Permissions::from_mode(0o644)).unwrap();
    let said = world.run(&["secret", "list"]).fails(1).stderr;
    assert!(said.contains("chmod"), "{said}");
    fs::set_permissions(kek(&world), fs::Permissions::from_mode(0o600)).unwrap();
    world.run(&["secret", "list"]).exits(0);

    let world = furnished();
    fs::remove_file(kek(&world)).unwrap();
    world.run(&["secret", "list"]).fails(1);

    let world = furnished();
    fs::copy(kek(&World::new()), kek(&world)).unwrap();
    let said = world.run(&["secret", "list"]).fails(1).stderr;
    assert!(said.contains("key file"), "{said}");

    let world = furnished();
    for name in ["vault.db-wal", "vault.db-shm"] {
        let _ = fs::remove_file(world.home().join("data").join(name));
    }
    fs::write(database(&world), [b"not a database, ".as_slice(); 512].concat()).unwrap();
    world.run(&["secret", "list"]).fails(1);

    let world = furnished();
    fs::write(world.home().join("config.toml"), b"kek = [").unwrap();
    world.run(&["secret", "list"]).fails(1);
}

#[test]
fn a_directory_that_may_not_be_read_is_refused() {
    let world = furnished();
    fs::set_permissions(world.home(), fs::Permissions::from_mode(0o000)).unwrap();
    let done = world.run(&["secret", "list"]);
    fs::set_permissions(world.home(), fs::Permissions::from_mode(0o700)).unwrap();
    // Root may read everything.
    if done.code != 0 {
        done.fails(1);
    }
}

#[test]
fn a_vault_that_can_not_be_reached_is_told_from_one_that_refuses() {
    let key = furnished().run(&["key", "add", "laptop"]).exits(0).text();
    let at = |url: &str| World::bare().with("ONECLAW_BASE_URL", url);
    at("http://127.0.0.1:1").with("ONECLAW_API_KEY", &key).run(&["secret", "list"]).fails(7);
    at("unix:/nowhere/oneclaw.sock").with("ONECLAW_API_KEY", &key).run(&["secret", "list"]).fails(7);
    at("http://127.0.0.1:1").run(&["secret", "list"]).fails(4);
    at("http://vault.example").with("ONECLAW_API_KEY", &key).run(&["secret", "list"]).fails(2);
    at("nonsense").with("ONECLAW_API_KEY", &key).run(&["secret", "list"]).fails(2);
    at("http://127.0.0.1:1").run(&["init"]).fails(2);
    at("http://127.0.0.1:1").run(&["serve"]).fails(2);
}
