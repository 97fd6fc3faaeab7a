use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, Encoding, HEXLOWER};
use zeroize::Zeroizing;

use crate::MIN_VALUE_BYTES;
use crate::percent::{encode_all_into, encode_component_into};

/// One written-out form of a value.
pub(super) struct Variant {
    pub(super) text: Zeroizing<Vec<u8>>,
    pub(super) shared: Shared,
}

/// Whether a form of base64 shares a character with the byte before or after the value: that character is not part of
/// the form, but holds bits of the value and is removed with it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shared {
    first: bool,
    last: bool,
}

impl Shared {
    pub(super) fn widen(self, text: &[u8], start: usize, end: usize) -> (usize, usize) {
        let base64 = |at: usize| {
            text.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte))
        };
        let start = match start.checked_sub(1) {
            Some(before) if self.first && base64(before) => before,
            _ => start,
        };
        (start, if self.last && base64(end) { end + 1 } else { end })
    }
}

/// Appends all forms of a value.
pub(super) fn push_all(value: &[u8], out: &mut Vec<Variant>) {
    if value.is_empty() {
        return;
    }
    push(value.to_vec(), out);
    push(value.iter().rev().copied().collect(), out);
    // What a value with spaces is when white space is left out.
    let close: Vec<u8> = value.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if close.len() >= MIN_VALUE_BYTES {
        push(close, out);
    }
    // In either case, as every letter is.
    push(HEXLOWER.encode(value).into_bytes(), out);
    for encoding in [&BASE64_NOPAD, &BASE64URL_NOPAD] {
        for before in 0..3 {
            push_base64(value, encoding, before, out);
        }
    }
    let mut percent = String::with_capacity(value.len() * 3);
    encode_component_into(value, &mut percent);
    push(percent.replace("%20", "+").into_bytes(), out);
    push(percent.into_bytes(), out);
    let mut percent = String::with_capacity(value.len() * 3);
    encode_all_into(value, &mut percent);
    push(percent.into_bytes(), out);
    if let Ok(text) = std::str::from_utf8(value) {
        push_text(text, out);
    }
}

fn push_text(text: &str, out: &mut Vec<Variant>) {
    // The quotes are not part of the form.
    if let Ok(json) = serde_json::to_string(text)
        && let Some(json) = json.get(1..json.len() - 1)
    {
        push(json.as_bytes().to_vec(), out);
    }
    push(html(text), out);
    push(text.encode_utf16().flat_map(u16::to_le_bytes).collect(), out);
    push(text.encode_utf16().flat_map(u16::to_be_bytes).collect(), out);
}

fn html(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            b'\'' => out.extend_from_slice(b"&#39;"),
            _ => out.push(byte),
        }
    }
    out
}

/// Appends the characters of base64 that depend on the value alone when `before` bytes stand before it in its group of
/// three.
fn push_base64(value: &[u8], encoding: &Encoding, before: usize, out: &mut Vec<Variant>) {
    let mut bytes = Zeroizing::new(vec![0; before]);
    bytes.reserve_exact(value.len());
    bytes.extend_from_slice(value);
    let text = Zeroizing::new(encoding.encode(&bytes));
    // Each character holds six bits.
    let from = (before * 8).div_ceil(6);
    let to = bytes.len() * 8 / 6;
    let shared = Shared { first: before != 0, last: !bytes.len().is_multiple_of(3) };
    if let Some(own) = text.get(from..to).filter(|own| !own.is_empty()) {
        out.push(Variant { text: Zeroizing::new(own.as_bytes().to_vec()), shared });
    }
}

/// Appends a form, unless another form is the same.
fn push(text: Vec<u8>, out: &mut Vec<Variant>) {
    let text = Zeroizing::new(text);
    if !out.iter().any(|variant| variant.text == text) {
        out.push(Variant { text, shared: Shared::default() });
    }
}
