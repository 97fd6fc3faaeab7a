//! Bindings: which upstream a credential may be used on.

mod add;
mod list;
mod remove;

use clap::Subcommand;

use self::add::{BindingAddArgs, cmd_binding_add};
use self::list::{BindingListArgs, cmd_binding_list};
use self::remove::{BindingRemoveArgs, cmd_binding_remove};
use crate::failure::Failure;
use crate::invocation::Invocation;

/// What can be done to bindings.
#[derive(Debug, Subcommand)]
pub(crate) enum BindingCommand {
    /// Bind a secret to an upstream, for one agent
    Add(BindingAddArgs),
    /// List bindings
    List(BindingListArgs),
    /// Remove a binding
    Remove(BindingRemoveArgs),
}

impl BindingCommand {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<(), Failure> {
        match self {
            Self::Add(args) => cmd_binding_add(invocation, args).await,
            Self::List(args) => cmd_binding_list(invocation, args).await,
            Self::Remove(args) => cmd_binding_remove(invocation, args).await,
        }
    }
}
