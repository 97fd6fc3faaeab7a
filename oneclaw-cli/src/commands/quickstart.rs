//! `oneclaw quickstart`.

mod demo;
mod interactive;
mod leak_count;
mod mcp_child;
mod preset;
mod proof;
mod report;
mod upstream;

use clap::Args;

use self::demo::demo;
use self::interactive::interactive;
use self::report::Report;
use crate::failure::{Failure, FailureKind};
use crate::invocation::Invocation;

/// How the promise is proved.
#[derive(Debug, Args)]
pub(crate) struct QuickstartArgs {
    /// Ask nothing: a temporary home, a generated key and a local upstream, all removed afterwards
    #[arg(long)]
    demo: bool,
}

/// Makes a vault, an agent and a binding, and proves that the agent uses a secret that it never sees.
///
/// At a terminal it asks what to store and for whom; else it shows the same on a temporary home.
pub(crate) async fn cmd_quickstart(invocation: &Invocation, args: QuickstartArgs) -> Result<(), Failure> {
    let report = if args.demo || !invocation.can_ask() {
        interruptible(demo(invocation)).await?
    } else {
        interactive(invocation).await?
    };
    finish(invocation, &report)
}

/// Does work that Ctrl-C ends by dropping it, so that temporary homes and child processes go with it.
async fn interruptible<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        done = work => done,
        _ = tokio::signal::ctrl_c() => {
            Err(Failure::new(FailureKind::Io, "it was interrupted").hint("run it again; it can be repeated"))
        }
    }
}

fn finish(invocation: &Invocation, report: &Report) -> Result<(), Failure> {
    invocation.output.show(report, || report.render())?;
    match report.first_failure() {
        None => Ok(()),
        Some(name) => Err(Failure::new(FailureKind::Findings, format!("the proof does not hold at: {name}"))
            .hint("the line with ✗ says what happened; `oneclaw doctor` looks at the installation")),
    }
}
