//! `oneclaw policy add`.

use clap::Args;
use jiff::Timestamp;
use oneclaw_api::{Effect, NewPolicy, PathPattern, Permission, PrincipalType};

use crate::argument;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// What a rule says.
#[derive(Debug, Args)]
pub(crate) struct PolicyAddArgs {
    /// The agent it speaks of
    #[arg(long, value_name = "NAME|ID")]
    agent: String,
    /// list, use, read, write, rotate, delete or share; may be repeated
    #[arg(long = "permission", value_name = "PERMISSION", required = true, value_parser = argument::permission)]
    permissions: Vec<Permission>,
    /// The paths: * is one segment, ** any number
    #[arg(long, alias = "pattern", value_name = "PATTERN", value_parser = argument::pattern)]
    path: PathPattern,
    /// Deny; on equal priority a deny beats an allow
    #[arg(long)]
    deny: bool,
    /// The highest priority decides [default: 0]
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true,
        allow_hyphen_values = true
    )]
    priority: i32,
    /// When it stops to hold, as 2027-01-31T12:00:00Z
    #[arg(long, value_name = "RFC3339", value_parser = argument::instant)]
    expires: Option<Timestamp>,
}

/// Adds a rule.
pub(crate) async fn cmd_policy_add(invocation: &Invocation, args: PolicyAddArgs) -> Result<(), Failure> {
    let PolicyAddArgs { agent, permissions, path, deny, priority, expires } = args;
    let connection = invocation.connect_guarded(&format!("add a rule for {agent} on {path}")).await?;
    let vault = connection.vault().await?;
    let agent = connection.agent(&agent).await?;
    let new = NewPolicy {
        secret_path_pattern: path,
        principal_type: PrincipalType::Agent,
        principal_id: agent.id.to_string(),
        permissions,
        conditions: None,
        expires_at: expires,
        effect: if deny { Effect::Deny } else { Effect::Allow },
        priority,
    };
    let policy = connection.api().create_policy(vault, new).await?;
    invocation.output.show(&policy, || policy.id.to_string())?;
    invocation.output.say(format!("{}: {}", agent.name, super::in_words(&policy)));
    Ok(())
}
