#![doc = include_str!("../README.md")]

mod age;
mod argument;
mod cli;
mod commands;
mod connection;
mod failure;
mod guard_rail;
mod invocation;
mod logging;
mod output;
mod process_guard;
mod prompt;
mod table;
mod usage_error;
mod value_input;

use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::failure::Failure;
use crate::invocation::Invocation;
use crate::output::Output;

fn main() -> ExitCode {
    process_guard::install();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage_error::report(&error),
    };
    let output = Output::new(cli.global.json);
    logging::install(cli.command.is_server());
    // A panic has said where it happened; nothing it carried is printed.
    let result = std::panic::catch_unwind(AssertUnwindSafe(|| run(cli, output)));
    match result {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(failure)) => output.fail(&failure),
        Err(_) => ExitCode::FAILURE,
    }
}

fn run(cli: Cli, output: Output) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::io("the runtime does not start", &error))?;
    let result = runtime.block_on(cli.command.run(&Invocation::new(cli.global, output)));
    // A read of a terminal that nobody answers must not hold the process.
    runtime.shutdown_background();
    result
}
