#![doc = include_str!("../README.md")]

mod answer;
mod arguments;
#[cfg(feature = "bin")]
mod client_config;
#[cfg(feature = "bin")]
mod connect;
mod connection;
mod error;
mod foreign_text;
#[cfg(feature = "bin")]
mod logging;
mod options;
mod panic_guard;
mod parameter;
mod refusal;
mod resource;
mod server;
mod stdio;
mod tool;

// The server: tools over any vault, and how it is served.
pub use error::RunError;
pub use options::Options;
pub use panic_guard::hide_panic_payloads;
pub use server::Server;
pub use stdio::{serve, serve_stdio};

// What a program around the server needs: which vault, what is logged, and the configuration of MCP clients.
#[cfg(feature = "bin")]
pub use client_config::{
    Installed, Launch, McpClient, UnknownClient, client_config, config_path, install, uninstall,
};
#[cfg(feature = "bin")]
pub use connect::{ConnectOptions, run_stdio};
#[cfg(feature = "bin")]
pub use error::InstallError;
#[cfg(feature = "bin")]
pub use logging::{init_logging, may_be_logged};
