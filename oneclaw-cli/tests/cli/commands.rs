//! Every command once, as text and as JSON.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::world::World;

/// A run: its arguments, its stdin, and the fields its JSON must have.
type Step<'a> = (&'a [&'a str], &'a str, &'a [&'a str]);

/// A day with the vault: every command that ends by itself, in an order that works.
const DAY: &[Step<'static>] = &[
    (&["init"], "", &["home", "database", "kek_id", "protection", "vault"]),
    (&["status"], "", &["place", "status", "version", "caller", "vaults", "secrets", "agents"]),
    (&["doctor"], "", &["ok", "checks"]),
    (&["whoami"], "", &["type", "id", "name", "org_id"]),
    (&["secret", "put", "api-keys/stripe"], "sk_test_0123456789", &["id", "path", "version", "type"]),
    (&["secret", "get", "api-keys/stripe"], "", &["value", "version"]),
    (&["secret", "list"], "", &["secrets"]),
    (&["secret", "list", "api-keys/"], "", &["secrets"]),
    (&["secret", "describe", "api-keys/stripe"], "", &["path", "permissions", "access_count"]),
    (&["secret", "rotate", "api-keys/stripe"], "", &["version"]),
    (&["secret", "versions", "api-keys/stripe"], "", &["versions"]),
    (&["secret", "rollback", "api-keys/stripe", "--to", "1"], "", &["version"]),
    (&["agent", "add", "claude", "--use", "api-keys/*"], "", &["agent", "api_key", "key_file", "policies"]),
    (&["agent", "list"], "", &["agents"]),
    (&["agent", "rotate-key", "claude"], "", &["api_key", "key_file"]),
    (
        &[
            "binding",
            "add",
            "stripe",
            "--agent",
            "claude",
            "--secret",
            "api-keys/stripe",
            "--url",
            "https://api.stripe.com/v1/",
            "--header",
            "Authorization: Bearer {value}",
        ],
        "",
        &["id", "name", "config", "guardrails"],
    ),
    (&["binding", "list"], "", &["bindings"]),
    (&["binding", "list", "--agent", "claude"], "", &["bindings"]),
    (&["agent", "show", "claude"], "", &["agent", "policies", "bindings"]),
    (
        &["policy", "explain", "--agent", "claude", "--permission", "use", "--path", "api-keys/stripe"],
        "",
        &["decision", "reasons"],
    ),
    (
        &[
            "policy",
            "add",
            "--agent",
            "claude",
            "--permission",
            "use",
            "--path",
            "other/**",
            "--priority",
            "-3",
        ],
        "",
        &["id", "secret_path_pattern"],
    ),
    (&["policy", "list"], "", &["policies"]),
    (&["mcp", "print", "claude-desktop"], "", &["client", "config", "command", "args", "env"]),
    (&["mcp", "install", "cursor"], "", &["client", "path", "changed"]),
    (&["mcp", "uninstall", "cursor"], "", &["client", "path", "changed"]),
    (&["vault", "create", "work"], "", &["id", "name"]),
    (&["vault", "list"], "", &["vaults"]),
    (&["--vault", "work", "secret", "list"], "", &["secrets"]),
    (&["vault", "delete", "work", "--yes"], "", &["deleted"]),
    (&["key", "add", "laptop"], "", &["id", "api_key", "key_prefix"]),
    (&["key", "list"], "", &["keys"]),
    (&["audit", "list"], "", &["events", "count"]),
    (&["audit", "list", "--agent", "claude", "--limit", "5"], "", &["events"]),
    (&["audit", "verify"], "", &["chain_valid", "events_verified"]),
    (&["binding", "remove", "stripe", "--agent", "claude"], "", &["removed"]),
    (&["agent", "remove", "claude"], "", &["removed"]),
    (&["secret", "delete", "api-keys/stripe"], "", &["deleted"]),
    (&["quickstart", "--demo"], "", &["ok", "checks", "leaks"]),
];

/// Commands that need an id from an earlier answer, or that serve until they are stopped.
const ELSEWHERE: [&str; 4] = ["policy remove", "key revoke", "mcp serve", "serve"];

#[test]
fn every_command_works_as_text() {
    let world = World::bare();
    for (arguments, stdin, _) in DAY {
        let done = world.run_with(arguments, stdin.as_bytes()).exits(0);
        assert!(
            !done.text().contains('\u{1b}') && !done.stderr.contains('\u{1b}'),
            "{arguments:?} is coloured"
        );
    }
    let rules = world.json(&["policy", "list"]);
    let rule = rules["policies"][0]["id"].as_str().map(str::to_owned);
    if let Some(rule) = rule {
        world.run(&["policy", "remove", &rule]).exits(0);
    }
    let key = world.json(&["key", "list"])["keys"][0]["id"].as_str().unwrap().to_owned();
    world.run(&["key", "revoke", &key]).exits(0);
}

