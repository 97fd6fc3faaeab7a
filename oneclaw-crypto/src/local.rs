//! A key-encryption key in this process, from a file that only its owner can read.
//!
//! Good against stolen disks and backups without the file, and against other users. Not against a process of
//! the same user, or the administrator: both can read the file.

mod kek_file;

use std::fmt;

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::aead::{self, TAG_LEN, ZERO_NONCE};
use crate::data_key::KEY_LEN;
use crate::kdf::Prk;
use crate::{
    CryptoError, DataKey, KekId, KeyDescription, KeyProvider, KeyProviderError, Protection, ProviderKind,
    SecretBytes, WrapContext, WrappedKey, random, stack,
};

pub use kek_file::KekFile;

const SALT_LEN: usize = 24;
const WRAPPED_LEN: usize = SALT_LEN + KEY_LEN + TAG_LEN;

/// Wraps under a key-encryption key that is in memory.
///
/// ```text
/// kw      = HKDF(KEK, salt24, "oneclaw/v1/localwrap")
/// wrapped = salt24 ‖ AES-256-GCM(kw, nonce 0, data key, wrap context)
/// kek_id  = "local:" ‖ 16 hex digits of SHA-256("oneclaw/kek-id/v1" ‖ KEK)
/// ```
///
/// Each wrap has a key of its own, so the number of wraps is not limited by random nonces (SP 800-38D, 8.3).
pub struct LocalProvider {
    kek: DataKey,
    description: KeyDescription,
}

impl LocalProvider {
    /// Takes a key that the program got from elsewhere.
    ///
    /// # Errors
    ///
    /// [`CryptoError::KeyLength`] and [`CryptoError::KeyAllZero`].
    pub fn from_key(key: SecretBytes) -> Result<Self, CryptoError> {
        Self::new(DataKey::try_from(key)?, Protection::Memory)
    }

    fn new(kek: DataKey, protection: Protection) -> Result<Self, CryptoError> {
        if bool::from(kek.expose_secret().ct_eq(&[0; KEY_LEN])) {
            return Err(CryptoError::KeyAllZero);
        }
        let description = KeyDescription { kind: ProviderKind::Local, kek_id: kek_id(&kek)?, protection };
        Ok(Self { kek, description })
    }

    fn wrap_with_salt(
        &self,
        key: &DataKey,
        context: &WrapContext,
        salt: &[u8; SALT_LEN],
    ) -> Result<WrappedKey, KeyProviderError> {
        // Holds the data key until it is encrypted where it lies.
        let mut wrapped = Zeroizing::new(Vec::with_capacity(WRAPPED_LEN));
        wrapped.extend_from_slice(salt);
        wrapped.extend_from_slice(key.expose_secret());
        let tag = stack::wiped(|| {
            let buffer = wrapped.get_mut(SALT_LEN..).unwrap_or_default();
            aead::encrypt(&self.wrapping_key(salt), &ZERO_NONCE, context.as_bytes(), buffer)
        })
        .map_err(|aead::Refused| KeyProviderError::Refused)?;
        wrapped.extend_from_slice(&tag);
        let ciphertext = std::mem::take(&mut *wrapped);
        WrappedKey::new(ProviderKind::Local, self.description.kek_id.clone(), ciphertext)
            .map_err(|error| KeyProviderError::Unavailable(Box::new(error)))
    }

    fn wrapping_key(&self, salt: &[u8; SALT_LEN]) -> DataKey {
        Prk::extract(salt, &self.kek).key(&[b"oneclaw/v1/localwrap"])
    }
}

#[async_trait]
impl KeyProvider for LocalProvider {
    fn describe(&self) -> &KeyDescription {
        &self.description
    }

    async fn wrap(&self, key: &DataKey, context: &WrapContext) -> Result<WrappedKey, KeyProviderError> {
        let mut salt = [0; SALT_LEN];
        random::fill(&mut salt).map_err(|error| KeyProviderError::Unavailable(Box::new(error)))?;
        self.wrap_with_salt(key, context, &salt)
    }

    async fn unwrap(&self, wrapped: &WrappedKey, context: &WrapContext) -> Result<DataKey, KeyProviderError> {
        let wrapped: &[u8; WRAPPED_LEN] =
            wrapped.ciphertext().try_into().map_err(|_| KeyProviderError::Refused)?;
        let (salt, sealed) = wrapped.split_first_chunk::<SALT_LEN>().ok_or(KeyProviderError::Refused)?;
        let (ciphertext, tag) = sealed.split_last_chunk::<TAG_LEN>().ok_or(KeyProviderError::Refused)?;
        stack::wiped(|| {
            let wrapping_key = self.wrapping_key(salt);
            DataKey::try_init(|bytes| {
                bytes.copy_from_slice(ciphertext);
                aead::decrypt(&wrapping_key, &ZERO_NONCE, context.as_bytes(), bytes, tag)
            })
        })
        .map_err(|aead::Refused| KeyProviderError::Refused)
    }

    async fn health(&self) -> Result<(), KeyProviderError> {
        Ok(())
    }
}

impl fmt::Debug for LocalProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kek: _, description } = self;
        f.debug_struct("LocalProvider").field("description", description).finish_non_exhaustive()
    }
}

/// Names a key by a hash of it, which tells nothing else about it.
fn kek_id(kek: &DataKey) -> Result<KekId, CryptoError> {
    stack::wiped(|| {
        let hash =
            Sha256::new().chain_update(b"oneclaw/kek-id/v1").chain_update(kek.expose_secret()).finalize();
        let mut name = String::from("local:");
        HEXLOWER.encode_append(hash.first_chunk::<8>().unwrap_or(&[0; 8]), &mut name);
        KekId::new(name)
    })
}

#[cfg(test)]
mod tests;
