//! Lists the secrets that an agent may see: `ONECLAW_AGENT_API_KEY=ocv_… cargo run --example list_secrets`.

use std::error::Error;

use oneclaw_api::{ApiKey, VaultApi};
use oneclaw_client::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let Ok(key) = std::env::var("ONECLAW_AGENT_API_KEY") else {
        eprintln!("set ONECLAW_AGENT_API_KEY to an agent's key, and ONECLAW_BASE_URL to its vault's address");
        return Ok(());
    };
    let base_url = std::env::var("ONECLAW_BASE_URL").unwrap_or_else(|_| "http://127.0.0.1:8443".to_owned());
    let vault = Client::builder().base_url(base_url).agent_key(ApiKey::parse(&key)?).build()?;
    let me = vault.whoami().await?;
    println!("{} ({})", me.name, me.principal);
    for each in vault.list_vaults().await? {
        for secret in vault.list_secrets(each.id, None).await? {
            println!("{}/{} version {}", each.name, secret.path, secret.version);
        }
    }
    Ok(())
}
