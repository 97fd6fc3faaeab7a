//! `oneclaw agent rotate-key`.

use clap::Args;
use serde::Serialize;

use crate::failure::Failure;
use crate::invocation::Invocation;

/// Whose key is rotated.
#[derive(Debug, Args)]
pub(crate) struct AgentRotateKeyArgs {
    /// Its name or id
    name: String,
}

#[derive(Serialize)]
struct Shown<'a> {
    id: String,
    name: &'a str,
    api_key: &'a str,
    key_file: Option<String>,
}

/// Gives an agent a new key, shown this once.
pub(crate) async fn cmd_agent_rotate_key(
    invocation: &Invocation,
    args: AgentRotateKeyArgs,
) -> Result<(), Failure> {
    let connection = invocation.connect_guarded("give an agent a new key").await?;
    let agent = connection.agent(&args.name).await?;
    let rotated = connection.api().rotate_agent_key(agent.id).await?;
    let key_file =
        connection.home().map(|home| home.save_agent_key(&agent.name, &rotated.api_key)).transpose()?;
    let shown = Shown {
        id: agent.id.to_string(),
        name: &agent.name,
        api_key: rotated.api_key.expose_key(),
        key_file: key_file.as_ref().map(|path| path.display().to_string()),
    };
    invocation.output.show(&shown, || rotated.api_key.expose_key().to_owned())?;
    match key_file {
        Some(path) => invocation.output.say(format!("kept in {}; the former key is dead", path.display())),
        None => invocation.output.say("not shown again: keep it now; the former key is dead"),
    }
    Ok(())
}
