//! Paths of requests and the patterns that allow them, compared raw and segment by segment.

mod glob;

use std::fmt;

use crate::BrokerError;
use crate::percent::decode_strict;
pub(crate) use glob::PathGlob;

/// The most segments of a path.
const MAX_SEGMENTS: usize = 128;

/// An absolute path, in the spelling in which it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestPath {
    segments: Vec<String>,
    /// Whether a `/` follows the last segment.
    trailing: bool,
}

impl RequestPath {
    /// Takes a path apart. It may start with `/` or not; nothing in it is decoded, resolved or repaired.
    pub(crate) fn parse(text: &str) -> Result<Self, BrokerError> {
        let relative = text.strip_prefix('/').unwrap_or(text);
        if relative.is_empty() {
            return Ok(Self { segments: Vec::new(), trailing: false });
        }
        let (relative, trailing) = match relative.strip_suffix('/') {
            Some(relative) => (relative, true),
            None => (relative, false),
        };
        let segments: Vec<String> = relative.split('/').map(str::to_owned).collect();
        if segments.len() > MAX_SEGMENTS || !segments.iter().all(|segment| is_segment(segment)) {
            return Err(BrokerError::Path);
        }
        Ok(Self { segments, trailing })
    }

    /// Joins a path below this one; an empty path is this one itself.
    pub(crate) fn join(&self, below: &Self) -> Self {
        if below.segments.is_empty() {
            return self.clone();
        }
        let segments = self.segments.iter().chain(&below.segments).cloned().collect();
        Self { segments, trailing: below.trailing }
    }
}

impl fmt::Display for RequestPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.segments.is_empty() {
            return f.write_str("/");
        }
        for segment in &self.segments {
            write!(f, "/{segment}")?;
        }
        if self.trailing { f.write_str("/") } else { Ok(()) }
    }
}

/// Tells whether a segment is one to every reader: characters of RFC 3986's `pchar`, and nothing that some server
/// decodes, once or twice, to a separator, a dot segment or a control character.
fn is_segment(segment: &str) -> bool {
    let pchar = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%".contains(&byte);
    if segment.is_empty() || !segment.bytes().all(pchar) {
        return false;
    }
    let Some(decoded) = decode_strict(segment).and_then(|decoded| String::from_utf8(decoded).ok()) else {
        return false;
    };
    // An encoded dot is refused even inside a name: there is no reason to encode it.
    let dots = segment.to_ascii_lowercase().contains("%2e");
    let separators = decoded.chars().any(|c| c.is_control() || matches!(c, '/' | '\\' | '%'));
    // Some servers cut parameters off a segment before they resolve it: `..;x`.
    let name = decoded.split(';').next().unwrap_or_default().trim();
    !dots && !separators && !matches!(name, "" | "." | "..")
}
