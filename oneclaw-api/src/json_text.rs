//! JSON string literals in wiped memory: a general JSON library keeps scratch copies of text that has escapes.

use zeroize::Zeroizing;

/// The error of a JSON string literal that can't be decoded, or of bytes that no JSON string can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonTextError {
    /// The literal is not a JSON string.
    #[error("the value must be a JSON string")]
    NotAString,
    /// The bytes are not UTF-8.
    #[error("the value is not UTF-8 text, which is all that JSON carries")]
    NotText,
}

impl From<JsonTextError> for crate::Problem {
    fn from(error: JsonTextError) -> Self {
        Self::bad_field("value", error.to_string())
    }
}

/// Decodes a JSON string literal. The output never grows past its first allocation.
pub(crate) fn decode(literal: &str) -> Result<Zeroizing<Vec<u8>>, JsonTextError> {
    let inner = literal
        .trim_matches([' ', '\t', '\r', '\n'])
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .ok_or(JsonTextError::NotAString)?;
    // No escape is shorter than what it stands for.
    let mut out = Zeroizing::new(Vec::with_capacity(inner.len()));
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        let decoded = match c {
            '\\' => unescape(&mut chars)?,
            '"' | '\0'..='\u{1f}' => return Err(JsonTextError::NotAString),
            c => c,
        };
        push_utf8(&mut out, decoded);
    }
    Ok(out)
}

/// Returns an upper bound of the length of `bytes` as a JSON string literal.
pub(crate) fn encoded_len(bytes: &[u8]) -> usize {
    bytes.iter().map(|byte| escape(*byte).map_or(1, <[u8]>::len)).sum::<usize>() + 2
}

/// Appends `bytes` as a JSON string literal.
pub(crate) fn encode(bytes: &[u8], out: &mut Zeroizing<Vec<u8>>) -> Result<(), JsonTextError> {
    std::str::from_utf8(bytes).map_err(|_| JsonTextError::NotText)?;
    out.push(b'"');
    for byte in bytes {
        match escape(*byte) {
            Some(text) => out.extend_from_slice(text),
            None => out.push(*byte),
        }
    }
    out.push(b'"');
    Ok(())
}

/// Returns how JSON writes a byte that it can't hold as it is.
fn escape(byte: u8) -> Option<&'static [u8]> {
    const CONTROL: [&[u8]; 32] = [
        br"\u0000", br"\u0001", br"\u0002", br"\u0003", br"\u0004", br"\u0005", br"\u0006", br"\u0007",
        br"\b", br"\t", br"\n", br"\u000b", br"\f", br"\r", br"\u000e", br"\u000f", br"\u0010", br"\u0011",
        br"\u0012", br"\u0013", br"\u0014", br"\u0015", br"\u0016", br"\u0017", br"\u0018", br"\u0019",
        br"\u001a", br"\u001b", br"\u001c", br"\u001d", br"\u001e", br"\u001f",
    ];
    match byte {
        b'"' => Some(br#"\""#),
        b'\\' => Some(br"\\"),
        _ => CONTROL.get(usize::from(byte)).copied(),
    }
}

fn unescape(chars: &mut std::str::Chars<'_>) -> Result<char, JsonTextError> {
    Ok(match chars.next() {
        Some(c @ ('"' | '\\' | '/')) => c,
        Some('b') => '\u{8}',
        Some('f') => '\u{c}',
        Some('n') => '\n',
        Some('r') => '\r',
        Some('t') => '\t',
        Some('u') => match hex4(chars)? {
            high @ 0xd800..=0xdbff => {
                if chars.next() != Some('\\') || chars.next() != Some('u') {
                    return Err(JsonTextError::NotAString);
                }
                let low = hex4(chars)?;
                if !(0xdc00..=0xdfff).contains(&low) {
                    return Err(JsonTextError::NotAString);
                }
                char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00))
                    .ok_or(JsonTextError::NotAString)?
            }
            code => char::from_u32(code).ok_or(JsonTextError::NotAString)?,
        },
        _ => return Err(JsonTextError::NotAString),
    })
}

fn hex4(chars: &mut std::str::Chars<'_>) -> Result<u32, JsonTextError> {
    let mut code = 0;
    for _ in 0..4 {
        let digit = chars.next().and_then(|c| c.to_digit(16)).ok_or(JsonTextError::NotAString)?;
        code = code * 16 + digit;
    }
    Ok(code)
}

fn push_utf8(out: &mut Zeroizing<Vec<u8>>, c: char) {
    let mut buffer = Zeroizing::new([0; 4]);
    out.extend_from_slice(c.encode_utf8(buffer.as_mut_slice()).as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn encodes_as_the_library_decodes(text in ".*") {
            let mut out = Zeroizing::new(Vec::new());
            encode(text.as_bytes(), &mut out).unwrap();
            prop_assert_eq!(out.len(), encoded_len(text.as_bytes()));
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }

        #[test]
        fn decodes_as_the_library_does(literal in r#""([ -~]|\\[a-z"/\\]|\\u[0-9a-fA-F]{4}|é|💡)*""#) {
            let library = serde_json::from_str::<String>(&literal).ok();
            let ours = decode(&literal).ok().map(|bytes| String::from_utf8(bytes.to_vec()).unwrap());
            prop_assert_eq!(ours, library);
        }

        #[test]
        fn never_grows(literal in r#""([a-z]|\\n|\\u00e9|\\ud83d\\udca1)*""#) {
            let out = decode(&literal).unwrap();
            prop_assert!(out.capacity() <= literal.len());
        }
    }

    #[test]
    fn other_literals_are_refused() {
        for literal in
            ["", "\"", "1", "null", "[\"a\"]", "\"\\ud83d\"", "\"\\udca1\"", "\"a\nb\"", r#""\x41""#]
        {
            assert_eq!(decode(literal).err(), Some(JsonTextError::NotAString), "{literal}");
        }
        assert_eq!(encode(&[0xff], &mut Zeroizing::new(Vec::new())), Err(JsonTextError::NotText));
    }
}
