//! The handlers, one module for each part of the URL space: each decodes, asks the vault one thing and encodes.

pub(crate) mod agents;
pub(crate) mod api_keys;
pub(crate) mod audit;
pub(crate) mod auth;
pub(crate) mod bindings;
pub(crate) mod discovery;
pub(crate) mod execute;
pub(crate) mod health;
pub(crate) mod policies;
pub(crate) mod secrets;
pub(crate) mod vaults;
pub(crate) mod versions;
