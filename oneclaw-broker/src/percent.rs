use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

/// Everything but the unreserved characters (RFC 3986, section 2.3).
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Appends bytes as one component of a query.
pub(crate) fn encode_component_into(bytes: &[u8], out: &mut String) {
    for piece in percent_encode(bytes, COMPONENT) {
        out.push_str(piece);
    }
}

/// Appends every byte as `%XX`.
pub(crate) fn encode_all_into(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        // Writing to a string can't fail.
        let _ = write!(out, "%{byte:02X}");
    }
}

/// Decodes `%XX`; a `%` that no two hexadecimal digits follow is refused.
pub(crate) fn decode_strict(text: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                decoded.push(hex_digit(*high)? << 4 | hex_digit(*low)?);
                tail
            }
            (b'%', _) => return None,
            (byte, tail) => {
                decoded.push(*byte);
                tail
            }
        };
    }
    Some(decoded)
}

/// Returns the number of a hexadecimal digit.
pub(crate) const fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}
