use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const PREFIX_LEN: usize = 4;
const RANDOM_LEN: usize = 30;
const CHECKSUM_LEN: usize = 6;
const KEY_LEN: usize = PREFIX_LEN + RANDOM_LEN + CHECKSUM_LEN;
const DISPLAY_LEN: usize = 12;

/// Whose key it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApiKeyKind {
    /// A person's, `1ck_…`.
    User,
    /// An agent's, `ocv_…`.
    Agent,
}

impl ApiKeyKind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::User => "1ck_",
            Self::Agent => "ocv_",
        }
    }
}

/// The error of a text that is not an API key. It never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyError {
    /// It starts neither with `ocv_` nor with `1ck_`.
    #[error("an API key starts with `ocv_` (an agent's) or `1ck_` (a person's)")]
    Prefix,
    /// It is too long or too short.
    #[error("an API key has {KEY_LEN} characters; copy it again, whole")]
    Length,
    /// It has a character that no key has.
    #[error("an API key holds letters and digits only; copy it again, whole")]
    Alphabet,
    /// The checksum at its end does not fit: a character is wrong.
    #[error("the API key has a typing error (its checksum does not fit); copy it again, whole")]
    Checksum,
}

/// An API key: 4 characters of prefix, 30 random base62 characters (178 bits) and the CRC-32 (ISO-HDLC) of all before
/// it in 6 base62 digits, most significant first.
///
/// The checksum tells a typing error from a revoked key without a look at the database, and lets scanners of source
/// code recognise a leaked key. Keys are wiped on drop and redacted in `Debug`.
pub struct ApiKey {
    kind: ApiKeyKind,
    text: Zeroizing<String>,
}

impl ApiKey {
    /// Makes a new key from the operating system's generator.
    ///
    /// # Errors
    ///
    /// Fails when the generator does.
    pub fn generate(kind: ApiKeyKind) -> Result<Self, getrandom::Error> {
        let mut text = Zeroizing::new(String::with_capacity(KEY_LEN));
        text.push_str(kind.prefix());
        let mut block = Zeroizing::new([0u8; 64]);
        while text.len() < PREFIX_LEN + RANDOM_LEN {
            getrandom::fill(block.as_mut_slice())?;
            // 248 = 4 × 62: refusing the bytes above keeps every digit equally likely.
            for byte in block.iter().filter(|byte| **byte < 248) {
                if text.len() < PREFIX_LEN + RANDOM_LEN {
                    text.push(digit(u32::from(*byte)));
                }
            }
        }
        push_checksum(&mut text);
        Ok(Self { kind, text })
    }

    /// Parses a key and checks its checksum.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the form of `text`; never echoes it.
    pub fn parse(text: &str) -> Result<Self, ApiKeyError> {
        let kind = [ApiKeyKind::Agent, ApiKeyKind::User]
            .into_iter()
            .find(|kind| text.starts_with(kind.prefix()))
            .ok_or(ApiKeyError::Prefix)?;
        if text.len() != KEY_LEN {
            return Err(ApiKeyError::Length);
        }
        if !text.bytes().skip(PREFIX_LEN).all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(ApiKeyError::Alphabet);
        }
        let mut expected = Zeroizing::new(String::with_capacity(KEY_LEN));
        expected.push_str(text.get(..PREFIX_LEN + RANDOM_LEN).ok_or(ApiKeyError::Alphabet)?);
        push_checksum(&mut expected);
        if bool::from(expected.as_bytes().ct_eq(text.as_bytes())) {
            Ok(Self { kind, text: expected })
        } else {
            Err(ApiKeyError::Checksum)
        }
    }

    /// Returns whose key it is.
    #[must_use]
    pub const fn kind(&self) -> ApiKeyKind {
        self.kind
    }

    /// Returns the first 12 characters, which are kept for display.
    #[must_use]
    pub fn display_prefix(&self) -> &str {
        self.text.get(..DISPLAY_LEN).unwrap_or_default()
    }

    /// Exposes the whole key.
    #[must_use]
    pub fn expose_key(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({}…)", self.kind.prefix())
    }
}

fn push_checksum(text: &mut Zeroizing<String>) {
    let crc = crc32fast::hash(text.as_bytes());
    for place in (0..6).rev() {
        text.push(digit(crc / 62u32.pow(place)));
    }
}

fn digit(number: u32) -> char {
    let index = usize::try_from(number % 62).unwrap_or_default();
    ALPHABET.get(index).map_or('0', |byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_answer_parses() {
        let key = ApiKey::parse("ocv_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O53azlYB").unwrap();
        assert_eq!(key.kind(), ApiKeyKind::Agent);
        assert_eq!(key.display_prefix(), "ocv_A1b2C3d4");
        assert_eq!(format!("{key:?}"), "ApiKey(ocv_…)");
    }

    #[test]
    fn a_made_key_parses_and_no_neighbour_does() {
        let key = ApiKey::generate(ApiKeyKind::User).unwrap();
        assert!(ApiKey::parse(key.expose_key()).is_ok());
        for at in PREFIX_LEN..KEY_LEN {
            let mut other = key.expose_key().as_bytes().to_vec();
            other[at] = if other[at] == b'a' { b'b' } else { b'a' };
            let other = String::from_utf8(other).unwrap();
            assert_eq!(ApiKey::parse(&other).err(), Some(ApiKeyError::Checksum), "at {at}");
        }
    }

    #[test]
    fn other_texts_say_what_is_wrong() {
        for (text, error) in [
            ("", ApiKeyError::Prefix),
            ("sk-A1b2C3d4E5f6G7h8I9j0K1l2M3n4O53azlYB", ApiKeyError::Prefix),
            ("ocv_A1b2", ApiKeyError::Length),
            ("ocv_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O53azlYB\n", ApiKeyError::Length),
            ("ocv_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O53azl-B", ApiKeyError::Alphabet),
            ("ocv_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O53azé1", ApiKeyError::Alphabet),
        ] {
            assert_eq!(ApiKey::parse(text).err(), Some(error), "{text}");
        }
    }
}
