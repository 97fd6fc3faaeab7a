//! `oneclaw init`.

use clap::Args;
use oneclaw_api::VaultApi;
use oneclaw_vault::{Home, Vault};
use serde_json::json;

use crate::commands::status::FILE_PROTECTION;
use crate::connection;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// There is nothing to choose; ONECLAW_HOME says where.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {}

/// Makes an embedded vault.
pub(crate) async fn cmd_init(invocation: &Invocation, _args: &InitArgs) -> Result<(), Failure> {
    if connection::base_url().is_some() {
        return Err(Failure::usage("ONECLAW_BASE_URL names a vault elsewhere, and init makes one here")
            .hint("unset ONECLAW_BASE_URL to make an embedded vault"));
    }
    let home = Home::locate()?;
    let vault = Vault::init(&home).await?;
    let vaults = vault.owner().list_vaults().await?;
    let shown = json!({
        "home": home.directory().display().to_string(),
        "database": home.database_file().display().to_string(),
        "kek_id": vault.kek().kek_id.to_string(),
        "protection": vault.kek().protection.to_string(),
        "vault": vaults.first(),
    });
    invocation.output.show(&shown, || home.directory().display().to_string())?;
    invocation.output.say(format!("made a vault; {FILE_PROTECTION}"));
    invocation
        .output
        .say("keep a copy of its keys directory somewhere safe: without the key file the data is lost");
    invocation.output.next("oneclaw secret put api-keys/NAME");
    Ok(())
}
