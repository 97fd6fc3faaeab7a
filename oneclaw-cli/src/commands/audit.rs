//! The audit log.

mod list;
mod verify;

use clap::Subcommand;

use self::list::{AuditListArgs, cmd_audit_list};
use self::verify::{AuditVerifyArgs, cmd_audit_verify};
use crate::failure::Failure;
use crate::invocation::Invocation;

/// What can be done with the audit log.
#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// List events, newest first
    List(AuditListArgs),
    /// Recompute the chain, and fail where it is broken
    Verify(AuditVerifyArgs),
}

impl AuditCommand {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<(), Failure> {
        match self {
            Self::List(args) => cmd_audit_list(invocation, args).await,
            Self::Verify(args) => cmd_audit_verify(invocation, args).await,
        }
    }
}
