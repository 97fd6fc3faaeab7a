//! Serves a vault of its own to a client of its own: the agent gets a reference, asks for the value, and is refused.

use std::error::Error;
use std::sync::Arc;

use oneclaw_api::{
    ApiKey, NewAgent, NewPolicy, NewSecret, Permission, PrincipalId, SecretPath, SecretValue, VaultApi,
};
use oneclaw_mcp::{Options, Server, serve};
use oneclaw_vault::{Home, Vault};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

const VALUE: &str = "sk-example-9f8e7d6c5b4a";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let vault = Vault::init(&Home::at(directory.path())).await?;
    let key = prepare(&vault).await?;

    // The agent's side of the vault: its key is exchanged for a short-lived token by the first call.
    let open = move || {
        let session = ApiKey::parse(key.expose_key()).map(|key| vault.agent_session(key));
        async move {
            session
                .map(|session| Arc::new(session) as Arc<dyn VaultApi>)
                .map_err(|error| oneclaw_api::Problem::unauthorized(error.to_string()))
        }
    };
    let (client, server) = tokio::io::duplex(1 << 16);
    let (input, output) = tokio::io::split(server);
    let serving = tokio::spawn(serve(Server::new(open, Options::default()), input, output));

    let (replies, mut requests) = tokio::io::split(client);
    let mut replies = BufReader::new(replies).lines();
    let mut said = String::new();
    for (id, (method, params)) in conversation().into_iter().enumerate() {
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        requests.write_all(format!("{request}\n").as_bytes()).await?;
        let line = replies.next_line().await?.ok_or("the server hung up")?;
        let reply: Value = serde_json::from_str(&line)?;
        if let Some(text) = reply.pointer("/result/content/0/text").and_then(Value::as_str) {
            println!("→ {params}\n{text}\n");
        }
        said.push_str(&line);
    }
    requests.shutdown().await?;
    serving.await??;

    assert!(!said.contains(VALUE), "the value crossed the wire");
    println!("{} bytes crossed the wire, and the value was in none of them.", said.len());
    Ok(())
}

/// Stores a secret and makes an agent that may use it.
async fn prepare(vault: &Vault) -> Result<ApiKey, Box<dyn Error>> {
    let owner = vault.owner();
    let id = owner.list_vaults().await?.first().ok_or("a new vault has one")?.id;
    let path = SecretPath::parse("api-keys/example")?;
    owner.put_secret(id, &path, NewSecret::new(SecretValue::from_bytes(VALUE.as_bytes()))).await?;
    let made = owner.create_agent(NewAgent { name: "claude".to_owned(), ..NewAgent::default() }).await?;
    let agent = PrincipalId::Agent(made.agent.id);
    let rule = NewPolicy::allow(agent, "api-keys/*".parse()?, vec![Permission::Use]);
    owner.create_policy(id, rule).await?;
    Ok(made.api_key)
}

fn conversation() -> [(&'static str, Value); 4] {
    let client = json!({ "name": "example", "version": "1" });
    [
        ("initialize", json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client })),
        ("tools/call", json!({ "name": "list_secrets" })),
        ("tools/call", json!({ "name": "get_secret", "arguments": { "path": "api-keys/example" } })),
        (
            "tools/call",
            json!({ "name": "get_secret", "arguments": { "path": "api-keys/example", "reveal": true } }),
        ),
    ]
}
