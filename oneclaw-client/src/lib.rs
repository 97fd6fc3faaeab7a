#![doc = include_str!("../README.md")]

mod base_url;
mod builder;
mod client;
mod error;
mod request;
mod transport;
mod vault_api;

// The client; everything it does is `oneclaw_api::VaultApi`.
pub use builder::ClientBuilder;
pub use client::Client;

// Where the vault is, and why a client can't be built.
pub use base_url::BaseUrl;
pub use error::{BaseUrlError, ClientError};
