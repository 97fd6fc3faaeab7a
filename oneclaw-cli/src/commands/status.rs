//! `oneclaw status`.

use clap::Args;
use oneclaw_vault::{Home, Vault};
use serde::Serialize;
use serde_json::{Value, json};

use crate::connection;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::table::Table;

/// What the default protection is good for, and what it is not.
pub(super) const FILE_PROTECTION: &str = "its key is a file that only you can read: it holds against stolen disks without that file, other users, and \
     agents without a shell, and not against a program that runs as you";

/// There is nothing to choose.
#[derive(Debug, Args)]
pub(crate) struct StatusArgs {}

#[derive(Serialize)]
struct Shown {
    place: Value,
    status: String,
    version: String,
    caller: Value,
    vaults: usize,
    secrets: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    agents: Option<usize>,
}

/// Shows the vault, what protects it and what it holds.
pub(crate) async fn cmd_status(invocation: &Invocation, _args: &StatusArgs) -> Result<(), Failure> {
    let place = place().await?;
    let connection = invocation.connect().await?;
    let api = connection.api();
    let health = api.health().await?;
    let caller = api.whoami().await?;
    let vaults = api.list_vaults().await?;
    let mut secrets = 0;
    for vault in &vaults {
        secrets += api.list_secrets(vault.id, None).await?.len();
    }
    let agents = match caller.principal.agent() {
        Some(_) => None,
        None => Some(api.list_agents().await?.len()),
    };
    let shown = Shown {
        place,
        status: health.status,
        version: health.version,
        caller: json!({ "type": caller.principal.kind(), "name": caller.name }),
        vaults: vaults.len(),
        secrets,
        agents,
    };
    invocation.output.show(&shown, || text(&shown, &caller.name))
}

/// Says where the vault is and, for an embedded one, what protects it.
async fn place() -> Result<Value, Failure> {
    if let Some(base_url) = connection::base_url() {
        return Ok(json!({ "base_url": base_url }));
    }
    let home = Home::locate()?;
    let vault = Vault::open(&home).await?;
    Ok(json!({
        "home": home.directory().display().to_string(),
        "database": home.database_file().display().to_string(),
        "kek_id": vault.kek().kek_id.to_string(),
        "protection": vault.kek().protection.to_string(),
        "protects": FILE_PROTECTION,
    }))
}

fn text(shown: &Shown, caller: &str) -> String {
    let Shown { place, status, version, caller: _, vaults, secrets, agents } = shown;
    let mut table = Table::of_fields();
    let mut field = |name: &str, value: String| table.row([name.to_owned(), value]);
    for (name, key) in [
        ("address", "base_url"),
        ("home", "home"),
        ("database", "database"),
        ("key", "kek_id"),
        ("protection", "protection"),
    ] {
        if let Some(value) = place.get(key).and_then(Value::as_str) {
            field(name, value.to_owned());
        }
    }
    field("status", format!("{status}, version {version}"));
    field("you are", caller.to_owned());
    field("vaults", vaults.to_string());
    field("secrets", secrets.to_string());
    if let Some(agents) = agents {
        field("agents", agents.to_string());
    }
    let mut text = table.render();
    if let Some(protects) = place.get("protects").and_then(Value::as_str) {
        text.push_str(&format!("\n\n{protects}"));
    }
    text
}
