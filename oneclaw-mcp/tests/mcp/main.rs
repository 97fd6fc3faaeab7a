//! The server as its clients meet it: every test speaks JSON-RPC over a recorded pair of streams.

#![cfg(test)] // the lints know a test by it

mod arguments;
mod catalogue;
mod protocol;
mod tap;
mod variants;

// Against the real engine.
#[cfg(feature = "embedded")]
mod agents;
#[cfg(feature = "embedded")]
mod leaks;
#[cfg(feature = "embedded")]
mod process;
#[cfg(feature = "embedded")]
mod tools;
#[cfg(feature = "embedded")]
mod upstream;
#[cfg(feature = "embedded")]
mod world;
