//! `oneclaw policy remove`.

use clap::Args;
use oneclaw_api::{Effect, PolicyId};
use serde_json::json;

use crate::connection;
use crate::failure::Failure;
use crate::guard_rail;
use crate::invocation::Invocation;

/// Which rule is removed.
#[derive(Debug, Args)]
pub(crate) struct PolicyRemoveArgs {
    /// Its id, as `policy list` shows it
    id: PolicyId,
}

/// Removes a rule.
pub(crate) async fn cmd_policy_remove(
    invocation: &Invocation,
    args: PolicyRemoveArgs,
) -> Result<(), Failure> {
    let PolicyRemoveArgs { id } = args;
    let connection = invocation.connect().await?;
    let vault = connection.vault().await?;
    let policies = connection.api().list_policies(vault).await?;
    let policy = policies.into_iter().find(|policy| policy.id == id).ok_or_else(|| {
        Failure::not_found("there is no rule of that id in this vault")
            .hint("`oneclaw policy list` shows them")
    })?;
    // Without a deny, more is allowed than before.
    if policy.effect == Effect::Deny && !connection::is_agent() {
        guard_rail::check("remove a rule that denies")?;
    }
    connection.api().delete_policy(vault, id).await?;
    invocation.output.show(&json!({ "removed": true, "id": id }), || format!("removed {id}"))?;
    invocation.output.say(format!("it was: {}", super::in_words(&policy)));
    Ok(())
}
