//! Small secrets of the home itself, sealed without a call to a key provider.
//!
//! ```text
//! off len
//!  0   4  magic "OCS1"
//!  4   1  version 0x01
//!  5  24  salt, random
//! 29   n  AES-256-GCM ciphertext ‖ 16-byte tag
//!
//! key = HKDF(seal sub-key, salt, "oneclaw/v1/sealed"), nonce 0, AAD = TLV of the context
//! ```

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::aead::{self, TAG_LEN, ZERO_NONCE};
use crate::kdf::Prk;
use crate::{Context, CryptoError, DataKey, MAX_PLAINTEXT, SecretBytes, random, stack};

const MAGIC: [u8; 4] = *b"OCS1";
const VERSION: u8 = 0x01;
const SALT_LEN: usize = 24;
const CIPHERTEXT_AT: usize = 5 + SALT_LEN;

/// Seals small secrets such as signing keys. Lengths are not hidden. Clones share the key.
#[derive(Clone)]
pub struct SealKey {
    key: Arc<DataKey>,
}

impl SealKey {
    pub(super) fn new(key: DataKey) -> Self {
        Self { key: Arc::new(key) }
    }

    /// Seals a secret, bound to `context`.
    ///
    /// # Errors
    ///
    /// [`CryptoError::Random`], [`CryptoError::PlaintextTooLong`], [`CryptoError::ContextTooLong`].
    pub fn seal(&self, context: &Context, plaintext: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let mut salt = [0; SALT_LEN];
        random::fill(&mut salt)?;
        self.seal_with(context, plaintext, &salt)
    }

    /// Opens what was sealed under the same context.
    ///
    /// # Errors
    ///
    /// [`CryptoError::Open`], [`CryptoError::ContextTooLong`].
    pub fn open(&self, context: &Context, sealed: &[u8]) -> Result<SecretBytes, CryptoError> {
        let aad = context.encoded()?;
        let (salt, ciphertext, tag) = parse(sealed).ok_or(CryptoError::Open)?;
        let mut plaintext = Zeroizing::new(ciphertext.to_vec());
        stack::wiped(|| aead::decrypt(&self.key_for(salt), &ZERO_NONCE, aad, &mut plaintext, tag))
            .map_err(|aead::Refused| CryptoError::Open)?;
        Ok(SecretBytes::from_zeroizing(plaintext))
    }

    pub(super) fn seal_with(
        &self,
        context: &Context,
        plaintext: &[u8],
        salt: &[u8; SALT_LEN],
    ) -> Result<Vec<u8>, CryptoError> {
        let aad = context.encoded()?;
        if plaintext.len() > MAX_PLAINTEXT {
            return Err(CryptoError::PlaintextTooLong { limit: MAX_PLAINTEXT });
        }
        let capacity = CIPHERTEXT_AT.saturating_add(plaintext.len()).saturating_add(TAG_LEN);
        let mut sealed = Zeroizing::new(Vec::with_capacity(capacity));
        sealed.extend_from_slice(&MAGIC);
        sealed.push(VERSION);
        sealed.extend_from_slice(salt);
        sealed.extend_from_slice(plaintext);
        let tag = stack::wiped(|| {
            let buffer = sealed.get_mut(CIPHERTEXT_AT..).unwrap_or_default();
            aead::encrypt(&self.key_for(salt), &ZERO_NONCE, aad, buffer)
        })
        .map_err(|aead::Refused| CryptoError::Open)?;
        sealed.extend_from_slice(&tag);
        Ok(std::mem::take(&mut *sealed))
    }

    /// Derives the key of one message.
    fn key_for(&self, salt: &[u8; SALT_LEN]) -> DataKey {
        Prk::extract(salt, &self.key).key(&[b"oneclaw/v1/sealed"])
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey([REDACTED])")
    }
}

/// Splits a sealed secret into salt, ciphertext and tag.
fn parse(sealed: &[u8]) -> Option<(&[u8; SALT_LEN], &[u8], &[u8; TAG_LEN])> {
    let (magic, rest) = sealed.split_first_chunk::<4>()?;
    let (version, rest) = rest.split_first()?;
    let (salt, rest) = rest.split_first_chunk::<SALT_LEN>()?;
    let (ciphertext, tag) = rest.split_last_chunk::<TAG_LEN>()?;
    let known = *magic == MAGIC && *version == VERSION && ciphertext.len() <= MAX_PLAINTEXT;
    known.then_some((salt, ciphertext, tag))
}
