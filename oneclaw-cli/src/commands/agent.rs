//! Agents: the programs that use secrets.

mod add;
mod list;
mod remove;
mod rotate_key;
mod show;

use clap::Subcommand;

use self::add::{AgentAddArgs, cmd_agent_add};
use self::list::{AgentListArgs, cmd_agent_list};
use self::remove::{AgentRemoveArgs, cmd_agent_remove};
use self::rotate_key::{AgentRotateKeyArgs, cmd_agent_rotate_key};
use self::show::{AgentShowArgs, cmd_agent_show};
use crate::failure::Failure;
use crate::invocation::Invocation;

/// What can be done to agents.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Make an agent, say what it may do, and show its key this once
    Add(AgentAddArgs),
    /// List agents
    List(AgentListArgs),
    /// Show an agent with its rules and bindings
    Show(AgentShowArgs),
    /// Switch an agent off, with its key and its tokens
    Remove(AgentRemoveArgs),
    /// Give an agent a new key; the former one is dead
    RotateKey(AgentRotateKeyArgs),
}

impl AgentCommand {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &Invocation) -> Result<(), Failure> {
        match self {
            Self::Add(args) => cmd_agent_add(invocation, args).await,
            Self::List(args) => cmd_agent_list(invocation, args).await,
            Self::Show(args) => cmd_agent_show(invocation, args).await,
            Self::Remove(args) => cmd_agent_remove(invocation, args).await,
            Self::RotateKey(args) => cmd_agent_rotate_key(invocation, args).await,
        }
    }
}
