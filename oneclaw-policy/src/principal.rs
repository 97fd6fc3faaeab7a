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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_visible_ascii_without_globs() {
        for text in ["a", "agent:5f0c1d9e", "user:ada@example.com", "svc/ci#1", "~", &"x".repeat(256)] {
            assert_eq!(Principal::parse(text).map(String::from), Ok(text.to_owned()));
        }
        let refused = [
            ("*", CharacterKind::Glob, 0),
            ("agent:*", CharacterKind::Glob, 6),
            ("agent:?", CharacterKind::Glob, 6),
            ("agent:[a]", CharacterKind::Glob, 6),
            ("{a}", CharacterKind::Glob, 0),
            (" agent", CharacterKind::BlankOrControl, 0),
            ("agent ", CharacterKind::BlankOrControl, 5),
            ("agent\n", CharacterKind::BlankOrControl, 5),
            ("agent\0", CharacterKind::BlankOrControl, 5),
            ("agent\u{7f}", CharacterKind::BlankOrControl, 5),
            ("аgent", CharacterKind::NonAscii, 0),
            ("agent\u{200b}", CharacterKind::NonAscii, 5),
        ];
        for (text, kind, at) in refused {
            assert_eq!(Principal::parse(text), Err(PrincipalError::Character { kind, at }), "{text:?}");
        }
        assert_eq!(Principal::parse(""), Err(PrincipalError::Empty));
        assert_eq!(Principal::parse("x".repeat(257)), Err(PrincipalError::TooLong { bytes: 257 }));
    }
}
