//! The value blob: one value under one data key.
//!
//! ```text
//! off len
//!  0   4  magic "OCV1"
//!  4   1  format version 0x01
//!  5   2  suite u16be: 0x0001 = AES-256-GCM / HKDF-SHA-256 / 32-byte commitment
//!  7   1  flags: bit 0 = padded, all others 0
//!  8  32  salt, random
//! 40  12  nonce, random
//! 52  32  key commitment
//! 84   n  AES-256-GCM ciphertext ‖ 16-byte tag
//! ```

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::aead::{self, NONCE_LEN, TAG_LEN};
use crate::kdf::Prk;
use crate::{Context, CryptoError, DataKey, MAX_PLAINTEXT, Padding, SecretBytes, random, stack};

const MAGIC: [u8; 4] = *b"OCV1";
const VERSION: u8 = 0x01;
const SUITE: [u8; 2] = 0x0001u16.to_be_bytes();
const FLAG_PADDED: u8 = 0b0000_0001;
const SALT_LEN: usize = 32;
const COMMITMENT_LEN: usize = 32;
/// Everything before the commitment: bound to the ciphertext as associated data.
const HEADER_LEN: usize = 52;
const CIPHERTEXT_AT: usize = HEADER_LEN + COMMITMENT_LEN;

/// Why a value did not open. Known inside this crate only; outside it is [`CryptoError::Open`] throughout.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Not a value blob of a known version, suite and flags, or of an impossible length.
    Malformed,
    /// Made under another key, header or context.
    Commitment,
    /// The ciphertext was changed.
    Tag,
    /// The plaintext is not padded as it must be.
    Padding,
}

impl From<Refusal> for CryptoError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Malformed | Refusal::Commitment | Refusal::Tag | Refusal::Padding => Self::Open,
        }
    }
}

/// The random parts of a value blob, in the order in which they are stored.
pub(crate) struct Randoms {
    bytes: [u8; SALT_LEN + NONCE_LEN],
}

impl Randoms {
    /// Draws both in one call to the system.
    fn draw() -> Result<Self, CryptoError> {
        let mut bytes = [0; SALT_LEN + NONCE_LEN];
        random::fill(&mut bytes)?;
        Ok(Self { bytes })
    }

    /// Takes given ones, for known answers.
    #[cfg(test)]
    pub(crate) fn fixed(salt: [u8; SALT_LEN], nonce: [u8; NONCE_LEN]) -> Self {
        let mut bytes = [0; SALT_LEN + NONCE_LEN];
        bytes[..SALT_LEN].copy_from_slice(&salt);
        bytes[SALT_LEN..].copy_from_slice(&nonce);
        Self { bytes }
    }
}

/// Refuses what can't be sealed, before anything is asked of a provider.
pub(crate) fn check_len(plaintext: &[u8]) -> Result<(), CryptoError> {
    if plaintext.len() > MAX_PLAINTEXT {
        return Err(CryptoError::PlaintextTooLong { limit: MAX_PLAINTEXT });
    }
    Ok(())
}

/// Seals a value under a key that is used up by it.
pub(crate) fn seal(
    context: &Context,
    key: DataKey,
    padding: Padding,
    plaintext: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    seal_with(context, key, padding, plaintext, &Randoms::draw()?)
}

/// Seals with given random parts. They must never be used again.
pub(crate) fn seal_with(
    context: &Context,
    key: DataKey,
    padding: Padding,
    plaintext: &[u8],
    randoms: &Randoms,
) -> Result<Vec<u8>, CryptoError> {
    check_len(plaintext)?;
    let capacity = CIPHERTEXT_AT.saturating_add(padding.padded_len(plaintext.len())).saturating_add(TAG_LEN);
    // Holds the plaintext until it is encrypted where it lies, so it wipes itself if anything goes wrong
    // before that.
    let mut blob = Zeroizing::new(Vec::with_capacity(capacity));
    blob.extend_from_slice(&MAGIC);
    blob.push(VERSION);
    blob.extend_from_slice(&SUITE);
    blob.push(if padding == Padding::Bucket { FLAG_PADDED } else { 0 });
    blob.extend_from_slice(&randoms.bytes);

    let aad = context.for_value(&blob)?;
    let (salt, nonce) = randoms.bytes.split_first_chunk::<SALT_LEN>().ok_or(CryptoError::Open)?;
    let nonce = nonce.first_chunk::<NONCE_LEN>().ok_or(CryptoError::Open)?;

    stack::wiped(|| {
        let (encryption_key, commitment) = derive(&key, salt, &aad);
        blob.extend_from_slice(&commitment);
        padding.append(&mut blob, plaintext);
        let tag = match blob.get_mut(CIPHERTEXT_AT..) {
            Some(buffer) => aead::encrypt(&encryption_key, nonce, &aad, buffer),
            None => Err(aead::Refused),
        };
        blob.extend_from_slice(&tag.map_err(|aead::Refused| CryptoError::Open)?);
        Ok::<(), CryptoError>(())
    })?;
    Ok(std::mem::take(&mut *blob))
}

