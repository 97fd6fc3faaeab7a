//! Policy: who may do what.

mod add;
mod explain;
mod list;
mod remove;

use clap::Subcommand;
use oneclaw_api::Policy;

use self::add::{PolicyAddArgs, cmd_policy_add};
use self::explain::{PolicyExplainArgs, cmd_policy_explain};
use self::list::{PolicyListArgs, cmd_policy_list};
use self::remove::{PolicyRemoveArgs, cmd_policy_remove};
use crate::failure::Failure;
use crate::invocation::Invocation;

/// What can be done to rules.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Add a rule
    Add(PolicyAddArgs),
    /// List the rules of a vault
    List(PolicyListArgs),
    /// Remove a rule
    Remove(PolicyRemoveArgs),
    /// Decide without doing, and say which rules decided
    Explain(PolicyExplainArgs),
}

impl PolicyCommand {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<(), Failure> {
        match self {
            Self::Add(args) => cmd_policy_add(invocation, args).await,
            Self::List(args) => cmd_policy_list(invocation, args).await,
            Self::Remove(args) => cmd_policy_remove(invocation, args).await,
            Self::Explain(args) => cmd_policy_explain(invocation, args).await,
        }
    }
}

/// Says what a rule does, in one line.
pub(crate) fn in_words(policy: &Policy) -> String {
    let permissions: Vec<_> = policy.permissions.iter().map(|permission| permission.as_str()).collect();
    let mut words = format!("{} {} on {}", policy.effect, permissions.join(", "), policy.secret_path_pattern);
    if policy.priority != 0 {
        words.push_str(&format!(", priority {}", policy.priority));
    }
    if let Some(expires) = policy.expires_at {
        words.push_str(&format!(", until {expires}"));
    }
    words
}
