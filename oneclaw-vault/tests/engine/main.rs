//! The engine through its public surface, on a real database.

mod agents;
mod home;
mod policy;
mod rows;
mod secrets;
mod support;
mod tokens;
