//! The binary `oneclaw`, run as a person and as scripts run it.
#![cfg(unix)]

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod crash;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod guard_rail;
#[cfg(test)]
mod mcp;
#[cfg(test)]
mod process;
#[cfg(test)]
mod quickstart;
#[cfg(test)]
mod remote;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod terminal;
#[cfg(test)]
mod values;
#[cfg(test)]
mod world;
