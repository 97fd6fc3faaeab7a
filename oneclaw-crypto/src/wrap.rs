//! The wrap blob: one data key under a key-encryption key.
//!
//! ```text
//!  0   4  magic "OCW1"
//!  4   1  version 0x01
//!  5   1  provider: 1 local, 2 gcp-kms, 3 pkcs11, 4 aws-kms
//!  6   2  flags = 0
//!  8   2  kek_id length u16be, then kek_id (UTF-8, at most 512)
//!  …   4  length u32be, then the wrapped key (at most 16 KiB)
//! ```

use std::fmt;

use crate::{CryptoError, KekId, ProviderKind};

const MAGIC: [u8; 4] = *b"OCW1";
const VERSION: u8 = 0x01;
const FLAGS: [u8; 2] = [0, 0];
/// The longest wrapped key, in bytes.
const MAX_WRAPPED: usize = 16 * 1024;

/// A data key wrapped under a key-encryption key, with the name of that key. Not secret.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey {
    kind: ProviderKind,
    kek_id: KekId,
    ciphertext: Vec<u8>,
}

impl WrappedKey {
    /// Puts together what a provider made.
    ///
    /// # Errors
    ///
    /// [`CryptoError::WrappedKeyLength`] unless `ciphertext` is 1 to 16384 bytes.
    pub fn new(kind: ProviderKind, kek_id: KekId, ciphertext: Vec<u8>) -> Result<Self, CryptoError> {
        if !(1..=MAX_WRAPPED).contains(&ciphertext.len()) {
            return Err(CryptoError::WrappedKeyLength);
        }
        Ok(Self { kind, kek_id, ciphertext })
    }

    /// Parses a wrap blob strictly: an unknown version, provider or flag, a wrong length and a trailing byte
    /// are refused.
    ///
    /// # Errors
    ///
    /// [`CryptoError::Open`].
    pub fn decode(blob: &[u8]) -> Result<Self, CryptoError> {
        Self::parse(blob).ok_or(CryptoError::Open)
    }

    /// Returns the wrap blob.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let Self { kind, kek_id, ciphertext } = self;
        let kek_id = kek_id.as_str().as_bytes();
        // Neither length can be cut short: both were checked when this value was made.
        let kek_id_len = u16::try_from(kek_id.len()).unwrap_or(u16::MAX);
        let ciphertext_len = u32::try_from(ciphertext.len()).unwrap_or(u32::MAX);

        let mut blob = Vec::with_capacity(kek_id.len().saturating_add(ciphertext.len()).saturating_add(14));
        blob.extend_from_slice(&MAGIC);
        blob.extend_from_slice(&[VERSION, kind.to_byte()]);
        blob.extend_from_slice(&FLAGS);
        blob.extend_from_slice(&kek_id_len.to_be_bytes());
        blob.extend_from_slice(kek_id);
        blob.extend_from_slice(&ciphertext_len.to_be_bytes());
        blob.extend_from_slice(ciphertext);
        blob
    }

    /// Returns the kind of provider that made it.
    #[must_use]
    pub fn kind(&self) -> ProviderKind {
        self.kind
    }

    /// Returns the name of the key-encryption key that it says it was made under.
    #[must_use]
    pub fn kek_id(&self) -> &KekId {
        &self.kek_id
    }

    /// Returns what the provider made, in the provider's own format.
    #[must_use]
    pub fn ciphertext(&self) -> &[u8] {
        &self.ciphertext
    }

    fn parse(blob: &[u8]) -> Option<Self> {
        let (magic, rest) = blob.split_first_chunk::<4>()?;
        let ([version, kind, flags @ ..], rest) = rest.split_first_chunk::<4>()?;
        if *magic != MAGIC || *version != VERSION || *flags != FLAGS {
            return None;
        }
        let kind = ProviderKind::from_byte(*kind)?;
        let (kek_id_len, rest) = rest.split_first_chunk::<2>()?;
        let (kek_id, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*kek_id_len)))?;
        let (ciphertext_len, ciphertext) = rest.split_first_chunk::<4>()?;
        let ciphertext_len = usize::try_from(u32::from_be_bytes(*ciphertext_len)).ok()?;
        if ciphertext.len() != ciphertext_len || !(1..=MAX_WRAPPED).contains(&ciphertext_len) {
            return None;
        }
        Some(Self { kind, kek_id: KekId::from_bytes(kek_id)?, ciphertext: ciphertext.to_vec() })
    }
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, kek_id, ciphertext } = self;
        f.debug_struct("WrappedKey")
            .field("kind", kind)
            .field("kek_id", kek_id)
            .field("len", &ciphertext.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> WrappedKey {
        let kek_id = KekId::new("local:0123456789abcdef").unwrap();
        WrappedKey::new(ProviderKind::Local, kek_id, vec![7; 72]).unwrap()
    }

    #[test]
    fn every_truncation_and_extension_is_refused() {
        let blob = sample().encode();
        assert_eq!(WrappedKey::decode(&blob).unwrap(), sample());
        for end in 0..blob.len() {
            assert!(matches!(WrappedKey::decode(&blob[..end]), Err(CryptoError::Open)), "{end}");
        }
        for extra in [&[0u8][..], &[0xff; 16]] {
            assert!(matches!(WrappedKey::decode(&[&blob, extra].concat()), Err(CryptoError::Open)));
        }
    }

    #[test]
    fn lengths_are_bounded_on_both_sides() {
        let kek_id = || KekId::new("k").unwrap();
        for (len, fits) in [(0, false), (1, true), (MAX_WRAPPED, true), (MAX_WRAPPED + 1, false)] {
            assert_eq!(WrappedKey::new(ProviderKind::GcpKms, kek_id(), vec![0; len]).is_ok(), fits, "{len}");
            let mut blob = b"OCW1\x01\x02\0\0\0\x01k".to_vec();
            blob.extend_from_slice(&u32::try_from(len).unwrap().to_be_bytes());
            blob.resize(blob.len() + len, 0);
            assert_eq!(WrappedKey::decode(&blob).is_ok(), fits, "{len}");
        }
    }

    #[test]
    fn unknown_versions_providers_and_flags_are_refused() {
        let blob = sample().encode();
        for (at, known) in [(0, &b"O"[..]), (3, b"1"), (4, &[1]), (5, &[1, 2, 3, 4]), (6, &[0]), (7, &[0])] {
            for byte in 0..=u8::MAX {
                let mut changed = blob.clone();
                changed[at] = byte;
                assert_eq!(WrappedKey::decode(&changed).is_ok(), known.contains(&byte), "{at} {byte}");
            }
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_parse_to_one_form_or_none(tail in proptest::collection::vec(any::<u8>(), 0..200), real_start: bool) {
            let start: &[u8] = if real_start { b"OCW1\x01\x01\0\0\0\x02" } else { b"" };
            let blob = [start, &tail].concat();
            if let Ok(wrapped) = WrappedKey::decode(&blob) {
                prop_assert_eq!(wrapped.encode(), blob);
            }
        }
    }
}
