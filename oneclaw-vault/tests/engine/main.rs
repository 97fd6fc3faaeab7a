//! The engine through its public surface, on a real database.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that stops where it is wrong says where"
)]

mod agents;
#[cfg(feature = "broker")]
mod execute;
mod home;
mod policy;
mod rows;
mod secrets;
mod support;
mod tokens;
