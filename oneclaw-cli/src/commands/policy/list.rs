//! `oneclaw policy list`.

use std::collections::HashMap;

use clap::Args;
use oneclaw_api::{PolicyList, PrincipalId};

use crate::age;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::table::Table;

/// Which rules are listed.
#[derive(Debug, Args)]
pub(crate) struct PolicyListArgs {
    /// Only rules that speak of this agent
    #[arg(long, value_name = "NAME|ID")]
    agent: Option<String>,
}

/// Lists the rules of a vault.
pub(crate) async fn cmd_policy_list(invocation: &Invocation, args: PolicyListArgs) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    let vault = connection.vault().await?;
    let mut policies = connection.api().list_policies(vault).await?;
    if let Some(named) = &args.agent {
        let agent = connection.agent(named).await?;
        policies.retain(|policy| policy.principal_id == agent.id.to_string());
    }
    let mut names = HashMap::new();
    if !invocation.output.is_json() {
        let known = match connection.api().whoami().await?.principal {
            PrincipalId::Agent(own) => vec![connection.api().agent(own).await?],
            PrincipalId::User(_) => connection.api().list_agents().await?,
        };
        names.extend(known.into_iter().map(|agent| (agent.id.to_string(), agent.name)));
    }
    let list = PolicyList { policies };
    invocation.output.show(&list, || {
        let mut table = Table::new(["ID", "FOR", "EFFECT", "PERMISSIONS", "PATHS", "PRIORITY", "EXPIRES"]);
        for policy in &list.policies {
            let permissions: Vec<_> =
                policy.permissions.iter().map(|permission| permission.as_str()).collect();
            table.row([
                policy.id.to_string(),
                names.get(&policy.principal_id).unwrap_or(&policy.principal_id).clone(),
                policy.effect.to_string(),
                permissions.join(","),
                policy.secret_path_pattern.to_string(),
                policy.priority.to_string(),
                age::expiry(policy.expires_at),
            ]);
        }
        table.render()
    })?;
    if list.policies.is_empty() {
        invocation.output.say("no rules here: everything is denied but to the owner");
        invocation.output.next("oneclaw policy add --agent NAME --permission use --path 'api-keys/*'");
    }
    Ok(())
}
