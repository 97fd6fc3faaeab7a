//! `oneclaw audit list`.

use clap::{Args, value_parser};
use oneclaw_api::{AuditEvent, AuditFilter, SecretPath};

use crate::age;
use crate::argument;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::table::Table;

/// Which events are listed.
#[derive(Debug, Args)]
pub(crate) struct AuditListArgs {
    /// The most events
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// How many of the newest to pass over
    #[arg(long, value_name = "N", default_value_t = 0)]
    offset: u32,
    /// Only what this agent did
    #[arg(long, value_name = "NAME|ID")]
    agent: Option<String>,
    /// Only this action, such as secret.read
    #[arg(long)]
    action: Option<String>,
    /// Only what was done to this path
    #[arg(long, value_parser = argument::path)]
    path: Option<SecretPath>,
}

/// Lists events, newest first.
pub(crate) async fn cmd_audit_list(invocation: &Invocation, args: AuditListArgs) -> Result<(), Failure> {
    let AuditListArgs { limit, offset, agent, action, path } = args;
    let connection = invocation.connect().await?;
    let actor_id = match agent {
        Some(named) => Some(connection.agent(&named).await?.id.to_string()),
        None => None,
    };
    let filter = AuditFilter {
        resource_id: path.map(|path| path.to_string()),
        actor_id,
        action,
        limit: Some(limit),
        offset: Some(offset),
        ..AuditFilter::default()
    };
    let page = connection.api().audit_events(filter).await?;
    invocation.output.show(&page, || {
        let mut table = Table::new(["#", "AGE", "WHO", "ACTION", "WHAT", "DECISION"]);
        for event in &page.events {
            table.row([
                event.sequence.to_string(),
                age::relative(event.created_at),
                who(event),
                event.action.clone(),
                what(event),
                decision(event),
            ]);
        }
        table.render()
    })
}

fn who(event: &AuditEvent) -> String {
    let id: String = event.actor_id.chars().take(8).collect();
    if id.is_empty() { event.actor_type.clone() } else { format!("{} {id}", event.actor_type) }
}

fn what(event: &AuditEvent) -> String {
    let details = &event.details;
    let mut what = match (&details.path, &details.name) {
        (Some(path), Some(name)) => format!("{path} by {name}"),
        (Some(path), None) => path.to_string(),
        (None, Some(name)) => format!("{} {name}", event.resource_type),
        (None, None) => event.resource_type.clone(),
    };
    if let Some(version) = details.version {
        what.push_str(&format!(" version {version}"));
    }
    if let Some(host) = &details.host {
        what.push_str(&format!(" → {host}"));
    }
    if let Some(status) = details.status {
        what.push_str(&format!(" {status}"));
    }
    what
}

fn decision(event: &AuditEvent) -> String {
    match &event.details.reason {
        Some(reason) => format!("{}: {reason}", event.details.decision),
        None => event.details.decision.clone(),
    }
}
