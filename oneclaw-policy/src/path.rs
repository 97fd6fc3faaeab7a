//! The name of one secret.

use crate::error::PathError;
use crate::grammar::{MAX_BYTES, check_segments, text_newtype};

/// The path of one secret: `^[A-Za-z0-9]([A-Za-z0-9_/-]*[A-Za-z0-9])?$`, no `//`, at most 512 bytes.
///
/// One text is one path: anything outside the grammar is refused, nothing is decoded, trimmed, folded or
/// resolved, and printing a path gives back the text it was parsed from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SecretPath(String);

impl SecretPath {
    /// The longest path, in bytes.
    pub const MAX_BYTES: usize = MAX_BYTES;

    /// Parses a path, the only way to make one.
    ///
    /// # Errors
    ///
    /// Names what stands outside the grammar and the byte where it stands, never the text itself.
    pub fn parse(text: impl Into<String>) -> Result<Self, PathError> {
        let text = text.into();
        check_segments(&text, false)?;
        let outer = [(0, text.bytes().next()), (text.len() - 1, text.bytes().next_back())];
        for (at, byte) in outer {
            if !byte.is_some_and(|byte| byte.is_ascii_alphanumeric()) {
                return Err(PathError::Edge { at });
            }
        }
        Ok(Self(text))
    }

    /// The segments between the slashes, at least one, none of them empty.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> + Clone {
        self.0.split('/')
    }
}

text_newtype!(SecretPath, PathError);

// Sound for maps: `Hash`, `Eq` and `Ord` are those of the text.
impl std::borrow::Borrow<str> for SecretPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}
