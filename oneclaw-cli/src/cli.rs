//! The command line: what may be typed, and which command runs.

use clap::{Args, Parser, Subcommand};

use crate::commands::agent::AgentCommand;
use crate::commands::audit::AuditCommand;
use crate::commands::binding::BindingCommand;
use crate::commands::doctor::{DoctorArgs, cmd_doctor};
use crate::commands::init::{InitArgs, cmd_init};
use crate::commands::key::KeyCommand;
use crate::commands::mcp::McpCommand;
use crate::commands::policy::PolicyCommand;
use crate::commands::quickstart::{QuickstartArgs, cmd_quickstart};
use crate::commands::secret::SecretCommand;
use crate::commands::serve::{ServeArgs, cmd_serve};
use crate::commands::status::{StatusArgs, cmd_status};
use crate::commands::vault::VaultCommand;
use crate::commands::whoami::{WhoamiArgs, cmd_whoami};
use crate::failure::Failure;
use crate::invocation::Invocation;

/// A vault that gives AI agents the use of a credential, and never the value.
#[derive(Debug, Parser)]
#[command(
    name = "oneclaw",
    version,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "\
Places:      ONECLAW_HOME (else the platform's config and data directories)
Remote:      ONECLAW_BASE_URL with ONECLAW_API_KEY (yours) or ONECLAW_AGENT_API_KEY (an agent's)
Exit codes:  0 done, 1 failed, 2 usage, 3 not found, 4 denied, 5 approval pending, 6 locked, 7 unreachable
Start with:  oneclaw quickstart"
)]
pub(crate) struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    /// The command.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What holds for every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct GlobalArgs {
    /// Print one JSON object, and errors as JSON on stderr
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) json: bool,
    /// The vault, by name or id [default: the one named `default`]
    #[arg(
        long,
        global = true,
        value_name = "NAME|ID",
        env = "ONECLAW_VAULT_ID",
        hide_env_values = true,
        help_heading = "Everywhere"
    )]
    pub(crate) vault: Option<String>,
    /// Never ask; fail where an answer is needed
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) non_interactive: bool,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a vault, an agent and a binding, and prove that the agent never sees the value
    Quickstart(QuickstartArgs),
    /// Make an embedded vault on this machine
    Init(InitArgs),
    /// Show the vault, what protects it and what it holds
    Status(StatusArgs),
    /// Look for what is wrong with this installation
    Doctor(DoctorArgs),
    /// Store, show and change secrets
    #[command(subcommand)]
    Secret(SecretCommand),
    /// Make and manage the agents that use secrets
    #[command(subcommand)]
    Agent(AgentCommand),
    /// Say which upstream a credential may be used on
    #[command(subcommand)]
    Binding(BindingCommand),
    /// Say who may do what, and ask why
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Make and manage vaults
    #[command(subcommand)]
    Vault(VaultCommand),
    /// Manage your own API keys, for remote use
    #[command(subcommand)]
    Key(KeyCommand),
    /// Serve agents over MCP, and configure their clients
    #[command(subcommand)]
    Mcp(McpCommand),
    /// Serve the HTTP API
    Serve(ServeArgs),
    /// Read the audit log and verify its chain
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Show who the vault takes you for
    Whoami(WhoamiArgs),
}

impl Command {
    /// Tells whether the command serves others until it is stopped.
    pub(crate) const fn is_server(&self) -> bool {
        matches!(self, Self::Serve(_) | Self::Mcp(McpCommand::Serve(_)))
    }

    /// Runs the command.
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<(), Failure> {
        match self {
            Self::Quickstart(args) => cmd_quickstart(invocation, args).await,
            Self::Init(args) => cmd_init(invocation, &args).await,
            Self::Status(args) => cmd_status(invocation, &args).await,
            Self::Doctor(args) => cmd_doctor(invocation, &args).await,
            Self::Secret(command) => command.run(invocation).await,
            Self::Agent(command) => command.run(invocation).await,
            Self::Binding(command) => command.run(invocation).await,
            Self::Policy(command) => command.run(invocation).await,
            Self::Vault(command) => command.run(invocation).await,
            Self::Key(command) => command.run(invocation).await,
            Self::Mcp(command) => command.run(invocation).await,
            Self::Serve(args) => cmd_serve(invocation, args).await,
            Self::Audit(command) => command.run(invocation).await,
            Self::Whoami(args) => cmd_whoami(invocation, &args).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
