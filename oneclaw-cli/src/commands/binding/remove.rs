//! `oneclaw binding remove`.

use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::invocation::Invocation;

/// Which binding is removed.
#[derive(Debug, Args)]
pub(crate) struct BindingRemoveArgs {
    /// Its name or id
    name: String,
    /// The agent it belongs to
    #[arg(long, value_name = "NAME|ID")]
    agent: String,
}

/// Removes a binding; the secret stays.
pub(crate) async fn cmd_binding_remove(
    invocation: &Invocation,
    args: BindingRemoveArgs,
) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    let agent = connection.agent(&args.agent).await?;
    let binding = connection.binding(&agent, &args.name).await?;
    connection.api().delete_binding(agent.id, binding.id).await?;
    let shown = json!({ "removed": true, "id": binding.id, "name": binding.name });
    invocation.output.show(&shown, || format!("removed {}", binding.name))
}
