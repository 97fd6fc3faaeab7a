//! The root key of a home and the keys that hang from it.
//!
//! ```text
//! root     32 random bytes, stored as a wrap blob
//! sub-key  HKDF-Expand(HKDF-Extract(32 zero bytes, root), "oneclaw/v1/" ‖ purpose, 32)
//! ```

mod api_key;
mod audit_chain;
mod mac;
mod row_mac;
mod sealed;

use std::fmt;

use crate::kdf::Prk;
use crate::{Context, CryptoError, DataKey, Keyring, stack};

pub use api_key::ApiKeyMacKey;
pub use audit_chain::{ChainKey, GENESIS};
pub use row_mac::{Column, RowMacKey};
pub use sealed::SealKey;

/// The root key: 32 random bytes, wrapped under a key-encryption key like any data key, unwrapped once at
/// start.
///
/// It encrypts nothing itself. Each purpose has a key of its own, derived from it.
pub struct RootKey {
    key: DataKey,
}

impl RootKey {
    /// Makes a root key and returns it with its wrap blob.
    ///
    /// # Errors
    ///
    /// [`CryptoError::Random`], [`CryptoError::ProviderUnavailable`], [`CryptoError::ContextTooLong`].
    pub async fn create(keyring: &Keyring, wrap: &Context) -> Result<(Self, Vec<u8>), CryptoError> {
        let key = DataKey::generate()?;
        let blob = keyring.wrap_key(&key, &wrap.for_wrap()?).await?;
        Ok((Self { key }, blob))
    }

    /// Unwraps a root key.
    ///
    /// # Errors
    ///
    /// [`CryptoError::Open`], [`CryptoError::UnknownKek`], [`CryptoError::ProviderUnavailable`],
    /// [`CryptoError::ContextTooLong`].
    pub async fn open(keyring: &Keyring, wrap: &Context, blob: &[u8]) -> Result<Self, CryptoError> {
        Ok(Self { key: keyring.unwrap_key(blob, &wrap.for_wrap()?).await? })
    }

    /// Wraps the same root key under the active key-encryption key and a new context.
    ///
    /// # Errors
    ///
    /// [`CryptoError::ProviderUnavailable`], [`CryptoError::ContextTooLong`].
    pub async fn rewrap(&self, keyring: &Keyring, new_wrap: &Context) -> Result<Vec<u8>, CryptoError> {
        keyring.wrap_key(&self.key, &new_wrap.for_wrap()?).await
    }

    /// Returns the key that authenticates rows.
    #[must_use]
    pub fn row_mac(&self) -> RowMacKey {
        RowMacKey::new(&self.sub_key(b"row-mac"))
    }

    /// Returns the key that links audit events.
    #[must_use]
    pub fn audit_mac(&self) -> ChainKey {
        ChainKey::new(&self.sub_key(b"audit-mac"))
    }

    /// Returns the key under which API keys are looked up.
    #[must_use]
    pub fn api_key(&self) -> ApiKeyMacKey {
        ApiKeyMacKey::new(&self.sub_key(b"api-key"))
    }

    /// Returns the key that seals small secrets of the home itself.
    #[must_use]
    pub fn seal(&self) -> SealKey {
        SealKey::new(self.sub_key(b"seal"))
    }

    fn sub_key(&self, purpose: &[u8]) -> DataKey {
        stack::wiped(|| Prk::extract(&[0; 32], &self.key).key(&[b"oneclaw/v1/", purpose]))
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey([REDACTED])")
    }
}

#[cfg(test)]
mod tests;
