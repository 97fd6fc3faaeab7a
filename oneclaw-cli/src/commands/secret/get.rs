//! `oneclaw secret get`.

use std::io::IsTerminal;

use clap::Args;
use oneclaw_api::SecretPath;
use secrecy::ExposeSecret;

use crate::argument;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// Which value is printed.
#[derive(Debug, Args)]
pub(crate) struct SecretGetArgs {
    /// The path
    #[arg(value_parser = argument::path)]
    path: SecretPath,
    /// A version [default: the current one]
    #[arg(long, value_name = "N")]
    version: Option<u32>,
}

/// Prints a value as it is; a line break is added only on a terminal.
pub(crate) async fn cmd_secret_get(invocation: &Invocation, args: SecretGetArgs) -> Result<(), Failure> {
    let SecretGetArgs { path, version } = args;
    let connection = invocation.connect_guarded(&format!("show the value of {path}")).await?;
    let vault = connection.vault().await?;
    let read = connection.api().read_secret(vault, &path, version).await?;
    if invocation.output.is_json() {
        let json = read.to_json().map_err(|problem| {
            Failure::from(problem).hint("leave --json out to get the bytes as they are")
        })?;
        return invocation.output.raw(&json, b"\n");
    }
    let ending: &[u8] = if std::io::stdout().is_terminal() { b"\n" } else { b"" };
    invocation.output.raw(read.value.expose_secret(), ending)
}
