//! Vaults.

mod create;
mod delete;
mod list;

use clap::Subcommand;

use self::create::{VaultCreateArgs, cmd_vault_create};
use self::delete::{VaultDeleteArgs, cmd_vault_delete};
use self::list::{VaultListArgs, cmd_vault_list};
use crate::failure::Failure;
use crate::invocation::Invocation;

/// What can be done to vaults.
#[derive(Debug, Subcommand)]
pub(crate) enum VaultCommand {
    /// List vaults
    List(VaultListArgs),
    /// Make a vault
    Create(VaultCreateArgs),
    /// Delete a vault with all it holds
    Delete(VaultDeleteArgs),
}

impl VaultCommand {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<(), Failure> {
        match self {
            Self::List(args) => cmd_vault_list(invocation, args).await,
            Self::Create(args) => cmd_vault_create(invocation, args).await,
            Self::Delete(args) => cmd_vault_delete(invocation, args).await,
        }
    }
}
