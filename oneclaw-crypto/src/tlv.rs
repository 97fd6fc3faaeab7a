//! The one encoding for everything that is bound or authenticated.
//!
//! ```text
//! TLV(label, fields) = u8 len ‖ label ‖ for each field in order: u8 tag ‖ u32be len ‖ bytes
//! ```
//!
//! Lengths come before what they measure, so no two different lists of fields encode alike. It is written
//! straight into a buffer or a MAC; nothing is copied to be authenticated.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// What an encoding is written into.
pub(crate) trait Sink {
    /// Appends `bytes`.
    fn put(&mut self, bytes: &[u8]);
}

impl Sink for Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

impl Sink for Hmac<Sha256> {
    fn put(&mut self, bytes: &[u8]) {
        self.update(bytes);
    }
}

/// Writes the label, at most 255 bytes.
pub(crate) fn label(sink: &mut impl Sink, label: &'static str) {
    sink.put(&[u8::try_from(label.len()).unwrap_or(u8::MAX)]);
    sink.put(label.as_bytes());
}

/// Writes a field.
pub(crate) fn field(sink: &mut impl Sink, tag: u8, bytes: &[u8]) {
    field_of(sink, tag, &[], bytes);
}

/// Writes a field whose bytes are `kind ‖ bytes`.
///
/// A field of 2³² − 1 bytes or more, which no store holds, has its length escaped as `u32::MAX ‖ u64be`:
/// still no two lists alike.
pub(crate) fn field_of(sink: &mut impl Sink, tag: u8, kind: &[u8], bytes: &[u8]) {
    let length = kind.len().saturating_add(bytes.len());
    sink.put(&[tag]);
    match u32::try_from(length) {
        Ok(short) if short < u32::MAX => sink.put(&short.to_be_bytes()),
        _ => {
            sink.put(&u32::MAX.to_be_bytes());
            sink.put(&u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes());
        }
    }
    sink.put(kind);
    sink.put(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_a_label_and_fields_in_order() {
        let mut out = Vec::new();
        label(&mut out, "ab");
        field(&mut out, 7, b"xyz");
        field_of(&mut out, 1, &[2], b"");
        assert_eq!(out, b"\x02ab\x07\0\0\0\x03xyz\x01\0\0\0\x01\x02");
    }
}
