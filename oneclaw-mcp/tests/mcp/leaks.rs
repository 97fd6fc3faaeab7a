//! INV-1: a hostile agent calls whatever it likes, and no form of any value comes back.

use oneclaw_api::Permission;
use oneclaw_mcp::Options;
use serde_json::{Map, Value, json};

use crate::catalogue::tools;
use crate::tap::Tap;
use crate::variants::find;
use crate::world::{CANARIES, World};

const SEQUENCES: u64 = 40;
const CALLS: u32 = 40;

/// SplitMix64: a seed names a sequence for good.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.next() % of.len() as u64).unwrap()]
    }
}

/// Makes an argument for a parameter: likely ones, hostile ones, and now and then any JSON at all.
fn argument(random: &mut Random, name: &str, sent: &str) -> Value {
    if random.one_in(12) {
        return random
            .pick(&[json!(null), json!(7), json!([sent]), json!({ sent: sent }), json!(sent)])
            .clone();
    }
    match name {
        "path" => json!(random.pick(&[
            "api-keys/echo",
            "env/prod",
            "hidden/other",
            "own/a",
            "own/b",
            "own/c/d",
            "api-keys/none",
            "/etc/passwd",
            "oneclaw://default/api-keys/echo@1",
            "oneclaw://default/env/prod@1#DB_URL",
            "v1/echo",
            "..%2f..",
            "",
            "own/../hidden/other",
            "api-keys/**",
            "HIDDEN/OTHER",
        ])),
        "vault" => json!(random.pick(&["default", "other", "*", "01234567-89ab-4cde-8f01-23456789abcd"])),
        "prefix" => json!(random.pick(&["", "a", "hidden", "api-keys/", "%", "_", "'; --"])),
        "version" => json!(random.next() % 4),
        "length" => json!(random.next() % 40),
        "max_access_count" => json!(random.next() % 3),
        "reveal" => json!(true),
        "binding" => json!(random.pick(&["echo", "none", "*", "../echo"])),
        "method" => json!(random.pick(&["GET", "POST", "TRACE", "DELETE", "get"])),
        "charset" => json!(random.pick(&["hex", "ascii", "base64", "none"])),
        "type" => json!(random.pick(&["api_key", "env_bundle", "none"])),
        "expires_at" => json!(random.pick(&["2099-01-01T00:00:00Z", "2001-01-01T00:00:00Z", "soon"])),
        "headers" => json!({ *random.pick(&["accept", "authorization", "range", "x-a", "host"]): sent }),
        "query" => json!({ "echo": sent, "{value}": "{value}" }),
        "metadata" => json!({ sent: sent }),
        "body" => json!({ "echo": "{value}", "own": sent }),
        _ => json!(sent),
    }
}

fn call(random: &mut Random, tools: &[Value], sent: &str) -> (String, Value) {
    let tool = random.pick(tools);
    let schema = &tool["inputSchema"];
    let mut arguments = Map::new();
    for name in schema["properties"].as_object().unwrap().keys() {
        let required = schema["required"].as_array().is_some_and(|names| names.contains(&json!(name)));
        if required && !random.one_in(15) || random.one_in(4) {
            arguments.insert(name.clone(), argument(random, name, sent));
        }
    }
    if random.one_in(20) {
        arguments.insert(sent.to_owned(), json!(sent));
    }
    (tool["name"].as_str().unwrap().to_owned(), arguments.into())
}

#[tokio::test]
async fn inv_1_no_sequence_of_calls_gets_a_value_out() {
    let scale: u64 = std::env::var("SCALE").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let tools = tools().await;
    let world = World::new().await;
    // With reveal allowed policy alone decides, and the agent has no `read`.
    let options = [false, true].map(|allow_reveal| Options { allow_reveal, ..Options::default() });
    let (mut good, mut bad, mut heard_bytes) = (0_u64, 0_u64, 0);
    for seed in 0..SEQUENCES * scale {
        let random = &mut Random(seed);
        let mut tap = Tap::open(world.server(random.pick(&options).clone())).await;
        for number in 0..CALLS {
            // What the model itself sends is a secret in its conversation already, and is not repeated either.
            let sent = format!("sent-{seed}-{number}-q9Zx7Lw");
            let (tool, arguments) = call(random, &tools, &sent);
            let before = tap.heard.len();
            let reply = tap.call(&tool, arguments.clone()).await;
            let failed = reply["error"].is_object() || reply["result"]["isError"] == true;
            if failed {
                bad += 1
            } else {
                good += 1
            }
            // Metadata and what an upstream echoes are shown to those who may see them: only failures are silent.
            if failed && !(tool == "execute_http" && reply["result"].is_object()) {
                assert_eq!(
                    find(&tap.heard[before..], &sent),
                    None,
                    "seed {seed}: {tool} {arguments}: {reply}"
                );
            }
        }
        let (outcome, heard) = tap.close().await;
        outcome.unwrap();
        heard_bytes += heard.len();
        for value in CANARIES.into_iter().chain([world.key()]) {
            assert_eq!(find(&heard, value), None, "seed {seed}: {value}");
        }
    }
    assert!(good > SEQUENCES * 5 && bad > SEQUENCES * 5, "{good} calls worked, {bad} did not");
    println!("{} calls, {heard_bytes} bytes, 0 forms of {} values", good + bad, CANARIES.len() + 1);
}

/// The harness can fail: an agent that may read, served with reveal allowed, is caught.
#[tokio::test]
async fn a_planted_leak_is_caught() {
    let world = World::new().await;
    world.allow("api-keys/*", Permission::Read).await;
    let mut tap = Tap::open(world.server(Options { allow_reveal: true, ..Options::default() })).await;
    tap.call("get_secret", json!({ "path": "api-keys/echo", "reveal": true })).await;
    assert!(CANARIES.into_iter().any(|value| find(&tap.heard, value).is_some()));
}
