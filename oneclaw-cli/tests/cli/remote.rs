//! The same commands on an embedded vault and on `oneclaw serve` answer the same.

use std::collections::HashMap;

use serde_json::Value;

use crate::world::{Server, World};

/// A script: arguments and stdin. Failures are part of it.
const SCRIPT: &[(&[&str], &str)] = &[
    (&["whoami"], ""),
    (&["vault", "list"], ""),
    (&["secret", "list"], ""),
    (&["secret", "put", "api-keys/stripe"], "sk_test_0123456789"),
    (&["secret", "put", "api-keys/stripe", "--type", "api_key", "--if-version", "1"], "sk_test_abcdefghij\n"),
    (&["secret", "put", "api-keys/stripe", "--if-version", "1"], "sk_test_abcdefghij\n"),
    (&["secret", "put", "notes/text"], "a \"quoted\"\n\tline with \u{e9} and \u{1f511}"),
    (&["secret", "get", "api-keys/stripe"], ""),
    (&["secret", "get", "api-keys/stripe", "--version", "1"], ""),
    (&["secret", "get", "notes/text"], ""),
    (&["secret", "get", "api-keys/nope"], ""),
    (&["secret", "list"], ""),
    (&["secret", "list", "notes/"], ""),
    (&["secret", "describe", "api-keys/stripe"], ""),
    (&["secret", "describe", "api-keys/nope"], ""),
    (&["secret", "versions", "api-keys/stripe"], ""),
    (&["secret", "rotate", "api-keys/stripe", "--length", "20"], ""),
    (&["secret", "rotate", "api-keys/nope"], ""),
    (&["secret", "rollback", "api-keys/stripe", "--to", "1"], ""),
    (&["secret", "rollback", "api-keys/stripe", "--to", "77"], ""),
    (&["agent", "add", "claude", "--use", "api-keys/*"], ""),
    (&["agent", "add", "claude"], ""),
    (&["agent", "list"], ""),
    (&["agent", "show", "claude"], ""),
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
            "--method",
            "GET",
            "--path",
            "/v1/charges/*",
        ],
        "",
    ),
    (
        &[
            "binding",
            "add",
            "x",
            "--agent",
            "claude",
            "--secret",
            "api-keys/stripe",
            "--url",
            "http://1.2.3.4/",
        ],
        "",
    ),
    (&["binding", "list", "--agent", "claude"], ""),
    (
        &[
            "policy",
            "add",
            "--agent",
            "claude",
            "--permission",
            "read",
            "--path",
            "notes/**",
            "--priority",
            "4",
        ],
        "",
    ),
    (&["policy", "list"], ""),
    (&["policy", "explain", "--agent", "claude", "--permission", "use", "--path", "api-keys/stripe"], ""),
    (&["policy", "explain", "--agent", "claude", "--permission", "write", "--path", "api-keys/stripe"], ""),
    (&["vault", "create", "work", "--description", "for work"], ""),
    (&["vault", "create", "work"], ""),
    (&["--vault", "work", "secret", "put", "a/b"], "some value"),
    (&["--vault", "work", "secret", "get", "a/b"], ""),
    (&["--vault", "nope", "secret", "get", "a/b"], ""),
    (&["vault", "delete", "work", "--yes"], ""),
    (&["key", "add", "other"], ""),
    (&["binding", "remove", "stripe", "--agent", "claude"], ""),
    (&["agent", "rotate-key", "claude"], ""),
    (&["agent", "remove", "claude"], ""),
    (&["agent", "list"], ""),
    (&["secret", "delete", "api-keys/stripe"], ""),
    (&["secret", "get", "api-keys/stripe"], ""),
    (&["secret", "delete", "api-keys/stripe"], ""),
    (&["audit", "verify", "--limit", "5"], ""),
];

#[test]
fn embedded_and_remote_answer_the_same() {
    for (scheme, listen) in [("http", "127.0.0.1:0".to_owned()), ("unix", String::new())] {
        let at_home = World::new();
        let key = at_home.run(&["key", "add", "laptop"]).exits(0).text();
        let listen = if scheme == "unix" {
            format!("unix:{}", at_home.directory().join("s").display())
        } else {
            listen
        };
        let server = Server::start(&at_home, &listen);
        let remote = World::bare().with("ONECLAW_BASE_URL", &server.url).with("ONECLAW_API_KEY", key);
        // Both vaults know one key of their owner, so that they start alike.
        let local = World::new();
        local.run(&["key", "add", "laptop"]).exits(0);
        let (mut here, mut there) = (Names::default(), Names::default());
        for (arguments, stdin) in SCRIPT {
            let arguments = [*arguments, &["--json"]].concat();
            let (one, other) =
                (local.run_with(&arguments, stdin.as_bytes()), remote.run_with(&arguments, stdin.as_bytes()));
            assert_eq!(
                one.code, other.code,
                "{scheme} {arguments:?}\nhere: {}\nthere: {}",
                one.stderr, other.stderr
            );
            assert_eq!(
                (here.tidy(&one.text()), here.tidy(&one.stderr)),
                (there.tidy(&other.text()), there.tidy(&other.stderr)),
                "{scheme} {arguments:?}"
            );
        }
        assert!(!remote.home().exists(), "a remote vault left something in the home");
    }
}

#[test]
fn an_agent_works_remotely_by_its_key_alone() {
    let world = World::new();
    world.put("api-keys/stripe", "sk_test_0123456789");
    world.put("notes/text", "some notes");
    let key = world.agent("claude", &["--use", "api-keys/*", "--read", "notes/**"]);
    let server = Server::start(&world, "127.0.0.1:0");
    let agent = World::bare().with("ONECLAW_BASE_URL", &server.url).with("ONECLAW_AGENT_API_KEY", key);
    assert_eq!(agent.json(&["whoami"])["name"], "claude");
    assert_eq!(agent.run(&["secret", "get", "notes/text"]).exits(0).text(), "some notes");
    agent.run(&["secret", "get", "api-keys/stripe"]).fails(4);
    // Revocation holds from the next request on.
    world.run(&["agent", "remove", "claude"]).exits(0);
    agent.run(&["secret", "get", "notes/text"]).fails(4);
}

/// Gives what is made anew in every vault a name by the order of its first appearance.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    fn tidy(&mut self, text: &str) -> Value {
        let Ok(mut value) = serde_json::from_str(text) else { return Value::from(text) };
        self.walk(&mut value);
        value
    }

    fn walk(&mut self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item)),
            Value::Object(fields) => {
                // The wire leaves out who made an agent.
                if fields.contains_key("auth_method") {
                    fields.remove("created_by");
                }
                for (name, field) in fields.iter_mut() {
                    match name.as_str() {
                        // Where the key file is known only on the vault's own machine.
                        "key_file" => *field = Value::Null,
                        "integrity_hash" | "key_prefix" => *field = Value::from("made anew"),
                        name if name.ends_with("_at") => *field = Value::from("an instant"),
                        _ => self.walk(field),
                    }
                }
            }
            Value::String(text) if is_made_anew(text) => {
                let name = format!("made anew {}", self.0.len());
                *text = self.0.entry(text.clone()).or_insert(name).clone();
            }
            _ => {}
        }
    }
}

fn is_made_anew(text: &str) -> bool {
    let id = text.trim_start_matches("user:").trim_start_matches("agent:");
    let is_id = id.len() == 36 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    is_id || text.starts_with("ocv_") || text.starts_with("1ck_")
}
