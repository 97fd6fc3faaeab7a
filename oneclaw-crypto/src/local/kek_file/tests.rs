//! INV-34: a key file that isn't private, whole and real is refused, each for its own reason.

use proptest::prelude::*;

use super::*;

fn text_of(byte: u8) -> Vec<u8> {
    let Ok(key) = DataKey::try_init(|bytes| {
        bytes.fill(byte);
        Ok::<(), std::convert::Infallible>(())
    });
    render(&key).to_vec()
}

/// Makes the text of a key file from the digits of a key, with the checksum that fits.
fn text_with(hex: &str) -> Vec<u8> {
    let checksum = String::from_utf8(checksum(hex.as_bytes()).to_vec()).unwrap();
    format!("oneclaw key file, version 1\nkey: {hex}\ncrc32: {checksum}\n").into_bytes()
}

#[test]
fn what_is_written_says_what_it_is_and_is_read_back() {
    let text = text_of(7);
    assert!(text.starts_with(b"oneclaw key file, version 1\n# This is the key-encryption key"));
    assert_eq!(parse(&text).unwrap().expose_secret(), &[7; 32]);
}

#[test]
fn the_format_is_kept() {
    let golden = b"oneclaw key file, version 1\n\
        key: 0707070707070707070707070707070707070707070707070707070707070707\ncrc32: a790e2a6\n";
    assert_eq!(parse(golden).unwrap().expose_secret(), &[7; 32]);
}

#[test]
fn every_changed_bit_of_key_and_checksum_is_refused() {
    let text = text_of(7);
    let start = text.windows(KEY_NAME.len()).position(|window| window == KEY_NAME).unwrap();
    for bit in start * 8..text.len() * 8 {
        let mut changed = text.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        // A lost final newline loses nothing.
        if bit / 8 < text.len() - 1 {
            assert!(parse(&changed).is_err(), "bit {bit}");
        }
    }
    for end in 0..text.len() - 1 {
        assert!(parse(&text[..end]).is_err(), "cut to {end}");
    }
}

#[test]
fn each_fault_of_the_content_has_its_own_reason() {
    let good = "07".repeat(32);
    let cases = [
        (b"".to_vec(), Problem::NotAKeyFile),
        (b"AGE-SECRET-KEY-1".to_vec(), Problem::NotAKeyFile),
        (b"oneclaw key file, version 2\nkey: 00\n".to_vec(), Problem::NotAKeyFile),
        (b"oneclaw key file, version 1\n".to_vec(), Problem::NotAKeyFile),
        ([text_with(&good), b"key: 00\n".to_vec()].concat(), Problem::NotAKeyFile),
        (text_with(""), Problem::WrongLength),
        (text_with(&"07".repeat(31)), Problem::WrongLength),
        (text_with(&"07".repeat(33)), Problem::WrongLength),
        (text_with(&"0G".repeat(32)), Problem::WrongLength),
        (text_with(&"AB".repeat(32)), Problem::WrongLength),
        ([&text_with(&good)[..text_with(&good).len() - 2], b"0\n"].concat(), Problem::Checksum),
    ];
    for (text, problem) in cases {
        let found = parse(&text).map(drop).unwrap_err();
        assert_eq!(found, problem, "{}", String::from_utf8_lossy(&text));
    }
    let zero = parse(&text_with(&"00".repeat(32))).unwrap();
    assert_eq!(provider(zero).map(drop).unwrap_err(), Problem::AllZero);
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(tail in proptest::collection::vec(any::<u8>(), 0..200), real_start: bool) {
        let start: &[u8] = if real_start { b"oneclaw key file, version 1\nkey: " } else { b"" };
        let _ = parse(&[start, &tail].concat());
    }
}
