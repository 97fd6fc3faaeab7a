//! Who a rule names.

use crate::error::{CharacterKind, PrincipalError};
use crate::grammar::text_newtype;

/// Who a rule names and who asks: an opaque text such as `agent:5f0c…`, compared byte by byte.
///
/// Visible ASCII, at most 256 bytes, without the glob characters `*`, `?`, `[`, `]`, `{`, `}`: a principal
/// can't be mistaken for a pattern, nor two principals for one another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Principal(String);

impl Principal {
    /// The longest principal, in bytes.
    pub const MAX_BYTES: usize = 256;

    /// Parses a principal, the only way to make one.
    ///
    /// # Errors
    ///
    /// Refuses the empty text, an over-long one, and any character beyond those named above.
    pub fn parse(text: impl Into<String>) -> Result<Self, PrincipalError> {
        let text = text.into();
        if text.is_empty() {
            return Err(PrincipalError::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(PrincipalError::TooLong { bytes: text.len() });
        }
        let accepted = |c: char| c.is_ascii_graphic() && CharacterKind::of(c) != CharacterKind::Glob;
        match text.char_indices().find(|&(_, c)| !accepted(c)) {
            Some((at, c)) => Err(PrincipalError::Character { kind: CharacterKind::of(c), at }),
            None => Ok(Self(text)),
        }
    }
}

text_newtype!(Principal, PrincipalError);
