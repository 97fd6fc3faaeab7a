//! `oneclaw policy explain`.

use clap::Args;
use oneclaw_api::{Effect, Explain, Explanation, Permission, PrincipalType, SecretPath};
use serde::Serialize;

use crate::argument;
use crate::failure::{Failure, FailureKind};
use crate::invocation::Invocation;
use crate::output::{BAD, GOOD};

/// The question.
#[derive(Debug, Args)]
pub(crate) struct PolicyExplainArgs {
    /// The agent
    #[arg(long, value_name = "NAME|ID")]
    agent: String,
    /// What it would do: list, use, read, write, rotate, delete or share
    #[arg(long, value_parser = argument::permission)]
    permission: Permission,
    /// To which secret
    #[arg(long, value_parser = argument::path)]
    path: SecretPath,
}

#[derive(Serialize)]
struct Shown<'a> {
    agent: &'a str,
    permission: Permission,
    path: &'a SecretPath,
    #[serde(flatten)]
    explanation: &'a Explanation,
}

/// Decides without doing, and prints the rules that decided; fails where the answer is no.
pub(crate) async fn cmd_policy_explain(
    invocation: &Invocation,
    args: PolicyExplainArgs,
) -> Result<(), Failure> {
    let PolicyExplainArgs { agent, permission, path } = args;
    let connection = invocation.connect().await?;
    let vault = connection.vault().await?;
    let agent = connection.agent(&agent).await?;
    let question = Explain {
        principal_type: PrincipalType::Agent,
        principal_id: agent.id.to_string(),
        permission,
        path: path.clone(),
    };
    let explanation = connection.api().explain(vault, question).await?;
    let allowed = explanation.decision == Effect::Allow;
    let shown = Shown { agent: &agent.name, permission, path: &path, explanation: &explanation };
    invocation.output.show(&shown, || {
        let verdict = if allowed { format!("{GOOD}allowed{GOOD:#}") } else { format!("{BAD}denied{BAD:#}") };
        let mut lines = vec![format!("{verdict}  {permission} on {path} by {}", agent.name)];
        lines.extend(explanation.reasons.iter().map(|reason| {
            let rule = reason.policy_id.map(|id| format!("rule {id}: ")).unwrap_or_default();
            format!("  {rule}{}", crate::failure::visible(&reason.why))
        }));
        lines.join("\n")
    })?;
    if allowed {
        return Ok(());
    }
    Err(Failure::new(FailureKind::Denied, format!("{} may not {permission} {path}", agent.name)).hint(
        format!(
            "allow it: oneclaw policy add --agent {} --permission {permission} --path {path}",
            agent.name
        ),
    ))
}
