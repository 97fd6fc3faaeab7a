//! `oneclaw agent add`.

use clap::Args;
use clap::value_parser;
use jiff::Timestamp;
use oneclaw_api::{
    Agent, AgentCreated, AgentId, NewAgent, NewPolicy, PathPattern, Permission, Policy, PrincipalId, VaultId,
};
use serde::Serialize;

use crate::argument;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// Who the agent is and what it may do.
#[derive(Debug, Args)]
pub(crate) struct AgentAddArgs {
    /// Its name: letters, digits, `_` and `-`
    name: String,
    /// It may have the broker act with secrets at these paths, and never sees their values
    #[arg(long = "use", value_name = "PATTERN", value_parser = argument::pattern)]
    uses: Vec<PathPattern>,
    /// It may receive the values at these paths
    #[arg(long = "read", value_name = "PATTERN", value_parser = argument::pattern)]
    reads: Vec<PathPattern>,
    /// It may store values at these paths
    #[arg(long = "write", value_name = "PATTERN", value_parser = argument::pattern)]
    writes: Vec<PathPattern>,
    /// What it is for
    #[arg(long, default_value = "", hide_default_value = true)]
    description: String,
    /// Lifetime of its tokens in seconds, 61 to 86400 [default: 3600]
    #[arg(long, value_name = "SECONDS", value_parser = value_parser!(u32).range(61..=86_400))]
    token_ttl: Option<u32>,
    /// When its key stops to work, as 2027-01-31T12:00:00Z
    #[arg(long, value_name = "RFC3339", value_parser = argument::instant)]
    expires: Option<Timestamp>,
}

#[derive(Serialize)]
struct Shown<'a> {
    agent: &'a Agent,
    api_key: &'a str,
    key_file: Option<String>,
    policies: &'a [Policy],
}

/// Makes an agent with its rules, and shows its key this once.
pub(crate) async fn cmd_agent_add(invocation: &Invocation, args: AgentAddArgs) -> Result<(), Failure> {
    let AgentAddArgs { name, uses, reads, writes, description, token_ttl, expires } = args;
    let connection = invocation.connect_guarded(&format!("make the agent {name}")).await?;
    let vault = connection.vault().await?;
    let new = NewAgent {
        name,
        description,
        scopes: Vec::new(),
        // An agent with a vault of its own finds it from its key.
        vault_ids: if connection.names_a_vault() { vec![vault] } else { Vec::new() },
        token_ttl_seconds: token_ttl,
        execution_intents_enabled: !uses.is_empty(),
        api_key_expires_at: expires,
    };
    let AgentCreated { agent, api_key } = connection.api().create_agent(new).await?;
    let rights = [(Permission::Use, uses), (Permission::Read, reads), (Permission::Write, writes)];
    let key_file = connection.home().map(|home| home.save_agent_key(&agent.name, &api_key)).transpose();
    let made = match key_file {
        Ok(key_file) => add_rules(&connection, vault, agent.id, &rights).await.map(|rules| (key_file, rules)),
        Err(error) => Err(error.into()),
    };
    let (key_file, policies) = match made {
        Ok(made) => made,
        Err(failure) => {
            // An agent with half of its rules is worse than none.
            connection.api().delete_agent(agent.id).await?;
            if let Some(home) = connection.home() {
                home.remove_agent_key(&agent.name)?;
            }
            return Err(failure.or_hint("the agent was taken back; nothing is left of it"));
        }
    };
    let shown = Shown {
        agent: &agent,
        api_key: api_key.expose_key(),
        key_file: key_file.as_ref().map(|path| path.display().to_string()),
        policies: &policies,
    };
    invocation.output.show(&shown, || api_key.expose_key().to_owned())?;
    for policy in &policies {
        let right = policy.permissions.first().map_or("", |permission| permission.as_str());
        invocation.output.say(format!("{} may {right} {}", agent.name, policy.secret_path_pattern));
    }
    match key_file {
        Some(path) => {
            invocation.output.say(format!("its key is kept in {} and not shown again", path.display()))
        }
        None => invocation.output.say("its key is not shown again: keep it now, as ONECLAW_AGENT_API_KEY"),
    }
    if policies.is_empty() {
        let name = &agent.name;
        invocation
            .output
            .next(format!("oneclaw policy add --agent {name} --permission use --path 'api-keys/*'"));
    } else {
        invocation.output.next(format!(
            "oneclaw binding add NAME --agent {} --secret PATH --url https://… --header 'Authorization: Bearer {{value}}'",
            agent.name
        ));
    }
    Ok(())
}

async fn add_rules(
    connection: &Connection,
    vault: VaultId,
    agent: AgentId,
    rights: &[(Permission, Vec<PathPattern>)],
) -> Result<Vec<Policy>, Failure> {
    let mut policies = Vec::new();
    for (permission, patterns) in rights {
        for pattern in patterns {
            let new = NewPolicy::allow(PrincipalId::Agent(agent), pattern.clone(), vec![*permission]);
            policies.push(connection.api().create_policy(vault, new).await?);
        }
    }
    Ok(policies)
}
