use oneclaw_api::{AgentCreated, ApiKey, NewAgent, VaultApi};
use oneclaw_mcp::{Options, Server};
use serde_json::json;
use std::sync::Arc;

use crate::tap::Tap;
use crate::world::{World, put};

/// INV-26: many agents at the same time, and each hears of its own secret only.
#[tokio::test(flavor = "multi_thread")]
async fn inv_26_an_answer_goes_to_its_asker() {
    let world = World::new().await;
    let mut talks = Vec::new();
    for number in 0..8 {
        let name = format!("agent-{number}");
        put(&world.owner(), world.id, &format!("{name}/key"), &format!("value-of-{name}-x7Kq"), "api_key")
            .await;
        let new = NewAgent { name: name.clone(), ..NewAgent::default() };
        let AgentCreated { agent, api_key } = world.owner().create_agent(new).await.unwrap();
        allow(&world, &agent.id.to_string(), &format!("{name}/*")).await;
        let (vault, key) = (world.vault.clone(), api_key.expose_key().to_owned());
        let server = Server::new(
            move || {
                let session = vault.agent_session(ApiKey::parse(&key).unwrap());
                async move { Ok(Arc::new(session) as Arc<dyn VaultApi>) }
            },
            Options::default(),
        );
        talks.push(tokio::spawn(async move {
            let mut tap = Tap::open(server).await;
            for _ in 0..20 {
                let reply = tap.call("list_secrets", json!({})).await;
                let text = reply["result"]["content"][0]["text"].as_str().unwrap();
                assert!(text.starts_with(&format!("Found 1 secret(s):\n- {name}/key ")), "{text}");
            }
            tap.close().await.0.unwrap();
        }));
    }
    for talk in talks {
        talk.await.unwrap();
    }
}

/// Requests that are sent without waiting for answers are each answered under their own id.
#[tokio::test]
async fn answers_that_overtake_each_other_keep_their_ids() {
    let world = World::new().await;
    let mut tap = Tap::open(world.server(Options::default())).await;
    for id in 100..160 {
        let (tool, arguments) = match id % 3 {
            0 => ("list_secrets", json!({ "prefix": "env/" })),
            1 => ("get_secret", json!({ "path": "api-keys/echo" })),
            _ => ("execute_http", json!({ "binding": "echo" })),
        };
        let params = json!({ "name": tool, "arguments": arguments });
        tap.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params })).await;
    }
    let mut answered = Vec::new();
    for _ in 0..60 {
        let reply = tap.receive().await.unwrap();
        let id = reply["id"].as_u64().unwrap();
        let text = reply["result"]["content"][0]["text"].as_str().unwrap();
        let marks = ["Found 1 secret(s)", "oneclaw://default/api-keys/echo@2", "execution_id"];
        assert!(text.contains(marks[usize::try_from(id % 3).unwrap()]), "{id}: {text}");
        answered.push(id);
    }
    answered.sort_unstable();
    assert_eq!(answered, (100..160).collect::<Vec<_>>());
}

async fn allow(world: &World, agent: &str, pattern: &str) {
    use oneclaw_api::{Effect, NewPolicy, Permission, PrincipalType};
    let new = NewPolicy {
        secret_path_pattern: pattern.parse().unwrap(),
        principal_type: PrincipalType::Agent,
        principal_id: agent.to_owned(),
        permissions: vec![Permission::Use],
        conditions: None,
        expires_at: None,
        effect: Effect::Allow,
        priority: 0,
    };
    world.owner().create_policy(world.id, new).await.unwrap();
}
