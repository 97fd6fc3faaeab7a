//! The one joint of this crate: who holds the key-encryption key.

use std::fmt;

use async_trait::async_trait;

use crate::{CryptoError, DataKey, KeyProviderError, WrapContext, WrappedKey};

/// The longest name of a key-encryption key, in bytes.
const MAX_KEK_ID: usize = 512;

/// Holds a key-encryption key (KEK) and wraps data keys under it; the KEK's own bytes never leave it.
///
/// # Security contract
///
/// An implementor promises, and the rest of this crate relies on it, that
///
/// - `wrap` is authenticated encryption, and binds the *whole* [`WrapContext`]: `unwrap` under any other
///   context is [`KeyProviderError::Refused`], and so is any change to the wrapped bytes. One opaque refusal:
///   it doesn't tell a wrong context from a wrong key or a damaged ciphertext.
/// - the KEK that is used comes from the provider's configuration. A [`WrappedKey`] names a KEK so that it
///   can be *compared*; it never chooses a key, an address or an account.
/// - a data key is returned only if every check on the answer passed: checksums, name of the key, length,
///   protection level. Anything else is [`KeyProviderError::BadReply`], without a fallback.
/// - keys are written where they stay ([`DataKey::try_init`]), no copy outlives the call, and neither `Debug`
///   nor an error nor a log line shows a byte of one.
/// - calls may run at the same time, may be dropped at any await point, and do no blocking work on the
///   caller's thread.
///
/// A provider retries by its own rules, inside its own time limit; callers don't.
#[async_trait]
pub trait KeyProvider: Send + Sync + fmt::Debug {
    /// Says which KEK new wraps are made under and how it is protected. Does no I/O.
    fn describe(&self) -> &KeyDescription;

    /// Tells whether this provider, as configured, may unwrap what names `kek_id`. Does no I/O.
    ///
    /// A provider whose keys have versions accepts every version of its configured key.
    fn may_unwrap(&self, kek_id: &KekId) -> bool {
        self.describe().kek_id == *kek_id
    }

    /// Encrypts a data key under the KEK, bound to `context`.
    ///
    /// # Errors
    ///
    /// [`KeyProviderError::Unavailable`] and [`KeyProviderError::BadReply`].
    async fn wrap(&self, key: &DataKey, context: &WrapContext) -> Result<WrappedKey, KeyProviderError>;

    /// Decrypts a data key. Called only with a `wrapped` of this provider's kind that
    /// [`may_unwrap`](Self::may_unwrap) accepted.
    ///
    /// # Errors
    ///
    /// Any [`KeyProviderError`].
    async fn unwrap(&self, wrapped: &WrappedKey, context: &WrapContext) -> Result<DataKey, KeyProviderError>;

    /// Asks whether the KEK could be used now.
    ///
    /// # Errors
    ///
    /// [`KeyProviderError::Unavailable`] and [`KeyProviderError::BadReply`].
    async fn health(&self) -> Result<(), KeyProviderError>;
}

/// Which key-encryption key, and how well it is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyDescription {
    /// The kind of provider, as wrap blobs record it.
    pub kind: ProviderKind,
    /// The KEK that new wraps are made under.
    pub kek_id: KekId,
    /// How the KEK is kept.
    pub protection: Protection,
}

/// The kind of a key provider, one byte in a wrap blob.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ProviderKind {
    /// The KEK is in the memory of this process.
    Local,
    /// Google Cloud KMS.
    GcpKms,
    /// A PKCS #11 token.
    Pkcs11,
    /// AWS KMS.
    AwsKms,
}

impl ProviderKind {
    /// Returns the byte that stands for it.
    pub(crate) fn to_byte(self) -> u8 {
        match self {
            Self::Local => 1,
            Self::GcpKms => 2,
            Self::Pkcs11 => 3,
            Self::AwsKms => 4,
        }
    }

    /// Returns what a byte stands for.
    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Local),
            2 => Some(Self::GcpKms),
            3 => Some(Self::Pkcs11),
            4 => Some(Self::AwsKms),
            _ => None,
        }
    }
}

/// How a key-encryption key is kept, weakest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Protection {
    /// In memory only, handed in by the program.
    Memory,
    /// A file that its owner can read.
    File,
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Memory => "memory",
            Self::File => "file",
        })
    }
}

/// The public name of a key-encryption key, such as `local:0e5806e2d9094b6d`: 1 to 512 bytes without control
/// characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KekId {
    name: String,
}

impl KekId {
    /// Checks and takes a name.
    ///
    /// # Errors
    ///
    /// [`CryptoError::KekId`].
    pub fn new(name: impl Into<String>) -> Result<Self, CryptoError> {
        let name = name.into();
        if Self::is_valid(&name) { Ok(Self { name }) } else { Err(CryptoError::KekId) }
    }

    /// Parses a name as a wrap blob holds it; checks before it allocates.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let name = std::str::from_utf8(bytes).ok().filter(|name| Self::is_valid(name))?;
        Some(Self { name: name.to_owned() })
    }

    /// Returns the name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    fn is_valid(name: &str) -> bool {
        (1..=MAX_KEK_ID).contains(&name.len()) && !name.chars().any(char::is_control)
    }
}

impl fmt::Display for KekId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_bytes_are_one_to_one() {
        for byte in 0..=u8::MAX {
            if let Some(kind) = ProviderKind::from_byte(byte) {
                assert_eq!(kind.to_byte(), byte);
            }
        }
        assert_eq!((0..=u8::MAX).filter_map(ProviderKind::from_byte).count(), 4);
    }

    #[test]
    fn kek_ids_are_bounded_printable_text() {
        for name in ["local:0e5806e2d9094b6d", "ключ", &"k".repeat(512)] {
            assert_eq!(KekId::new(name).unwrap().as_str(), name);
        }
        for name in ["", "a\nb", "a\0", "\u{9b}", &"k".repeat(513)] {
            assert!(matches!(KekId::new(name), Err(CryptoError::KekId)));
            assert_eq!(KekId::from_bytes(name.as_bytes()), None);
        }
        assert_eq!(KekId::from_bytes(b"\xff"), None);
    }
}
