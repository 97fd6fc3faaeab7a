use serde_json::{Value, json};

use crate::protocol::locked;
use crate::tap::Tap;

pub(crate) async fn tools() -> Vec<Value> {
    let reply = Tap::open(locked()).await.request("tools/list", json!({})).await;
    reply["result"]["tools"].as_array().unwrap().clone()
}

/// INV-41: what a person approved is what a model reads. A change here is a change of the contract: look at the
/// difference, then replace the file.
#[tokio::test]
async fn inv_41_the_tool_list_is_constant() {
    let golden: Value = serde_json::from_str(include_str!("../golden/tools.json")).unwrap();
    let tools = Value::Array(tools().await);
    assert!(tools == golden, "tests/golden/tools.json is not what the server shows:\n{tools:#}");
}

#[tokio::test]
async fn the_tool_list_is_short_enough_for_a_context() {
    let bytes = serde_json::to_string(&tools().await).unwrap().len();
    assert!(bytes < 12_000, "{bytes} bytes");
}

#[tokio::test]
async fn every_schema_is_closed_and_described() {
    for tool in tools().await {
        let schema = &tool["inputSchema"];
        assert_eq!(schema["type"], "object");
        assert_eq!(schema["additionalProperties"], false, "{}", tool["name"]);
        assert!(tool["description"].as_str().unwrap().len() > 40);
        assert!(tool["title"].is_string());
        for (name, property) in schema["properties"].as_object().unwrap() {
            assert!(property["type"].is_string() || property["type"].is_array(), "{name}");
            assert!(property["description"].is_string(), "{name}");
        }
    }
}

/// A client may skip its question for a read-only tool, so no tool that uses or changes a secret is one.
#[tokio::test]
async fn only_tools_that_show_metadata_are_read_only() {
    let read_only: Vec<_> = tools()
        .await
        .into_iter()
        .filter(|tool| tool["annotations"]["readOnlyHint"] == true)
        .map(|tool| tool["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        read_only,
        ["list_secrets", "describe_secret", "list_versions", "list_bindings", "list_vaults"]
    );
}
