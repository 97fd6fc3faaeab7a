#![doc = include_str!("../README.md")]

mod app;
mod capability;
mod error;
mod extract;
mod hosts;
mod listen;
mod middleware;
mod reply;
mod routes;
mod serve;

// The API as a router to embed.
pub use app::{app, app_for};
pub use capability::{Capability, Needs, capabilities};
pub use hosts::Hosts;

// The API on a socket.
pub use error::{ListenError, ServeError};
pub use listen::{Listen, Listener};
pub use serve::serve;
