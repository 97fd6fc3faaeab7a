//! Parses arguments. No message repeats the text: it may be a value that was typed in the wrong place.

use jiff::Timestamp;
use oneclaw_api::{PathPattern, Permission, SecretPath};
use oneclaw_policy::{PathError, WordError};

/// Reads the path of a secret.
pub(crate) fn path(text: &str) -> Result<SecretPath, PathError> {
    SecretPath::parse(text)
}

/// Reads a pattern of paths.
pub(crate) fn pattern(text: &str) -> Result<PathPattern, PathError> {
    PathPattern::parse(text)
}

/// Reads a permission.
pub(crate) fn permission(text: &str) -> Result<Permission, WordError> {
    text.parse()
}

/// Reads an instant as RFC 3339 writes it.
pub(crate) fn instant(text: &str) -> Result<Timestamp, &'static str> {
    // The library's own message repeats the text.
    text.parse().map_err(|_| "must be an instant such as 2027-01-31T12:00:00Z (RFC 3339)")
}
