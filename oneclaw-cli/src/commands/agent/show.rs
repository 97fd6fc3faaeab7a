//! `oneclaw agent show`.

use clap::Args;
use oneclaw_api::{Agent, Binding, Policy};
use serde::Serialize;

use crate::age;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::table::Table;

/// Which agent is shown.
#[derive(Debug, Args)]
pub(crate) struct AgentShowArgs {
    /// Its name or id
    name: String,
}

#[derive(Serialize)]
struct Shown {
    agent: Agent,
    policies: Vec<Policy>,
    bindings: Vec<Binding>,
}

/// Shows an agent with its rules and bindings.
pub(crate) async fn cmd_agent_show(invocation: &Invocation, args: AgentShowArgs) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    let vault = connection.vault().await?;
    let agent = connection.agent(&args.name).await?;
    let mut policies = connection.api().list_policies(vault).await?;
    policies.retain(|policy| policy.principal_id == agent.id.to_string());
    let bindings = connection.api().list_bindings(agent.id).await?;
    let shown = Shown { agent, policies, bindings };
    invocation.output.show(&shown, || text(&shown))
}

fn text(shown: &Shown) -> String {
    let Shown { agent, policies, bindings } = shown;
    let mut table = Table::of_fields();
    let mut field = |name: &str, value: String| table.row([name.to_owned(), value]);
    field("name", agent.name.clone());
    field("id", agent.id.to_string());
    field("description", agent.description.clone());
    field("state", if agent.is_active { "active" } else { "off" }.to_owned());
    field("executes bindings", if agent.execution_intents_enabled { "yes" } else { "no" }.to_owned());
    field("key expires", age::expiry(agent.api_key_expires_at));
    let vaults: Vec<_> = agent.vault_ids.iter().map(ToString::to_string).collect();
    field(
        "bound to vaults",
        if vaults.is_empty() { "any that its rules name".into() } else { vaults.join(", ") },
    );
    field("made", age::relative(agent.created_at));
    for policy in policies {
        field("rule", super::super::policy::in_words(policy));
    }
    for binding in bindings {
        field(
            "binding",
            format!("{}: {} with {}", binding.name, binding.config.base_url, binding.credential_path),
        );
    }
    table.render()
}
