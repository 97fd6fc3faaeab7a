//! The MCP server, and the clients that start it.

pub(crate) mod install;
pub(crate) mod launch;
mod print;
mod serve;
mod uninstall;

use clap::Subcommand;

use self::install::{McpInstallArgs, cmd_mcp_install};
use self::print::{McpPrintArgs, cmd_mcp_print};
use self::serve::{McpServeArgs, cmd_mcp_serve};
use self::uninstall::{McpUninstallArgs, cmd_mcp_uninstall};
use crate::failure::Failure;
use crate::invocation::Invocation;

/// What can be done over MCP.
#[derive(Debug, Subcommand)]
pub(crate) enum McpCommand {
    /// Serve an agent's tools on standard input and output
    Serve(McpServeArgs),
    /// Print the configuration that a client wants
    Print(McpPrintArgs),
    /// Write the configuration into a client's file
    Install(McpInstallArgs),
    /// Take the configuration out of a client's file
    Uninstall(McpUninstallArgs),
}

impl McpCommand {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<(), Failure> {
        match self {
            Self::Serve(args) => cmd_mcp_serve(invocation, args).await,
            Self::Print(args) => cmd_mcp_print(invocation, args).await,
            Self::Install(args) => cmd_mcp_install(invocation, args).await,
            Self::Uninstall(args) => cmd_mcp_uninstall(invocation, args).await,
        }
    }
}
