//! `oneclaw agent remove`.

use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::invocation::Invocation;

/// Which agent is removed.
#[derive(Debug, Args)]
pub(crate) struct AgentRemoveArgs {
    /// Its name or id
    name: String,
}

/// Switches an agent off, and removes the file that kept its key.
pub(crate) async fn cmd_agent_remove(invocation: &Invocation, args: AgentRemoveArgs) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    let agent = connection.agent(&args.name).await?;
    connection.api().delete_agent(agent.id).await?;
    if let Some(home) = connection.home() {
        home.remove_agent_key(&agent.name)?;
    }
    let shown = json!({ "removed": true, "id": agent.id, "name": agent.name });
    invocation.output.show(&shown, || format!("removed {}", agent.name))?;
    invocation.output.say("its key and its tokens are dead from now on");
    Ok(())
}
