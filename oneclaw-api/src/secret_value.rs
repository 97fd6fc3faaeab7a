use std::fmt;

use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::json_text::{self, JsonTextError};

/// The value of a secret: bytes that are wiped on drop, and that can be neither printed, cloned, compared nor encoded.
///
/// ```
/// use oneclaw_api::SecretValue;
/// let value = SecretValue::from_bytes(b"sk-example");
/// assert_eq!(format!("{value:?}"), "SecretValue(10 bytes)");
/// ```
pub struct SecretValue(Zeroizing<Vec<u8>>);

impl SecretValue {
    /// Takes over bytes that are in wiped memory already.
    #[must_use]
    pub const fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// Copies bytes; the caller wipes its own.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut copy = Zeroizing::new(Vec::with_capacity(bytes.len()));
        copy.extend_from_slice(bytes);
        Self(copy)
    }

    /// Decodes a JSON string literal, quotes included, straight into wiped memory.
    ///
    /// # Errors
    ///
    /// Fails when `literal` is not a JSON string (RFC 8259, section 7).
    pub fn from_json_literal(literal: &str) -> Result<Self, JsonTextError> {
        json_text::decode(literal).map(Self)
    }

    /// Appends the value to `out` as a JSON string literal, quotes included; `out` must have the room, see
    /// [`Self::json_len`].
    ///
    /// # Errors
    ///
    /// Fails when the value is not UTF-8: HTTP and MCP carry text.
    pub fn write_json_literal(&self, out: &mut Zeroizing<Vec<u8>>) -> Result<(), JsonTextError> {
        json_text::encode(&self.0, out)
    }

    /// Returns an upper bound of the length of the value as a JSON string literal.
    #[must_use]
    pub fn json_len(&self) -> usize {
        json_text::encoded_len(&self.0)
    }

    /// Returns the length in bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Tells whether the value has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares in constant time for equal lengths.
    #[must_use]
    pub fn ct_eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }

    /// Gives up the bytes, still in wiped memory.
    #[must_use]
    pub fn into_zeroizing(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}

impl ExposeSecret<[u8]> for SecretValue {
    fn expose_secret(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretValue({} bytes)", self.0.len())
    }
}
