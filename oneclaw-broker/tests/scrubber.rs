//! The scrubber against a scanner that tries every position.

#![cfg(test)]

use oneclaw_api::SecretValue;
use oneclaw_broker::{REPLACEMENT, Scrubber};
use proptest::prelude::*;

fn scrubber(values: &[&str]) -> Scrubber {
    let values: Vec<_> = values.iter().map(|value| SecretValue::from_bytes(value.as_bytes())).collect();
    Scrubber::new(&values).unwrap()
}

fn scrub(values: &[&str], text: &str) -> String {
    String::from_utf8(scrubber(values).scrub(text.as_bytes()).bytes).unwrap()
}

#[test]
fn a_form_is_removed_and_nothing_else() {
    let value = "correct horse+battery/staple";
    for (text, scrubbed) in [
        ("correct horse+battery/stapl", "correct horse+battery/stapl"),
        ("x correct horse+battery/staple y", "x [REDACTED] y"),
        ("CORRECT HORSE+BATTERY/STAPLE", "[REDACTED]"),
        ("correct%20horse%2Bbattery%2fstaple&b=1", "[REDACTED]&b=1"),
        ("correct+horse%2Bbattery%2Fstaple", "[REDACTED]"),
        (r"correct horse+battery\/staple", "[REDACTED]"),
        (r"\u0063\u{6f}\x72rect horse+battery/staple\n", r"[REDACTED]\n"),
        ("&#99;&#x6f;rrect horse&plus;battery&sol;staple;", "[REDACTED];"),
        (
            "c\0o\0r\0r\0e\0c\0t\0 \0h\0o\0r\0s\0e\0+\0b\0a\0t\0t\0e\0r\0y\0/\0s\0t\0a\0p\0l\0e\0",
            "[REDACTED]",
        ),
        ("correct\r\n horse+bat\ntery/staple", "[REDACTED]"),
        (r"\\u0063orrect horse+battery/staple", "[REDACTED]"),
        ("%2563orrect horse+battery/staple", "[REDACTED]"),
        (
            "\\ & % \0 \\u \\u12 \\ud800 \\x &#; &#x; &unknown; %4 %zz",
            "\\ & % \0 \\u \\u12 \\ud800 \\x &#; &#x; &unknown; %4 %zz",
        ),
    ] {
        // A trailing NUL belongs to the last letter in one byte order and to nothing in the other.
        assert_eq!(scrub(&[value], text).trim_end_matches('\0'), scrubbed, "{text:?}");
    }
}

#[test]
fn forms_that_overlap_are_removed_together() {
    assert_eq!(scrub(&["aaaaaaaaaaaa"], &"a".repeat(25)), REPLACEMENT);
    assert_eq!(scrub(&["0123456789ab", "89abcdefghij"], "x0123456789abcdefghijx"), "x[REDACTED]x");
    assert_eq!(scrub(&["0123456789ab"], "0123456789ab0123456789ab"), "[REDACTED][REDACTED]");
    assert_eq!(scrubber(&["0123456789ab"]).scrub(b"0123456789ab0123456789ab").redactions, 2);
}

#[test]
fn a_scrubber_of_nothing_removes_nothing() {
    assert_eq!(scrub(&[], "text"), "text");
    assert_eq!(scrub(&[""], "text"), "text");
}

#[test]
fn base64_takes_the_shared_characters_along() {
    for before in 0..4 {
        for after in 0..4 {
            let text = [&b"\xff\xff\xff"[..before.min(3)], b"0123456789ab", &b"\xff\xff\xff"[..after.min(3)]]
                .concat();
            for encoding in [data_encoding::BASE64, data_encoding::BASE64URL_NOPAD] {
                let encoded = encoding.encode(&text);
                let scrubbed = scrub(&["0123456789ab"], &encoded);
                let left = scrubbed.replace(REPLACEMENT, "");
                assert!(left.bytes().all(|byte| b"/_=8w".contains(&byte)), "{encoded} became {scrubbed}");
            }
        }
    }
}

#[test]
fn debug_shows_no_form() {
    assert!(!format!("{:?}", scrubber(&["0123456789ab"])).contains("0123"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Random texts of pieces that decode to parts of the value: what is left holds no form, what has none stays.
    #[test]
    fn inv_7_what_is_left_holds_no_form(
        pieces in prop::collection::vec((0..7usize, 0..13usize, 0..13usize), 0..12),
        noise in "[ -~]{0,6}",
    ) {
        let value = "a%b\\c&d/e+f;g";
        let mut text = noise.clone();
        for (how, from, to) in pieces {
            let piece = value.get(from.min(to)..from.max(to)).unwrap();
            for byte in piece.bytes() {
                match how {
                    0 => text.push_str(&format!("%{byte:02x}")),
                    1 => text.push_str(&format!("\\u{byte:04X}")),
                    2 => text.push_str(&format!("&#{byte};")),
                    3 => text.extend([char::from(byte), '\0']),
                    4 => text.extend([' ', char::from(byte)]),
                    _ => text.push(char::from(byte)),
                }
            }
            if how == 6 {
                text.push_str(value);
            }
        }
        let scrubber = scrubber(&[value]);
        let scrubbed = scrubber.scrub(text.as_bytes());
        prop_assert_eq!(scrubbed.redactions as usize, scrubber.count(text.as_bytes()));
        prop_assert_eq!(scrubber.count(&scrubbed.bytes), 0);
        let left = String::from_utf8(scrubbed.bytes).unwrap();
        prop_assert!(!left.contains(value));
        if scrubbed.redactions == 0 {
            prop_assert_eq!(left, text);
        }
    }

    /// No input makes the scrubber fail, whatever it decodes to.
    #[test]
    fn any_bytes_are_scrubbed(bytes in prop::collection::vec(prop_oneof![
        any::<u8>(), Just(b'\\'), Just(b'&'), Just(b'%'), Just(b'u'), Just(b'#'), Just(b';'), Just(b'0'), Just(b'{')
    ], 0..64)) {
        let scrubbed = scrubber(&["0123456789ab"]).scrub(&bytes);
        prop_assert!(scrubbed.redactions > 0 || scrubbed.bytes == bytes);
    }
}