/// Opens a value. The commitment is compared before anything is decrypted or allocated for it.
pub(crate) fn open(context: &Context, key: &DataKey, blob: &[u8]) -> Result<SecretBytes, CryptoError> {
    let parsed = ValueBlob::parse(blob).ok_or(Refusal::Malformed)?;
    let aad = context.for_value(parsed.header)?;
    Ok(parsed.open(key, &aad)?)
}

/// A value blob taken apart, every length checked.
pub(crate) struct ValueBlob<'a> {
    header: &'a [u8; HEADER_LEN],
    padding: Padding,
    salt: &'a [u8; SALT_LEN],
    nonce: &'a [u8; NONCE_LEN],
    commitment: &'a [u8; COMMITMENT_LEN],
    ciphertext: &'a [u8],
    tag: &'a [u8; TAG_LEN],
}

impl<'a> ValueBlob<'a> {
    /// Parses strictly: an unknown version, suite or flag and an impossible length are refused. Allocates
    /// nothing.
    pub(crate) fn parse(blob: &'a [u8]) -> Option<Self> {
        let (header, rest) = blob.split_first_chunk::<HEADER_LEN>()?;
        let (commitment, rest) = rest.split_first_chunk::<COMMITMENT_LEN>()?;
        let (ciphertext, tag) = rest.split_last_chunk::<TAG_LEN>()?;

        let (magic, fields) = header.split_first_chunk::<4>()?;
        let ([version, suite_high, suite_low, flags], randoms) = fields.split_first_chunk::<4>()?;
        let (salt, nonce) = randoms.split_first_chunk::<SALT_LEN>()?;
        let nonce = nonce.first_chunk::<NONCE_LEN>()?;

        let padding = match *flags {
            FLAG_PADDED => Padding::Bucket,
            0 => Padding::None,
            _ => return None,
        };
        let known = *magic == MAGIC && *version == VERSION && [*suite_high, *suite_low] == SUITE;
        (known && padding.fits(ciphertext.len())).then_some(Self {
            header,
            padding,
            salt,
            nonce,
            commitment,
            ciphertext,
            tag,
        })
    }

    /// Checks the commitment, then the tag, then the padding.
    pub(crate) fn open(&self, key: &DataKey, aad: &[u8]) -> Result<SecretBytes, Refusal> {
        let mut plaintext = Zeroizing::new(Vec::new());
        stack::wiped(|| {
            let (encryption_key, commitment) = derive(key, self.salt, aad);
            if !bool::from(commitment.ct_eq(self.commitment)) {
                return Err(Refusal::Commitment);
            }
            plaintext.reserve_exact(self.ciphertext.len());
            plaintext.extend_from_slice(self.ciphertext);
            aead::decrypt(&encryption_key, self.nonce, aad, &mut plaintext, self.tag)
                .map_err(|aead::Refused| Refusal::Tag)
        })?;
        self.padding.strip(&mut plaintext).ok_or(Refusal::Padding)?;
        Ok(SecretBytes::from_zeroizing(plaintext))
    }
}

/// Derives the encryption key and the commitment. The commitment covers the context, and the salt through the
/// extraction.
fn derive(key: &DataKey, salt: &[u8; SALT_LEN], aad: &[u8]) -> (DataKey, [u8; COMMITMENT_LEN]) {
    let prk = Prk::extract(salt, key);
    let encryption_key = prk.key(&[b"oneclaw/v1/enc", &SUITE]);
    let commitment = prk.tag(&[b"oneclaw/v1/commit", &SUITE, &Sha256::digest(aad)]);
    (encryption_key, commitment)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod two_key_tests;
