//! Secrets: stored, shown, changed.

mod delete;
mod describe;
mod get;
mod list;
mod put;
mod rollback;
mod rotate;
mod versions;

use clap::Subcommand;

use self::delete::{SecretDeleteArgs, cmd_secret_delete};
use self::describe::{SecretDescribeArgs, cmd_secret_describe};
use self::get::{SecretGetArgs, cmd_secret_get};
use self::list::{SecretListArgs, cmd_secret_list};
use self::put::{SecretPutArgs, cmd_secret_put};
use self::rollback::{SecretRollbackArgs, cmd_secret_rollback};
use self::rotate::{SecretRotateArgs, cmd_secret_rotate};
use self::versions::{SecretVersionsArgs, cmd_secret_versions};
use crate::failure::Failure;
use crate::invocation::Invocation;

/// What can be done to secrets.
#[derive(Debug, Subcommand)]
pub(crate) enum SecretCommand {
    /// Store a value: from a hidden prompt, standard input or a file
    Put(SecretPutArgs),
    /// Print a value, for its owner
    Get(SecretGetArgs),
    /// List secrets, without their values
    List(SecretListArgs),
    /// Tell everything about a secret but its value
    Describe(SecretDescribeArgs),
    /// List the versions of a secret
    Versions(SecretVersionsArgs),
    /// Replace a value with a generated one, or with one that is given
    Rotate(SecretRotateArgs),
    /// Make an earlier version current again, as a new version
    Rollback(SecretRollbackArgs),
    /// Delete a secret with all its versions
    Delete(SecretDeleteArgs),
}

impl SecretCommand {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<(), Failure> {
        match self {
            Self::Put(args) => cmd_secret_put(invocation, args).await,
            Self::Get(args) => cmd_secret_get(invocation, args).await,
            Self::List(args) => cmd_secret_list(invocation, args).await,
            Self::Describe(args) => cmd_secret_describe(invocation, args).await,
            Self::Versions(args) => cmd_secret_versions(invocation, args).await,
            Self::Rotate(args) => cmd_secret_rotate(invocation, args).await,
            Self::Rollback(args) => cmd_secret_rollback(invocation, args).await,
            Self::Delete(args) => cmd_secret_delete(invocation, args).await,
        }
    }
}
