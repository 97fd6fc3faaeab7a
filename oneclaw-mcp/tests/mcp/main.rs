//! The server as its clients meet it: every test speaks JSON-RPC over a recorded pair of streams.

#![cfg(test)] // the lints know a test by it

mod arguments;
mod catalogue;
mod protocol;
mod tap;
mod variants;
