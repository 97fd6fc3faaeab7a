//! The API over real sockets: its routes byte by byte, and the trait `VaultApi` in process and over the wire.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails where its setting does"
)]

mod concurrency;
mod conformance;
mod hostile;
mod pipeline;
mod raw;
mod routes;
mod setting;
mod tokens;
mod upstream;
