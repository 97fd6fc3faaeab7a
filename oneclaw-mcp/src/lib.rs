#![doc = include_str!("../README.md")]

mod answer;
mod arguments;
mod connection;
mod error;
mod foreign_text;
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
