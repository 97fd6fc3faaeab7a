#![doc = include_str!("../README.md")]

mod aead;
mod context;
mod data_key;
mod error;
mod kdf;
mod keyring;
pub mod local;
mod padding;
mod provider;
pub mod random;
mod root;
mod secret;
mod stack;
mod tlv;
mod value;
#[cfg(test)]
mod vectors;
mod wrap;

// What a value is bound to.
pub use context::{Context, MAX_CONTEXT, WrapContext};
// Keys and values that wipe themselves.
pub use data_key::DataKey;
pub use secret::SecretBytes;
// Sealing and opening.
pub use keyring::{Envelope, Keyring};
pub use padding::{MAX_PLAINTEXT, Padding};
// The one joint: where key-encryption keys live.
pub use provider::{KekId, KeyDescription, KeyProvider, Protection, ProviderKind};
pub use wrap::WrappedKey;
// What hangs from the root key.
pub use root::{ApiKeyMacKey, ChainKey, Column, GENESIS, RootKey, RowMacKey, SealKey};
// What can go wrong.
pub use error::{CryptoError, KekFileError, KeyProviderError};
