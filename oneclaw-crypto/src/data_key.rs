//! 32 bytes that encrypt.

use std::fmt;

use secrecy::{ExposeSecret, ExposeSecretMut, SecretBox};
use zeroize::ZeroizeOnDrop;

use crate::{CryptoError, SecretBytes, random};

/// The length of every symmetric key here, in bytes.
pub(crate) const KEY_LEN: usize = 32;

/// A data-encryption key (DEK): fresh for each value, used once, wiped when dropped.
///
/// It lives on the heap from its first byte and never moves. Only [`KeyProvider`](crate::KeyProvider)s need
/// to look inside.
pub struct DataKey {
    bytes: SecretBox<[u8; KEY_LEN]>,
}

impl DataKey {
    /// Draws a new key from the operating system's generator.
    ///
    /// # Errors
    ///
    /// [`CryptoError::Random`].
    pub fn generate() -> Result<Self, CryptoError> {
        Self::try_init(|bytes| random::fill(bytes))
    }

    /// Makes a key in place: `fill` gets 32 zero bytes and writes the key where it stays.
    ///
    /// For providers, which receive a key from elsewhere.
    ///
    /// # Errors
    ///
    /// What `fill` returns.
    pub fn try_init<E>(fill: impl FnOnce(&mut [u8; KEY_LEN]) -> Result<(), E>) -> Result<Self, E> {
        let mut bytes = SecretBox::<[u8; KEY_LEN]>::default();
        fill(bytes.expose_secret_mut())?;
        Ok(Self { bytes })
    }
}

impl TryFrom<SecretBytes> for DataKey {
    type Error = CryptoError;

    /// # Errors
    ///
    /// [`CryptoError::KeyLength`] unless there are exactly 32 bytes.
    fn try_from(secret: SecretBytes) -> Result<Self, CryptoError> {
        let source: &[u8; KEY_LEN] = secret.expose_secret().try_into().map_err(|_| CryptoError::KeyLength)?;
        Self::try_init(|bytes| {
            bytes.copy_from_slice(source);
            Ok(())
        })
    }
}

impl ExposeSecret<[u8; KEY_LEN]> for DataKey {
    fn expose_secret(&self) -> &[u8; KEY_LEN] {
        self.bytes.expose_secret()
    }
}

impl ZeroizeOnDrop for DataKey {}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey([REDACTED])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_exactly_32_bytes() {
        for len in [0, 31, 33] {
            assert!(matches!(DataKey::try_from(SecretBytes::init(len, |_| ())), Err(CryptoError::KeyLength)));
        }
        let key = DataKey::try_from(SecretBytes::init(32, |bytes| bytes.fill(9))).unwrap();
        assert_eq!(key.expose_secret(), &[9; 32]);
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", DataKey::generate().unwrap()), "DataKey([REDACTED])");
    }
}
