//! `oneclaw mcp serve`.

use clap::Args;
use oneclaw_mcp::{ConnectOptions, Options, RunError};

use crate::failure::{Failure, FailureKind};
use crate::invocation::Invocation;

/// Which agent is served.
#[derive(Debug, Args)]
pub(crate) struct McpServeArgs {
    /// The agent, whose key is in the vault's home [default: the one of ONECLAW_AGENT_API_KEY]
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// Return values to agents that have `read`; they then are in the client's conversation and its logs
    #[arg(long)]
    allow_reveal: bool,
}

/// Serves the tools on standard input and output until the input ends. The vault is opened by the first call.
pub(crate) async fn cmd_mcp_serve(invocation: &Invocation, args: McpServeArgs) -> Result<(), Failure> {
    let McpServeArgs { agent, allow_reveal } = args;
    let mut connect = ConnectOptions::from_env();
    if let Some(agent) = agent {
        connect = connect.agent(agent);
    }
    let options = Options { allow_reveal, vault: invocation.vault() };
    oneclaw_mcp::run_stdio(connect, options).await.map_err(|error| {
        let kind = match error {
            RunError::NoKey => FailureKind::Usage,
            _ => FailureKind::Io,
        };
        Failure::of_text(kind, &error.to_string())
            .or_hint("make an agent: oneclaw agent add NAME --use 'api-keys/*'")
    })
}
