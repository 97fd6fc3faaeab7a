//! The MCP server of oneclaw, on standard input and output.

use std::process::ExitCode;

use clap::Parser;
use oneclaw_mcp::{ConnectOptions, Options, RunError, init_logging, run_stdio};

/// Serves the vault's tools to an MCP client on standard input and output.
///
/// Agents get the use of credentials, never their values.
#[derive(Debug, Parser)]
#[command(
    name = "oneclaw-mcp",
    version,
    after_help = "\
Environment:
  ONECLAW_AGENT_API_KEY  the agent's key, unless --agent names one
  ONECLAW_BASE_URL       the address of a vault; the embedded one unless set
  ONECLAW_HOME           where the embedded vault and the credential files are
  ONECLAW_MCP_REVEAL     `allow` is the same as --allow-reveal
  ONECLAW_VAULT_ID       the vault that calls mean when they name none
  RUST_LOG               what is logged to standard error; never a value"
)]
struct Args {
    /// Acts as this agent; its key is read from the vault's home.
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,

    /// Returns values to agents that have `read`. They then are in the client's conversation and its logs.
    #[arg(long)]
    allow_reveal: bool,
}

fn main() -> ExitCode {
    let Args { agent, allow_reveal } = Args::parse();
    init_logging();
    let mut connect = ConnectOptions::from_env();
    if let Some(agent) = agent {
        connect = connect.agent(agent);
    }
    let options = Options { allow_reveal, ..Options::default() };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error, 1),
    };
    let outcome = runtime.block_on(run_stdio(connect, options));
    // A read of standard input may still be pending; it must not hold up the end.
    runtime.shutdown_background();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error @ RunError::NoKey) => fail(&error, 2),
        Err(error) => fail(&error, 1),
    }
}

fn fail(error: &dyn std::error::Error, code: u8) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::from(code)
}
