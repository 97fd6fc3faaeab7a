//! `oneclaw binding list`.

use clap::Args;
use oneclaw_api::{Binding, BindingList};

use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::table::Table;

/// Whose bindings are listed.
#[derive(Debug, Args)]
pub(crate) struct BindingListArgs {
    /// Only this agent's [default: all agents']
    #[arg(long, value_name = "NAME|ID")]
    agent: Option<String>,
}

/// Lists bindings.
pub(crate) async fn cmd_binding_list(invocation: &Invocation, args: BindingListArgs) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    let agents = match &args.agent {
        Some(named) => vec![connection.agent(named).await?],
        None => connection.api().list_agents().await?,
    };
    let mut table = Table::new(["NAME", "AGENT", "SECRET", "METHODS", "ADDRESS", "STATE"]);
    let mut list = BindingList { bindings: Vec::new() };
    for agent in agents {
        for binding in connection.api().list_bindings(agent.id).await? {
            table.row([
                binding.name.clone(),
                agent.name.clone(),
                binding.credential_path.to_string(),
                methods(&binding),
                binding.config.base_url.clone(),
                if binding.is_active { "active" } else { "off" }.to_owned(),
            ]);
            list.bindings.push(binding);
        }
    }
    invocation.output.show(&list, || table.render())?;
    if list.bindings.is_empty() {
        invocation.output.say("no bindings yet");
        invocation.output.next(
            "oneclaw binding add NAME --agent NAME --secret PATH --url https://… --header 'Authorization: Bearer {value}'",
        );
    }
    Ok(())
}

fn methods(binding: &Binding) -> String {
    match &binding.guardrails.allowed_methods {
        Some(methods) => methods.join(","),
        None => "GET,HEAD".to_owned(),
    }
}
