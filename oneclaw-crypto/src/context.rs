//! What a value or a key is bound to.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::CryptoError;
use crate::tlv::{self, Sink};

/// The most that a [`Context`] encodes to, in bytes.
pub const MAX_CONTEXT: usize = 64 * 1024;

/// The tag under which sealing appends the first bytes of a value blob to its context.
const HEADER_TAG: u8 = 5;

/// What a value or a key is bound to: a label and tagged fields, each with its length.
///
/// A ciphertext opens under the very same context only. Choose a label for each purpose and never use it for
/// another; give each field a tag of its own; bind what identifies the record and never changes to the value,
/// and what may change to the wrap, which can be made anew without touching the value. Tag 5 is appended when
/// a value is sealed and is best left alone.
///
/// ```
/// use oneclaw_crypto::Context;
///
/// let value = Context::new("example/value/v1").field(1, b"customer-17").field(4, &3u64.to_be_bytes());
/// # let _ = value;
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Context {
    label: &'static str,
    encoded: Vec<u8>,
    too_long: bool,
}

impl Context {
    /// Starts a context with the label of its purpose, at most 255 bytes.
    #[must_use]
    pub fn new(label: &'static str) -> Self {
        let mut encoded = Vec::with_capacity(192);
        let too_long = label.len() > usize::from(u8::MAX);
        if !too_long {
            tlv::label(&mut encoded, label);
        }
        Self { label, encoded, too_long }
    }

    /// Adds a field. The order of fields matters.
    ///
    /// A context that grows past [`MAX_CONTEXT`] is refused where it is used, with
    /// [`CryptoError::ContextTooLong`].
    #[must_use]
    pub fn field(mut self, tag: u8, bytes: &[u8]) -> Self {
        if self.encoded.len().saturating_add(bytes.len()) > MAX_CONTEXT {
            self.too_long = true;
        } else {
            tlv::field(&mut self.encoded, tag, bytes);
        }
        self
    }

    /// Returns what a wrapped key is bound to: the label and the SHA-256 of the whole encoding.
    ///
    /// It is short enough for the limits of hardware modules and tells a cloud provider's log nothing.
    ///
    /// # Errors
    ///
    /// [`CryptoError::ContextTooLong`].
    pub fn for_wrap(&self) -> Result<WrapContext, CryptoError> {
        let mut bytes = Vec::with_capacity(self.label.len().saturating_add(32));
        bytes.put(self.label.as_bytes());
        bytes.put(&Sha256::digest(self.encoded()?));
        Ok(WrapContext { bytes })
    }

    /// Returns the associated data of a value whose blob begins with `header`.
    pub(crate) fn for_value(&self, header: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let encoded = self.encoded()?;
        let mut aad = Vec::with_capacity(encoded.len().saturating_add(header.len()).saturating_add(5));
        aad.put(encoded);
        tlv::field(&mut aad, HEADER_TAG, header);
        Ok(aad)
    }

    /// Returns the plain encoding.
    pub(crate) fn encoded(&self) -> Result<&[u8], CryptoError> {
        if self.too_long {
            Err(CryptoError::ContextTooLong { limit: MAX_CONTEXT })
        } else {
            Ok(&self.encoded)
        }
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("label", &self.label).field("len", &self.encoded.len()).finish()
    }
}

/// What a wrapped key is bound to; a [`KeyProvider`](crate::KeyProvider) passes it on as associated data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrapContext {
    bytes: Vec<u8>,
}

impl WrapContext {
    /// Returns the bytes: the label, then 32 bytes of hash; at most 287.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overlong_context_is_refused_where_it_is_used() {
        let at_limit = Context::new("l").field(1, &vec![0; MAX_CONTEXT - 2]);
        assert!(at_limit.encoded().is_ok());
        let over = Context::new("l").field(1, &vec![0; MAX_CONTEXT - 1]);
        assert!(matches!(over.for_wrap(), Err(CryptoError::ContextTooLong { .. })));
        assert!(matches!(over.field(2, b"").for_value(&[]), Err(CryptoError::ContextTooLong { .. })));

        let label: &'static str = Box::leak("l".repeat(256).into_boxed_str());
        assert!(matches!(Context::new(label).encoded(), Err(CryptoError::ContextTooLong { .. })));
    }

    #[test]
    fn fields_cannot_be_moved_across_their_borders() {
        let contexts = [
            Context::new("l"),
            Context::new("l").field(1, b""),
            Context::new("l").field(1, b"ab"),
            Context::new("l").field(2, b"ab"),
            Context::new("l").field(1, b"a").field(1, b"b"),
            Context::new("l").field(1, b"b").field(1, b"a"),
            Context::new("l\x01"),
        ];
        for (i, a) in contexts.iter().enumerate() {
            for (j, b) in contexts.iter().enumerate() {
                assert_eq!(i == j, a.encoded().unwrap() == b.encoded().unwrap(), "{i} {j}");
            }
        }
    }
}
