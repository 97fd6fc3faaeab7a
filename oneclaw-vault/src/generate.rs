use oneclaw_api::{Charset, Problem, ProblemKind, Rotation, SecretValue};
use zeroize::Zeroizing;

const DEFAULT_LENGTH: u32 = 32;
const LENGTHS: std::ops::RangeInclusive<u32> = 8..=1024;

/// Generates a value: every character of the set equally likely at every place.
pub(crate) fn generate(rotation: &Rotation) -> Result<SecretValue, Problem> {
    let length = rotation.length.unwrap_or(DEFAULT_LENGTH);
    if !LENGTHS.contains(&length) {
        return Err(Problem::bad_field("length", "must be 8 to 1024 characters"));
    }
    let length = usize::try_from(length).unwrap_or_default();
    let alphabet = alphabet(rotation.charset.unwrap_or_default());
    // A byte at or above the largest multiple of the alphabet's size would favour its first characters.
    let fair = 256 - 256 % alphabet.len();
    let mut value = Zeroizing::new(Vec::with_capacity(length));
    let mut random = Zeroizing::new([0u8; 256]);
    while value.len() < length {
        oneclaw_crypto::random::fill(random.as_mut_slice()).map_err(|_| {
            Problem::new(ProblemKind::Unavailable, "the random generator does not answer; try again")
        })?;
        let characters = random.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < fair);
        let missing = length - value.len();
        value.extend(characters.filter_map(|byte| alphabet.get(byte % alphabet.len())).take(missing));
    }
    Ok(SecretValue::new(value))
}

const fn alphabet(charset: Charset) -> &'static [u8] {
    match charset {
        Charset::Hex => b"0123456789abcdef",
        Charset::Base64 => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        Charset::Alphanumeric => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        Charset::Ascii => {
            b"!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn every_character_of_the_set_occurs_and_no_other() {
        for (charset, size) in
            [(Charset::Hex, 16), (Charset::Base64, 64), (Charset::Alphanumeric, 62), (Charset::Ascii, 94)]
        {
            let rotation = Rotation { length: Some(1024), charset: Some(charset), kind: None };
            // 8,192 characters: one of 94 is missing with a probability below 10^-36.
            let seen: BTreeSet<u8> =
                (0..8).flat_map(|_| generate(&rotation).unwrap().expose_secret().to_vec()).collect();
            assert_eq!(seen.len(), size, "{charset:?}");
            assert!(seen.iter().all(|byte| alphabet(charset).contains(byte)));
        }
    }

    #[test]
    fn lengths_are_kept_and_bounded() {
        for length in [8, 9, 255, 256, 257, 1024] {
            let rotation = Rotation { length: Some(length), ..Rotation::default() };
            assert_eq!(generate(&rotation).unwrap().len(), usize::try_from(length).unwrap());
        }
        for length in [0, 7, 1025, u32::MAX] {
            assert!(generate(&Rotation { length: Some(length), ..Rotation::default() }).is_err());
        }
        assert_eq!(generate(&Rotation::default()).unwrap().len(), 32);
    }
}
