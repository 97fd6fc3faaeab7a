#![doc = include_str!("../README.md")]

mod agents;
mod api_keys;
mod audit;
mod authenticate;
mod authorize;
mod bindings;
mod config;
mod database;
mod envelope;
mod error;
mod events;
#[cfg(feature = "broker")]
mod execute;
mod generate;
mod home;
mod policies;
mod private_file;
mod rows;
mod secrets;
mod session;
mod store;
mod token;
mod vault;
mod vaults;
#[cfg(not(feature = "broker"))]
mod without_broker;

// Where a vault lives, and how it is opened.
pub use error::VaultError;
pub use home::Home;
pub use vault::{Options, Vault};

// The vault as one caller sees it: implements `VaultApi`.
pub use authenticate::TokenGrant;
pub use session::Session;
pub use token::VerifyingKey;
