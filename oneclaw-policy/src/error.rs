//! Why a text was refused at the door. No message repeats the text: it may have been pasted by mistake.

use std::fmt;

/// Why a text is neither a path nor a pattern. Positions are byte offsets from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// There is no text at all.
    #[error("must not be empty")]
    Empty,
    /// The text is longer than the grammar admits.
    #[error("is {bytes} bytes long; at most {} are accepted", crate::SecretPath::MAX_BYTES)]
    TooLong {
        /// The length of the refused text.
        bytes: usize,
    },
    /// A character stands outside the grammar.
    #[error(
        "{kind} at byte {at} is not accepted; segments are made of A-Z a-z 0-9 _ -, joined by single slashes"
    )]
    Character {
        /// What sort of character it is.
        kind: CharacterKind,
        /// Where it begins.
        at: usize,
    },
    /// A slash leads, trails or is doubled.
    #[error("empty segment at byte {at}; slashes stand singly between segments")]
    EmptySegment {
        /// Where the missing segment would begin.
        at: usize,
    },
    /// A path begins or ends with `-` or `_`.
    #[error("a path begins and ends with a letter or digit, not with the character at byte {at}")]
    Edge {
        /// Where the `-` or `_` stands.
        at: usize,
    },
    /// A `*` is neither a whole segment nor half of a `**` segment.
    #[error("wildcard at byte {at} shares its segment; `*` and `**` stand alone between slashes")]
    PartialWildcard {
        /// Where the first `*` of that segment stands.
        at: usize,
    },
}

/// What sort of character was refused: enough to find it, without repeating the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CharacterKind {
    /// `.`
    Dot,
    /// `%`
    Percent,
    /// `\`
    Backslash,
    /// `*`, `?`, `[`, `]`, `{` or `}`.
    Glob,
    /// A blank, a tab, a line break or another control character, NUL and DEL included.
    BlankOrControl,
    /// Anything beyond ASCII.
    NonAscii,
    /// Any other punctuation.
    Punctuation,
}

/// Why a text can't name a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrincipalError {
    /// There is no text at all.
    #[error("a principal must not be empty")]
    Empty,
    /// The text is longer than a principal may be.
    #[error("a principal of {bytes} bytes is too long; at most {} are accepted", crate::Principal::MAX_BYTES)]
    TooLong {
        /// The length of the refused text.
        bytes: usize,
    },
    /// A character that a principal may not hold.
    #[error("{kind} at byte {at} is not accepted in a principal; use visible ASCII without * ? [ ] {{ }}")]
    Character {
        /// What sort of character it is.
        kind: CharacterKind,
        /// Where it begins.
        at: usize,
    },
}

/// A word outside a closed vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WordError {
    /// The word names no permission.
    #[error("unknown permission; the permissions are list, use, read, write, rotate, delete, share")]
    Permission,
    /// The word names no effect.
    #[error("unknown effect; the effects are allow and deny")]
    Effect,
}

impl CharacterKind {
    pub(crate) const fn of(character: char) -> Self {
        match character {
            '.' => Self::Dot,
            '%' => Self::Percent,
            '\\' => Self::Backslash,
            '*' | '?' | '[' | ']' | '{' | '}' => Self::Glob,
            '\0'..=' ' | '\x7f' => Self::BlankOrControl,
            '\u{80}'.. => Self::NonAscii,
            _ => Self::Punctuation,
        }
    }
}

impl fmt::Display for CharacterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dot => "a dot",
            Self::Percent => "a percent sign",
            Self::Backslash => "a backslash",
            Self::Glob => "a glob character",
            Self::BlankOrControl => "a blank or control character",
            Self::NonAscii => "a character beyond ASCII",
            Self::Punctuation => "a punctuation character",
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Effect, PathPattern, Permission, Principal, SecretPath};

    /// What is said when the text is refused.
    fn said<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> String {
        text.parse::<T>().err().unwrap().to_string()
    }

    #[test]
    fn messages_name_the_place_and_the_accepted_form_on_one_line() {
        let alphabet = "segments are made of A-Z a-z 0-9 _ -, joined by single slashes";
        assert_eq!(said::<SecretPath>(""), "must not be empty");
        assert_eq!(said::<SecretPath>(&"a".repeat(513)), "is 513 bytes long; at most 512 are accepted");
        assert_eq!(said::<SecretPath>("a/../b"), format!("a dot at byte 2 is not accepted; {alphabet}"));
        assert_eq!(
            said::<SecretPath>("a\n"),
            format!("a blank or control character at byte 1 is not accepted; {alphabet}")
        );
        assert_eq!(
            said::<SecretPath>("a//b"),
            "empty segment at byte 2; slashes stand singly between segments"
        );
        assert_eq!(
            said::<SecretPath>("-a"),
            "a path begins and ends with a letter or digit, not with the character at byte 0"
        );
        assert_eq!(
            said::<PathPattern>("a/b*"),
            "wildcard at byte 3 shares its segment; `*` and `**` stand alone between slashes"
        );
        assert_eq!(
            said::<Principal>("agent:*"),
            "a glob character at byte 6 is not accepted in a principal; use visible ASCII without * ? [ ] { }"
        );
        assert_eq!(
            said::<Permission>("admin"),
            "unknown permission; the permissions are list, use, read, write, rotate, delete, share"
        );
        assert_eq!(said::<Effect>("maybe"), "unknown effect; the effects are allow and deny");
    }
}
