//! A person's own API keys, for remote use.

mod add;
mod list;
mod revoke;

use clap::Subcommand;

use self::add::{KeyAddArgs, cmd_key_add};
use self::list::{KeyListArgs, cmd_key_list};
use self::revoke::{KeyRevokeArgs, cmd_key_revoke};
use crate::failure::Failure;
use crate::invocation::Invocation;

/// What can be done to your own API keys.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a key, shown this once
    Add(KeyAddArgs),
    /// List your keys
    List(KeyListArgs),
    /// Revoke a key, from the next request on
    Revoke(KeyRevokeArgs),
}

impl KeyCommand {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<(), Failure> {
        match self {
            Self::Add(args) => cmd_key_add(invocation, args).await,
            Self::List(args) => cmd_key_list(invocation, args).await,
            Self::Revoke(args) => cmd_key_revoke(invocation, args).await,
        }
    }
}
