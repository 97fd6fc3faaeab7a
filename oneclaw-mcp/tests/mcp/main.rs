//! The server as its clients meet it: every test speaks JSON-RPC over a recorded pair of streams.

mod arguments;
mod catalogue;
mod protocol;
mod tap;
mod variants;