#[test]
fn every_command_has_a_json_object() {
    let world = World::bare();
    for (arguments, stdin, fields) in DAY {
        let object = world.json_with(arguments, stdin.as_bytes());
        for field in *fields {
            assert!(object.get(field).is_some(), "{arguments:?} has no `{field}`: {object}");
        }
    }
    world.run(&["agent", "add", "x", "--use", "a/b"]).exits(0);
    let rule =
        world.json(&["policy", "list", "--agent", "x"])["policies"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.json(&["policy", "remove", &rule])["removed"], true);
    let key = world.json(&["key", "list"])["keys"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(world.json(&["key", "revoke", &key])["revoked"], true);
}

#[test]
fn no_command_is_forgotten() {
    let world = World::bare();
    let mut tried: BTreeSet<String> = ELSEWHERE.map(str::to_owned).into();
    let known = leaves(&world, &[]);
    for (arguments, _, _) in DAY {
        let words: Vec<_> =
            arguments.iter().copied().filter(|word| *word != "--vault" && *word != "work").collect();
        let name = known.iter().find(|name| words.join(" ").starts_with(name.as_str())).unwrap();
        tried.insert(name.clone());
    }
    assert_eq!(tried, known);
}

/// Finds all commands by their help texts.
fn leaves(world: &World, noun: &[&str]) -> BTreeSet<String> {
    let help = world.run(&[noun, &["--help"]].concat()).exits(0).text();
    let Some((_, list)) = help.split_once("Commands:\n") else { return [noun.join(" ")].into() };
    let names = list.lines().take_while(|line| !line.is_empty());
    let names = names.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names: Vec<_> = names.filter_map(|line| line.split_whitespace().next()).collect();
    names.iter().flat_map(|name| leaves(world, &[noun, &[name]].concat())).collect()
}

#[test]
fn policy_explain_says_which_rule_decided() {
    let world = World::new();
    world.agent("claude", &["--use", "api-keys/*"]);
    let explain = ["policy", "explain", "--agent", "claude", "--path", "api-keys/stripe", "--permission"];
    let ask = |permission: &str| world.run(&[&explain[..], &[permission]].concat());
    let rule = world.json(&["policy", "list"])["policies"][0]["id"].as_str().unwrap().to_owned();
    assert!(ask("use").exits(0).text().contains(&rule));
    assert!(ask("list").exits(0).text().contains("allowed"));
    assert!(ask("read").fails(4).text().contains("denied"));
    let deny =
        ["policy", "add", "--agent", "claude", "--permission", "use", "--path", "api-keys/stripe", "--deny"];
    let deny = world.run(&deny).exits(0).text();
    assert!(ask("use").fails(4).text().contains(&deny));
    world.run(&["policy", "remove", &deny]).exits(0);
    ask("use").exits(0);
}

#[test]
fn an_agents_key_is_kept_in_a_private_file_and_goes_with_the_agent() {
    let world = World::new();
    let key = world.agent("claude", &["--use", "api-keys/*", "--write", "notes/**"]);
    let file = world.home().join("agents/claude.key");
    assert_eq!(std::fs::read_to_string(&file).unwrap().trim(), key);
    let shown = world.json(&["agent", "show", "claude"]);
    assert_eq!(shown["agent"]["execution_intents_enabled"], true);
    let permissions: Vec<&Value> =
        shown["policies"].as_array().unwrap().iter().map(|policy| &policy["permissions"][0]).collect();
    assert!(permissions.contains(&&Value::from("use")) && permissions.contains(&&Value::from("write")));
    world.run(&["agent", "remove", "claude"]).exits(0);
    assert!(!file.exists());
}

#[test]
fn a_binding_switches_execution_on_and_says_what_is_missing() {
    let world = World::new();
    world.put("api-keys/stripe", "sk_test_0123456789");
    world.agent("claude", &[]);
    let bound = world
        .run(&[
            "binding",
            "add",
            "s",
            "--agent",
            "claude",
            "--secret",
            "api-keys/stripe",
            "--url",
            "https://api.stripe.com/",
        ])
        .exits(0);
    assert!(bound.stderr.contains("may not use"), "{}", bound.stderr);
    assert_eq!(world.json(&["agent", "show", "claude"])["agent"]["execution_intents_enabled"], true);
}

#[test]
fn an_agent_whose_key_can_not_be_kept_is_taken_back() {
    let world = World::new();
    std::fs::write(world.home().join("agents"), b"in the way").unwrap();
    world.run(&["agent", "add", "claude", "--use", "api-keys/*"]).fails(1);
    world
        .run(&["policy", "explain", "--agent", "claude", "--permission", "use", "--path", "api-keys/x"])
        .fails(3);
    std::fs::remove_file(world.home().join("agents")).unwrap();
    world.agent("claude", &["--use", "api-keys/*"]);
}
