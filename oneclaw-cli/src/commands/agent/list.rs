//! `oneclaw agent list`.

use clap::Args;
use oneclaw_api::AgentList;

use crate::age;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::table::Table;

/// Lists all; there is nothing to choose.
#[derive(Debug, Args)]
pub(crate) struct AgentListArgs {}

/// Lists agents.
pub(crate) async fn cmd_agent_list(invocation: &Invocation, _args: AgentListArgs) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    let list = AgentList { agents: connection.api().list_agents().await? };
    invocation.output.show(&list, || {
        let mut table = Table::new(["NAME", "STATE", "EXECUTES", "KEY EXPIRES", "AGE", "DESCRIPTION"]);
        for agent in &list.agents {
            table.row([
                agent.name.clone(),
                if agent.is_active { "active" } else { "off" }.to_owned(),
                if agent.execution_intents_enabled { "yes" } else { "no" }.to_owned(),
                age::expiry(agent.api_key_expires_at),
                age::relative(agent.created_at),
                agent.description.clone(),
            ]);
        }
        table.render()
    })?;
    if list.agents.is_empty() {
        invocation.output.say("no agents yet");
        invocation.output.next("oneclaw agent add claude --use 'api-keys/*'");
    }
    Ok(())
}
