//! Bytes that must not be seen.

use std::fmt;

use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Bytes that are wiped when dropped, and can be neither printed, cloned, serialised nor compared with `==`.
///
/// The bytes are reached through [`ExposeSecret`] only, so that every exposure can be found by its name.
///
/// ```
/// use oneclaw_crypto::SecretBytes;
/// use secrecy::ExposeSecret;
///
/// let secret = SecretBytes::init(4, |bytes| bytes.copy_from_slice(b"1234"));
/// assert_eq!(secret.expose_secret(), b"1234");
/// assert_eq!(format!("{secret:?}"), "SecretBytes([REDACTED])");
/// ```
pub struct SecretBytes {
    bytes: Zeroizing<Vec<u8>>,
}

impl SecretBytes {
    /// Makes a secret of `len` bytes in place: `fill` gets them zeroed and writes them where they stay.
    #[must_use]
    pub fn init(len: usize, fill: impl FnOnce(&mut [u8])) -> Self {
        let mut bytes = Zeroizing::new(vec![0; len]);
        fill(&mut bytes);
        Self { bytes }
    }

    /// Copies a slice. What it was copied from is the caller's to wipe.
    #[must_use]
    pub fn copy_from(bytes: &[u8]) -> Self {
        Self::init(bytes.len(), |own| own.copy_from_slice(bytes))
    }

    /// Takes over a buffer, without a copy.
    #[must_use]
    pub fn from_zeroizing(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self { bytes }
    }

    /// Hands the buffer over, without a copy; it still wipes itself.
    #[must_use]
    pub fn into_zeroizing(self) -> Zeroizing<Vec<u8>> {
        self.bytes
    }

    /// Returns the length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Tells whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Compares with other bytes in a time that depends on the lengths alone.
    #[must_use]
    pub fn ct_eq(&self, other: &[u8]) -> bool {
        self.bytes.as_slice().ct_eq(other).into()
    }
}

impl ExposeSecret<[u8]> for SecretBytes {
    fn expose_secret(&self) -> &[u8] {
        &self.bytes
    }
}

impl ZeroizeOnDrop for SecretBytes {}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes([REDACTED])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_its_buffer_in_and_out_without_a_copy() {
        let buffer = Zeroizing::new(b"needle".to_vec());
        let address = buffer.as_ptr();
        let secret = SecretBytes::from_zeroizing(buffer);
        assert_eq!(secret.len(), 6);
        assert_eq!(secret.into_zeroizing().as_ptr(), address);
    }

    #[test]
    fn compares_content_and_length() {
        let secret = SecretBytes::copy_from(b"abc");
        assert!(secret.ct_eq(b"abc"));
        assert!(!secret.ct_eq(b"abd"));
        assert!(!secret.ct_eq(b"ab"));
        assert!(SecretBytes::copy_from(b"").is_empty());
    }
}
