//! How a client starts the server for an agent.

use std::collections::BTreeMap;
use std::env;

use clap::Args;
use oneclaw_api::PrincipalId;
use oneclaw_mcp::{Launch, McpClient};

use crate::connection;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// Which client starts the server, and for which agent.
#[derive(Debug, Args)]
pub(super) struct LaunchArgs {
    /// claude-desktop, claude-code, cursor, vscode, windsurf, codex or gemini
    pub(super) client: McpClient,
    /// The agent [default: the only one there is]
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
}

/// Finds out how the client starts the server. No key is part of it.
pub(super) async fn launch(invocation: &Invocation, args: &LaunchArgs) -> Result<Launch, Failure> {
    let agent = match &args.agent {
        Some(agent) => agent.clone(),
        None => only_agent(invocation).await?,
    };
    of_agent(agent, invocation.vault().as_deref())
}

/// Says how the server is started for an agent, with this program and in this environment.
pub(crate) fn of_agent(agent: String, vault: Option<&str>) -> Result<Launch, Failure> {
    let program =
        env::current_exe().map_err(|error| Failure::io("the path of oneclaw is not known", &error))?;
    let mut variables = BTreeMap::new();
    if let Some(home) = env::var_os("ONECLAW_HOME").filter(|home| !home.is_empty()) {
        // The client starts it in a directory of its own.
        let home =
            std::path::absolute(home).map_err(|error| Failure::io("ONECLAW_HOME can't be used", &error))?;
        variables.insert("ONECLAW_HOME".to_owned(), home.display().to_string());
    }
    if let Some(base_url) = connection::base_url() {
        variables.insert("ONECLAW_BASE_URL".to_owned(), base_url);
    }
    if let Some(vault) = vault {
        variables.insert("ONECLAW_VAULT_ID".to_owned(), vault.to_owned());
    }
    Ok(Launch {
        program: program.display().to_string(),
        args: ["mcp", "serve", "--agent"].map(str::to_owned).into_iter().chain([agent]).collect(),
        env: variables,
    })
}

async fn only_agent(invocation: &Invocation) -> Result<String, Failure> {
    let connection = invocation.connect().await?;
    let caller = connection.api().whoami().await?;
    if let PrincipalId::Agent(_) = caller.principal {
        return Ok(caller.name);
    }
    let mut agents = connection.api().list_agents().await?;
    agents.retain(|agent| agent.is_active);
    match agents.as_slice() {
        [agent] => Ok(agent.name.clone()),
        [] => Err(Failure::not_found("there is no agent that the client could work as")
            .hint("make one: oneclaw agent add NAME --use 'api-keys/*'")),
        _ => Err(Failure::usage("there is more than one agent")
            .hint("name the one that the client works as: --agent NAME")),
    }
}
