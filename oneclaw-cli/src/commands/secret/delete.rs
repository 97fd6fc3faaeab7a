//! `oneclaw secret delete`.

use clap::Args;
use oneclaw_api::SecretPath;
use serde_json::json;

use crate::argument;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// Which secret is deleted.
#[derive(Debug, Args)]
pub(crate) struct SecretDeleteArgs {
    /// The path
    #[arg(value_parser = argument::path)]
    path: SecretPath,
    /// Delete only if this is the current version
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
}

/// Deletes a secret with all its versions; its rows are kept.
pub(crate) async fn cmd_secret_delete(
    invocation: &Invocation,
    args: SecretDeleteArgs,
) -> Result<(), Failure> {
    let SecretDeleteArgs { path, if_version } = args;
    let connection = invocation.connect().await?;
    let vault = connection.vault().await?;
    connection.api().delete_secret(vault, &path, if_version).await?;
    invocation.output.show(&json!({ "deleted": true, "path": path }), || format!("deleted {path}"))
}
