//! `oneclaw mcp install`.

use std::path::PathBuf;

use clap::Args;
use oneclaw_mcp::{InstallError, McpClient, config_path};
use serde_json::json;

use super::launch::{LaunchArgs, launch};
use crate::failure::{Failure, FailureKind};
use crate::invocation::Invocation;

/// Whose configuration is written.
#[derive(Debug, Args)]
pub(crate) struct McpInstallArgs {
    #[command(flatten)]
    launch: LaunchArgs,
    /// The client's configuration file [default: where the client keeps it]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Writes the server into a client's configuration; what else is in it stays.
pub(crate) async fn cmd_mcp_install(invocation: &Invocation, args: McpInstallArgs) -> Result<(), Failure> {
    let McpInstallArgs { launch: launch_args, config } = args;
    let client = launch_args.client;
    let path = file(client, config)?;
    let launch = launch(invocation, &launch_args).await?;
    let installed = oneclaw_mcp::install(client, &path, &launch).map_err(|error| failure(&error))?;
    let backup = installed.backup.as_ref().map(|path| path.display().to_string());
    let shown = json!({
        "client": client.as_str(),
        "path": path.display().to_string(),
        "changed": installed.changed,
        "backup": backup,
    });
    invocation.output.show(&shown, || path.display().to_string())?;
    invocation.output.say(if installed.changed {
        "written; no key is in it"
    } else {
        "it was there already"
    });
    if let Some(backup) = backup {
        invocation.output.say(format!("the file as it was is kept as {backup}"));
    }
    invocation.output.next(format!("restart {client}"));
    Ok(())
}

/// Returns the client's configuration file.
pub(super) fn file(client: McpClient, given: Option<PathBuf>) -> Result<PathBuf, Failure> {
    given.or_else(|| config_path(client)).ok_or_else(|| {
        Failure::not_found(format!("it is not known where {client} keeps its configuration here"))
            .hint("name the file: --config FILE")
    })
}

/// Says why a configuration file could not be changed.
pub(crate) fn failure(error: &InstallError) -> Failure {
    let cause = std::error::Error::source(error).map(|cause| format!(" ({cause})")).unwrap_or_default();
    let text = error.to_string().replacen("; ", &format!("{cause}; "), 1);
    Failure::of_text(FailureKind::Io, &text)
        .or_hint("the file is as it was; `oneclaw mcp print` shows what to paste")
}
