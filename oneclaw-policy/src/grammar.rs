//! What paths and patterns have in common: length, alphabet, segments.

use crate::error::{CharacterKind, PathError};

/// The longest path and the longest pattern.
pub(crate) const MAX_BYTES: usize = 512;

/// Checks length and alphabet, then that no segment is empty; `wildcards` admits `*` to the alphabet.
pub(crate) fn check_segments(text: &str, wildcards: bool) -> Result<(), PathError> {
    if text.is_empty() {
        return Err(PathError::Empty);
    }
    if text.len() > MAX_BYTES {
        return Err(PathError::TooLong { bytes: text.len() });
    }
    let accepted =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/') || (wildcards && c == '*');
    if let Some((at, character)) = text.char_indices().find(|&(_, c)| !accepted(c)) {
        return Err(PathError::Character { kind: CharacterKind::of(character), at });
    }
    match segments_with_offsets(text).find(|(_, segment)| segment.is_empty()) {
        Some((at, _)) => Err(PathError::EmptySegment { at }),
        None => Ok(()),
    }
}

/// The segments of a text, each with the byte offset at which it begins.
pub(crate) fn segments_with_offsets(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split('/').scan(0, |next, segment| {
        let at = *next;
        *next = at + segment.len() + 1;
        Some((at, segment))
    })
}

/// Gives a text newtype its usual traits. The type has one `String` field and a fallible `parse`.
macro_rules! text_newtype {
    ($name:ident, $error:ty) => {
        impl $name {
            /// The text, exactly as it was parsed.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $error;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $error;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}
pub(crate) use text_newtype;
