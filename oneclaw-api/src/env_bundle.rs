use std::fmt;

use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::SecretValue;

/// The error of a value that is not an environment bundle. It holds nothing of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvBundleError {
    /// It is not text.
    #[error("the bundle is not UTF-8 text")]
    NotText,
    /// It is neither a JSON object of strings nor lines of `NAME=value`.
    #[error("line {line} of the bundle is not `NAME=value`")]
    Line {
        /// The number of the line, from 1.
        line: usize,
    },
    /// It is a JSON document, but not an object of strings.
    #[error("the bundle must be a JSON object whose values are strings")]
    Json,
    /// A name is not one that an environment variable has.
    #[error("entry {entry} of the bundle has a name that is not of the form `[A-Za-z_][A-Za-z0-9_]*`")]
    Name {
        /// The number of the entry, from 1.
        entry: usize,
    },
    /// A name occurs twice.
    #[error("entry {entry} of the bundle repeats a name")]
    Twice {
        /// The number of the entry, from 1.
        entry: usize,
    },
}

/// A set of environment variables kept as one secret of type `env_bundle`: a JSON object of strings, or lines of
/// `NAME=value` (empty lines and lines that start with `#` are passed over, a value may stand in quotes).
pub struct EnvBundle(Vec<(String, SecretValue)>);

impl EnvBundle {
    /// Parses the value of a secret.
    ///
    /// # Errors
    ///
    /// Says which entry is wrong, and echoes nothing of it.
    pub fn parse(value: &SecretValue) -> Result<Self, EnvBundleError> {
        let text = std::str::from_utf8(value.expose_secret()).map_err(|_| EnvBundleError::NotText)?;
        let entries = if text.trim_start().starts_with('{') { json(text)? } else { lines(text)? };
        for (index, (name, _)) in entries.iter().enumerate() {
            if !is_name(name) {
                return Err(EnvBundleError::Name { entry: index + 1 });
            }
            if entries.iter().take(index).any(|(earlier, _)| earlier == name) {
                return Err(EnvBundleError::Twice { entry: index + 1 });
            }
        }
        Ok(Self(entries))
    }

    /// Returns the names, in the order they are written.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Returns the names with their values.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &SecretValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl fmt::Debug for EnvBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

fn json(text: &str) -> Result<Vec<(String, SecretValue)>, EnvBundleError> {
    struct Entries<'a>(Vec<(String, &'a RawValue)>);
    impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;
            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Vec<(String, &'de RawValue)>;
                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("an object of strings")
                }
                fn visit_map<A: serde::de::MapAccess<'de>>(
                    self,
                    mut map: A,
                ) -> Result<Self::Value, A::Error> {
                    let mut entries = Vec::new();
                    while let Some(entry) = map.next_entry::<String, &'de RawValue>()? {
                        entries.push(entry);
                    }
                    Ok(entries)
                }
            }
            deserializer.deserialize_map(Visitor).map(Entries)
        }
    }
    let Entries(raw) = serde_json::from_str(text).map_err(|_| EnvBundleError::Json)?;
    raw.into_iter()
        .map(|(name, value)| {
            Ok((name, SecretValue::from_json_literal(value.get()).map_err(|_| EnvBundleError::Json)?))
        })
        .collect()
}

fn lines(text: &str) -> Result<Vec<(String, SecretValue)>, EnvBundleError> {
    let mut entries = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = line.split_once('=').ok_or(EnvBundleError::Line { line: index + 1 })?;
        let name = name.trim();
        let name = name.strip_prefix("export ").map_or(name, str::trim_start);
        entries.push((name.to_owned(), SecretValue::new(unquote(value.trim()))));
    }
    Ok(entries)
}

/// Takes off one pair of quotes; inside double ones, `\n`, `\"` and `\\` stand for what they do in a shell's file.
fn unquote(value: &str) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(value.len()));
    if let Some(inner) = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        out.extend_from_slice(inner.as_bytes());
    } else if let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        let mut bytes = inner.bytes();
        while let Some(byte) = bytes.next() {
            match (byte, byte == b'\\') {
                (_, true) => match bytes.next() {
                    Some(b'n') => out.push(b'\n'),
                    Some(other) => out.push(other),
                    None => out.push(b'\\'),
                },
                (byte, false) => out.push(byte),
            }
        }
    } else {
        out.extend_from_slice(value.as_bytes());
    }
    out
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Vec<(String, String)>, EnvBundleError> {
        Ok(EnvBundle::parse(&SecretValue::from_bytes(text.as_bytes()))?
            .entries()
            .map(|(name, value)| {
                (name.to_owned(), String::from_utf8(value.expose_secret().to_vec()).unwrap())
            })
            .collect())
    }

    #[test]
    fn both_forms_mean_the_same() {
        let wanted = Ok(vec![("A".to_owned(), "1=2".to_owned()), ("B_c".to_owned(), "x\ny".to_owned())]);
        assert_eq!(parsed("# comment\nA=1=2\n\nexport B_c=\"x\\ny\"\n"), wanted);
        assert_eq!(parsed(r#" {"A":"1=2","B_c":"x\ny"}"#), wanted);
    }

    #[test]
    fn errors_count_and_do_not_echo() {
        for (text, error) in [
            ("A=1\nhunter2", EnvBundleError::Line { line: 2 }),
            ("{\"A\":1}", EnvBundleError::Json),
            ("{\"A\":\"1\",", EnvBundleError::Json),
            ("1A=x", EnvBundleError::Name { entry: 1 }),
            ("A=1\nA=2", EnvBundleError::Twice { entry: 2 }),
            ("{\"A\":\"1\",\"A\":\"2\"}", EnvBundleError::Twice { entry: 2 }),
        ] {
            assert_eq!(parsed(text), Err(error), "{text}");
        }
        assert_eq!(EnvBundle::parse(&SecretValue::from_bytes(&[0xff])).unwrap_err(), EnvBundleError::NotText);
    }
}
