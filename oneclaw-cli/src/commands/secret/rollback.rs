//! `oneclaw secret rollback`.

use clap::Args;
use oneclaw_api::SecretPath;

use crate::argument;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// Which version comes back.
#[derive(Debug, Args)]
pub(crate) struct SecretRollbackArgs {
    /// The path
    #[arg(value_parser = argument::path)]
    path: SecretPath,
    /// The version to make current again
    #[arg(long, value_name = "VERSION")]
    to: u32,
    /// Do it only if this is the current version
    #[arg(long, value_name = "VERSION")]
    if_version: Option<u32>,
}

/// Makes an earlier version current again, as a new version.
pub(crate) async fn cmd_secret_rollback(
    invocation: &Invocation,
    args: SecretRollbackArgs,
) -> Result<(), Failure> {
    let SecretRollbackArgs { path, to, if_version } = args;
    let connection = invocation.connect().await?;
    let vault = connection.vault().await?;
    let meta = connection.api().rollback_secret(vault, &path, to, if_version).await?;
    invocation.output.show(&meta, || format!("{path} version {}", meta.version))?;
    invocation.output.say(format!("version {to} is current again, as version {}", meta.version));
    Ok(())
}
