//! An oracle for leaks: every form in which a value could cross the wire, searched for byte by byte.
//!
//! It shares no code with the scrubber.

use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

/// Names the first form of `value` that is in `bytes`.
pub(crate) fn find(bytes: &[u8], value: &str) -> Option<&'static str> {
    variants(value)
        .into_iter()
        .find(|(_, form)| bytes.windows(form.len()).any(|window| window == form.as_slice()))
        .map(|(name, _)| name)
}

fn variants(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = value.as_bytes();
    let mut forms = vec![
        ("raw", bytes.to_vec()),
        ("hex", HEXLOWER.encode(bytes).into_bytes()),
        ("hex, upper case", HEXUPPER.encode(bytes).into_bytes()),
        ("percent, every byte", bytes.iter().flat_map(|byte| format!("%{byte:02X}").into_bytes()).collect()),
        ("percent, minimal", percent_minimal(bytes)),
        ("JSON", json(value).into_bytes()),
        ("JSON in JSON", json(&json(value)).into_bytes()),
        ("JSON in JSON in JSON", json(&json(&json(value))).into_bytes()),
        (
            "JSON, every character",
            value.encode_utf16().flat_map(|unit| format!("\\u{unit:04x}").into_bytes()).collect(),
        ),
        ("HTML entities", value.chars().flat_map(|c| format!("&#{};", u32::from(c)).into_bytes()).collect()),
        (
            "HTML entities, hex",
            value.chars().flat_map(|c| format!("&#x{:x};", u32::from(c)).into_bytes()).collect(),
        ),
        ("UTF-16LE", value.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16BE", value.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("list of bytes", format!("{bytes:?}").trim_matches(['[', ']']).as_bytes().to_vec()),
        ("reversed", bytes.iter().rev().copied().collect()),
    ];
    for offset in 0..3 {
        for (name, alphabet) in [("base64", &BASE64_NOPAD), ("base64url", &BASE64URL_NOPAD)] {
            let mut padded = vec![0; offset];
            padded.extend_from_slice(bytes);
            let text = alphabet.encode(&padded).into_bytes();
            // The first and last digits depend on the neighbours.
            let start = (offset * 8).div_ceil(6);
            let end = padded.len() * 8 / 6;
            forms.push((name, text[start..end].to_vec()));
        }
    }
    forms
}

/// The inside of a JSON string.
fn json(text: &str) -> String {
    let literal = serde_json::to_string(text).unwrap();
    literal.strip_prefix('"').unwrap().strip_suffix('"').unwrap().to_owned()
}

fn percent_minimal(bytes: &[u8]) -> Vec<u8> {
    bytes
        .iter()
        .flat_map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
                vec![*byte]
            } else {
                format!("%{byte:02X}").into_bytes()
            }
        })
        .collect()
}

/// The harness works: every form, planted between other bytes, is found.
#[test]
fn a_planted_form_is_found() {
    let value = "sk-Canary+/\"é7f3a9";
    for (name, form) in variants(value) {
        let mut bytes = b"before ".to_vec();
        bytes.extend_from_slice(&form);
        bytes.extend_from_slice(b" after");
        assert!(find(&bytes, value).is_some(), "{name}");
    }
    for offset in 0..3 {
        let text = format!("{}{value}tail", "x".repeat(offset));
        assert_eq!(find(BASE64_NOPAD.encode(text.as_bytes()).as_bytes(), value), Some("base64"));
    }
    assert_eq!(find(b"nothing here", value), None);
}
