//! One run of the command: what was asked for everywhere, and the way to print and to connect.

use crate::cli::GlobalArgs;
use crate::connection::{self, Connection};
use crate::failure::Failure;
use crate::guard_rail;
use crate::output::Output;
use crate::prompt;

/// One run of the command.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// What holds for every command.
    pub(crate) global: GlobalArgs,
    /// How this run prints.
    pub(crate) output: Output,
}

impl Invocation {
    /// Starts a run.
    pub(crate) const fn new(global: GlobalArgs, output: Output) -> Self {
        Self { global, output }
    }

    /// Returns the vault that was named, on the command line or in the environment.
    pub(crate) fn vault(&self) -> Option<String> {
        self.global.vault.clone().filter(|named| !named.is_empty())
    }

    /// Connects to the vault.
    pub(crate) async fn connect(&self) -> Result<Connection, Failure> {
        Connection::open(self.vault()).await
    }

    /// Connects to the vault for an operation that reveals a value or widens authority: see [`guard_rail`].
    pub(crate) async fn connect_guarded(&self, operation: &str) -> Result<Connection, Failure> {
        if !connection::is_agent() {
            guard_rail::check(operation)?;
        }
        self.connect().await
    }

    /// Tells whether there is somebody who can be asked.
    pub(crate) fn can_ask(&self) -> bool {
        !self.global.non_interactive && !self.output.is_json() && prompt::is_possible()
    }

    /// Makes sure that something that can't be undone is meant: by `--yes`, or by asking.
    pub(crate) fn confirm_removal(&self, yes: bool, what: &str) -> Result<(), Failure> {
        if yes {
            return Ok(());
        }
        if !self.can_ask() {
            return Err(
                Failure::usage(format!("to {what} can't be undone")).hint("add --yes when it is meant")
            );
        }
        if prompt::confirm(&format!("{what}, which can't be undone?"), false)? {
            Ok(())
        } else {
            Err(Failure::new(
                crate::failure::FailureKind::Denied,
                "it was not confirmed, so nothing was done",
            )
            .hint("answer y when it is meant"))
        }
    }
}
