use std::fmt;
use std::str::FromStr;

use crate::SecretPath;

const SCHEME: &str = "oneclaw://";

/// The error of a text that is not a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reference has the form oneclaw://<vault id or name>/<path>[@version][#field]")]
pub struct ReferenceError;

/// Names a secret without its value: `oneclaw://<vault id or slug>/<path>[@version][#field]`.
///
/// ```
/// let reference: oneclaw_api::Reference = "oneclaw://default/api-keys/stripe@3".parse()?;
/// assert_eq!(reference.path().as_str(), "api-keys/stripe");
/// assert_eq!(reference.version(), Some(3));
/// # Ok::<(), oneclaw_api::ReferenceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    vault: String,
    path: SecretPath,
    version: Option<u32>,
    field: Option<String>,
}

impl Reference {
    /// Makes a reference to a version of a secret; `vault` is an id or a slug of `[a-z0-9-]`, 1 to 64 characters.
    ///
    /// # Errors
    ///
    /// Fails when `vault` is neither.
    pub fn new(
        vault: impl Into<String>,
        path: SecretPath,
        version: Option<u32>,
    ) -> Result<Self, ReferenceError> {
        let vault = vault.into();
        if is_slug(&vault) { Ok(Self { vault, path, version, field: None }) } else { Err(ReferenceError) }
    }

    /// Names one variable of an environment bundle.
    ///
    /// # Errors
    ///
    /// Fails when `field` is empty or not of `[A-Za-z0-9_]`.
    pub fn with_field(mut self, field: &str) -> Result<Self, ReferenceError> {
        if !is_field(field) {
            return Err(ReferenceError);
        }
        self.field = Some(field.to_owned());
        Ok(self)
    }

    /// Returns the vault's id or slug.
    #[must_use]
    pub fn vault(&self) -> &str {
        &self.vault
    }

    /// Returns the path.
    #[must_use]
    pub const fn path(&self) -> &SecretPath {
        &self.path
    }

    /// Returns the version, where one is named.
    #[must_use]
    pub const fn version(&self) -> Option<u32> {
        self.version
    }

    /// Returns the variable of a bundle, where one is named.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { vault, path, version, field } = self;
        write!(f, "{SCHEME}{vault}/{path}")?;
        if let Some(version) = version {
            write!(f, "@{version}")?;
        }
        if let Some(field) = field {
            write!(f, "#{field}")?;
        }
        Ok(())
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let rest = text.strip_prefix(SCHEME).ok_or(ReferenceError)?;
        let (rest, field) = rest.split_once('#').map_or((rest, None), |(rest, field)| (rest, Some(field)));
        let (rest, version) =
            rest.split_once('@').map_or((rest, None), |(rest, version)| (rest, Some(version)));
        let (vault, path) = rest.split_once('/').ok_or(ReferenceError)?;
        let version = version.map(parse_version).transpose()?;
        let reference = Self::new(vault, SecretPath::parse(path).map_err(|_| ReferenceError)?, version)?;
        match field {
            Some(field) => reference.with_field(field),
            None => Ok(reference),
        }
    }
}

fn parse_version(text: &str) -> Result<u32, ReferenceError> {
    let version: u32 = text.parse().map_err(|_| ReferenceError)?;
    // One spelling a version: no sign, no leading zero.
    if version.to_string() == text && version > 0 { Ok(version) } else { Err(ReferenceError) }
}

fn is_slug(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn is_field(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_prints_as_it_parses() {
        for text in [
            "oneclaw://default/a",
            "oneclaw://default/api-keys/stripe@3",
            "oneclaw://01234567-89ab-4cde-8f01-23456789abcd/env/prod@12#DB_URL",
            "oneclaw://v/env#X",
        ] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "oneclaw:/v/a",
            "oneclaw://v",
            "oneclaw://V/a",
            "oneclaw:///a",
            "oneclaw://v/a@",
            "oneclaw://v/a@0",
            "oneclaw://v/a@01",
            "oneclaw://v/a@+1",
            "oneclaw://v/a#",
            "oneclaw://v/a#b-c",
            "oneclaw://v/a@1@2",
            "oneclaw://v/../a",
            "https://v/a",
        ] {
            assert_eq!(text.parse::<Reference>(), Err(ReferenceError), "{text}");
        }
    }
}
