//! `oneclaw mcp uninstall`.

use std::path::PathBuf;

use clap::Args;
use oneclaw_mcp::McpClient;
use serde_json::json;

use super::install::{failure, file};
use crate::failure::Failure;
use crate::invocation::Invocation;

/// Whose configuration is changed.
#[derive(Debug, Args)]
pub(crate) struct McpUninstallArgs {
    /// claude-desktop, claude-code, cursor, vscode, windsurf, codex or gemini
    client: McpClient,
    /// The client's configuration file [default: where the client keeps it]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Takes the server out of a client's configuration; what else is in it stays.
pub(crate) async fn cmd_mcp_uninstall(
    invocation: &Invocation,
    args: McpUninstallArgs,
) -> Result<(), Failure> {
    let McpUninstallArgs { client, config } = args;
    let path = file(client, config)?;
    let installed = oneclaw_mcp::uninstall(client, &path).map_err(|error| failure(&error))?;
    let shown = json!({
        "client": client.as_str(),
        "path": path.display().to_string(),
        "changed": installed.changed,
        "backup": installed.backup.as_ref().map(|path| path.display().to_string()),
    });
    invocation.output.show(&shown, || path.display().to_string())?;
    invocation.output.say(if installed.changed { "taken out" } else { "it was not there" });
    Ok(())
}
