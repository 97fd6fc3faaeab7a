//! `oneclaw audit verify`.

use clap::Args;

use crate::failure::{Failure, FailureKind};
use crate::invocation::Invocation;
use crate::output::GOOD;

/// How much is verified.
#[derive(Debug, Args)]
pub(crate) struct AuditVerifyArgs {
    /// The most events, from the first [default: all]
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
}

/// Recomputes the chain; fails where it is broken.
pub(crate) async fn cmd_audit_verify(invocation: &Invocation, args: AuditVerifyArgs) -> Result<(), Failure> {
    let connection = invocation.connect().await?;
    let verified = connection.api().verify_audit(args.limit).await?;
    invocation.output.show(&verified, || {
        if verified.chain_valid {
            format!("{GOOD}✓{GOOD:#} {} events, the chain verifies", verified.events_verified)
        } else {
            String::new()
        }
    })?;
    if verified.chain_valid {
        return Ok(());
    }
    let place = verified.broken_at_event_id.map(|id| format!(" at event {id}")).unwrap_or_default();
    let problem = verified.problem.map(|problem| format!(": {problem}")).unwrap_or_default();
    Err(Failure::new(
        FailureKind::Findings,
        format!("the audit chain is broken{place}{problem}, after {} good events", verified.events_verified),
    )
    .hint("the log was changed from outside: keep a copy of the database, and compare with a backup"))
}
