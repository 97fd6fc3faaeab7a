//! The private seam to AES-256-GCM (NIST SP 800-38D): detached, in place, 96-bit nonces, 128-bit tags.
//!
//! Callers run it inside [`wiped`](crate::stack::wiped), since the key schedule passes over the stack.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use secrecy::ExposeSecret;

use crate::DataKey;

/// The length of a nonce, in bytes.
pub(crate) const NONCE_LEN: usize = 12;
/// The length of a tag, in bytes.
pub(crate) const TAG_LEN: usize = 16;
/// For keys that encrypt one message only.
pub(crate) const ZERO_NONCE: [u8; NONCE_LEN] = [0; NONCE_LEN];

/// The tag does not fit, or the input is longer than GCM takes. Says nothing more.
#[derive(Debug)]
pub(crate) struct Refused;

/// Encrypts `buffer` in place and returns the tag.
pub(crate) fn encrypt(
    key: &DataKey,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    buffer: &mut [u8],
) -> Result<[u8; TAG_LEN], Refused> {
    let cipher = Aes256Gcm::new(key.expose_secret().into());
    let tag = cipher.encrypt_inout_detached(nonce.into(), aad, buffer.into()).map_err(|_| Refused)?;
    Ok(tag.into())
}

/// Checks the tag, then decrypts `buffer` in place; leaves it as it was when refused.
pub(crate) fn decrypt(
    key: &DataKey,
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    buffer: &mut [u8],
    tag: &[u8; TAG_LEN],
) -> Result<(), Refused> {
    let cipher = Aes256Gcm::new(key.expose_secret().into());
    cipher.decrypt_inout_detached(nonce.into(), aad, buffer.into(), tag.into()).map_err(|_| Refused)
}
