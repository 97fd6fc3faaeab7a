use serde_json::{Value, json};

use crate::catalogue::tools;
use crate::protocol::locked;
use crate::tap::Tap;
use crate::variants::find;

const CANARY: &str = "cAnary-Xq83hfK2";

/// Arguments of every JSON shape, each with the canary in it where the shape has room.
fn shapes() -> Vec<Value> {
    vec![
        json!(CANARY),
        json!(""),
        json!([CANARY]),
        json!({ CANARY: CANARY }),
        json!({ CANARY: [CANARY, { CANARY: 1 }] }),
        json!(7_319_442_883_u64),
        json!(-5),
        json!(0),
        json!(1.5),
        json!(1e300),
        json!(true),
        json!(null),
    ]
}

fn right(property: &Value) -> Value {
    match property["type"].as_str() {
        _ if property["enum"].is_array() => property["enum"][0].clone(),
        Some("integer") => property["minimum"].clone(),
        Some("boolean") => json!(false),
        Some("object") => json!({}),
        _ => json!("api-keys/stripe"),
    }
}

fn admits(property: &Value, value: &Value) -> bool {
    let kind = property["type"].as_array().map_or_else(|| vec![property["type"].clone()], Clone::clone);
    let of_kind = kind.iter().any(|kind| match kind.as_str().unwrap() {
        "string" => value.is_string(),
        "integer" => value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        _ => value.is_object(),
    });
    of_kind
        && property["enum"].as_array().is_none_or(|words| words.contains(value))
        && property["minLength"].as_u64().is_none_or(|least| value.as_str().unwrap().len() as u64 >= least)
        && property["minimum"].as_u64().is_none_or(|least| value.as_u64().unwrap() >= least)
        && property["maximum"].as_u64().is_none_or(|most| value.as_u64().unwrap() <= most)
        && (property["additionalProperties"].is_null()
            || value.as_object().unwrap().values().all(Value::is_string))
}

/// For every parameter of every tool: an argument of the wrong shape is answered with -32602 and the pointer to it, one
/// of the right shape is not, and neither is ever repeated.
#[tokio::test]
async fn a_bad_argument_is_named_and_never_repeated() {
    let mut tap = Tap::open(locked()).await;
    let mut refused = 0;
    for tool in tools().await {
        let name = tool["name"].as_str().unwrap();
        let schema = &tool["inputSchema"];
        let properties = schema["properties"].as_object().unwrap();
        let required: Vec<_> =
            schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap()).collect();
        let complete: Value = required
            .iter()
            .map(|name| ((*name).to_owned(), right(&properties[*name])))
            .collect::<serde_json::Map<_, _>>()
            .into();
        for (key, property) in properties {
            for shape in shapes() {
                let mut arguments = complete.clone();
                arguments[key] = shape.clone();
                let reply = tap.call(name, arguments).await;
                let absent = shape.is_null() && !required.contains(&key.as_str());
                if absent || admits(property, &shape) {
                    assert_eq!(reply["result"]["isError"], true, "{name} {key} {shape}: {reply}");
                } else {
                    refused += 1;
                    assert_eq!(reply["error"]["code"], -32602, "{name} {key} {shape}: {reply}");
                    let message = reply["error"]["message"].as_str().unwrap();
                    assert!(message.starts_with(&format!("argument /{key} must be ")), "{message}");
                }
            }
        }
        for key in required {
            let mut arguments = complete.clone();
            arguments.as_object_mut().unwrap().remove(key);
            let reply = tap.call(name, arguments).await;
            assert_eq!(reply["error"]["code"], -32602, "{name} without {key}");
        }
        for key in [CANARY, "", "Path", "value ", "__proto__"] {
            let mut arguments = complete.clone();
            arguments[key] = json!(CANARY);
            let reply = tap.call(name, arguments).await;
            assert_eq!(reply["error"]["code"], -32602, "{name} {key}: {reply}");
            let message = reply["error"]["message"].as_str().unwrap();
            assert!(message.contains(&format!("{name} does not take")), "{message}");
        }
    }
    assert!(refused > 200, "{refused}");
    let (outcome, heard) = tap.close().await;
    outcome.unwrap();
    assert_eq!(find(&heard, CANARY), None);
}

/// Strings of the right type that mean nothing are answered in words that a model reads.
#[tokio::test]
async fn a_string_outside_its_grammar_is_refused_in_words() {
    let mut tap = Tap::open(locked()).await;
    for (tool, arguments, says) in [
        ("get_secret", json!({ "path": format!("/{CANARY}") }), "The path is not valid"),
        ("get_secret", json!({ "path": format!("{CANARY}/../x") }), "The path is not valid"),
        ("get_secret", json!({ "path": format!("{CANARY}%2fx") }), "The path is not valid"),
        ("get_secret", json!({ "path": CANARY.repeat(99) }), "The path is not valid"),
        ("get_secret", json!({ "path": format!("oneclaw://{CANARY}") }), "The reference is not valid"),
        ("get_secret", json!({ "path": "oneclaw://v/a#NAME" }), "reference of a whole secret"),
        ("get_secret", json!({ "path": "oneclaw://v/a@1", "version": 2 }), "another vault or version"),
        ("get_secret", json!({ "path": "oneclaw://v/a", "vault": CANARY }), "another vault or version"),
        ("get_secret", json!({ "path": "a", "reveal": true }), "values are never shown"),
        ("get_env_bundle", json!({ "path": "a", "reveal": true }), "values are never shown"),
        ("put_secret", json!({ "path": "a" }), "oneclaw secret put"),
        ("put_secret", json!({ "path": "a", "value": CANARY, "expires_at": CANARY }), "is not a date"),
        ("rotate_and_store", json!({ "path": "a", "value": CANARY, "length": 9 }), "either a value"),
        ("execute_http", json!({ "binding": "b", "path": format!("x?{CANARY}") }), "holds a query"),
    ] {
        let reply = tap.call(tool, arguments).await;
        assert_eq!(reply["result"]["isError"], true, "{tool}: {reply}");
        let text = reply["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.contains(says) && !text.contains("locked"), "{tool}: {text}");
    }
    let (outcome, heard) = tap.close().await;
    outcome.unwrap();
    assert_eq!(find(&heard, CANARY), None);
}
