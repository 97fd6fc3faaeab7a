//! `oneclaw vault delete`.

use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::invocation::Invocation;

/// Which vault is deleted.
#[derive(Debug, Args)]
pub(crate) struct VaultDeleteArgs {
    /// Its name or id
    name: String,
    /// Don't ask
    #[arg(long)]
    yes: bool,
}

/// Deletes a vault with all it holds.
pub(crate) async fn cmd_vault_delete(invocation: &Invocation, args: VaultDeleteArgs) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    let id = connection.vault_named(&args.name).await?;
    invocation.confirm_removal(args.yes, "delete a vault with all its secrets")?;
    connection.api().delete_vault(id).await?;
    invocation.output.show(&json!({ "deleted": true, "id": id }), || format!("deleted {id}"))
}
