use std::convert::Infallible;
use std::str::FromStr;

use axum::extract::FromRequestParts;
use http::request::Parts;
use oneclaw_api::{IdError, Problem, SecretPath, VaultId};

use super::percent;
use crate::reply::Failure;

/// Segments before a secret's path: `/v1/vaults/{vault}/{area}/`, with the empty one before the first slash.
const SECRET_AT: usize = 5;

/// The path of the request target, as it came: nothing decoded, nothing normalised.
#[derive(Debug)]
pub(crate) struct Target(String);

impl Target {
    /// Parses the id in the segment behind `/v1/{collection}/`.
    pub(crate) fn id<T: FromStr<Err = IdError>>(&self) -> Result<T, Problem> {
        Ok(self.segment(3).parse()?)
    }

    /// Parses the id in the segment behind `/v1/{collection}/{id}/{collection}/`.
    pub(crate) fn inner_id<T: FromStr<Err = IdError>>(&self) -> Result<T, Problem> {
        Ok(self.segment(5).parse()?)
    }

    /// Parses the id in the segment behind `/v1/auth/{collection}/`.
    pub(crate) fn auth_id<T: FromStr<Err = IdError>>(&self) -> Result<T, Problem> {
        Ok(self.segment(4).parse()?)
    }

    /// Parses the vault and the path of `/v1/vaults/{vault}/{area}/{path}`; slashes may come raw or as `%2F`.
    pub(crate) fn secret(&self) -> Result<(VaultId, SecretPath), Problem> {
        Ok((self.id()?, parse_path(self.behind_area())?))
    }

    /// Parses the vault, the path and the version of `/v1/vaults/{vault}/{area}/{path}/{version}`.
    pub(crate) fn secret_version(&self) -> Result<(VaultId, SecretPath, u32), Problem> {
        let (path, version) = self
            .behind_area()
            .rsplit_once('/')
            .ok_or_else(|| Problem::bad_request("the URL ends with a path, a slash and a version"))?;
        Ok((self.id()?, parse_path(path)?, parse_version(version)?))
    }

    fn segment(&self, index: usize) -> &str {
        self.0.split('/').nth(index).unwrap_or_default()
    }

    fn behind_area(&self) -> &str {
        self.0.splitn(SECRET_AT + 1, '/').nth(SECRET_AT).unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for Target {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.uri.path().to_owned()))
    }
}

/// The version that `If-Match: "<version>"` expects to be the current one; 0 stands for none.
#[derive(Debug)]
pub(crate) struct IfMatch(pub(crate) Option<u32>);

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let mut values = parts.headers.get_all(http::header::IF_MATCH).iter();
        let Some(value) = values.next() else { return Ok(Self(None)) };
        let version = value
            .to_str()
            .ok()
            .and_then(|text| text.strip_prefix('"')?.strip_suffix('"'))
            .and_then(|text| if text == "0" { Some(0) } else { parse_version(text).ok() });
        match (version, values.next()) {
            (Some(version), None) => Ok(Self(Some(version))),
            _ => Err(Failure(Problem::bad_request("`If-Match` holds one version in quotes, such as \"3\""))),
        }
    }
}

fn parse_path(raw: &str) -> Result<SecretPath, Problem> {
    Ok(SecretPath::parse(percent::decode(raw)?)?)
}

/// One spelling a version: no sign, no leading zero.
fn parse_version(text: &str) -> Result<u32, Problem> {
    let canonical = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|_| canonical)
        .ok_or_else(|| Problem::bad_field("version", "must be a whole number above 0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VAULT: &str = "01234567-89ab-4cde-8f01-23456789abcd";

    fn target(rest: &str) -> Target {
        Target(format!("/v1/vaults/{VAULT}/secrets/{rest}"))
    }

    #[test]
    fn a_path_has_its_slashes_raw_or_escaped() {
        for raw in ["api-keys/a/b", "api-keys%2Fa%2fb", "api-keys%2Fa/b", "%61pi-keys/a/b"] {
            let (vault, path) = target(raw).secret().unwrap();
            assert_eq!((vault.to_string().as_str(), path.as_str()), (VAULT, "api-keys/a/b"), "{raw}");
        }
    }

    #[test]
    fn other_paths_are_refused() {
        for raw in [
            "",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "a/../b",
            "a/./b",
            "%2e%2e",
            "a%2F..%2Fb",
            "b%c",
            "%",
            "a%252Fb",
            "a%00b",
            "a%0ab",
            "a%20b",
            "a b",
            "é",
            "%C3%A9",
            "a\\b",
            "a*",
            "a;b",
            "a%3Fb",
        ] {
            assert!(target(raw).secret().is_err(), "{raw}");
        }
    }

    #[test]
    fn a_version_is_the_last_segment() {
        for raw in ["a/b/3", "a%2Fb/3"] {
            let (_, path, version) = target(raw).secret_version().unwrap();
            assert_eq!((path.as_str(), version), ("a/b", 3), "{raw}");
        }
        for raw in ["3", "a/", "a/0", "a/01", "a/+1", "a/-1", "a/x", "a/1%30", "a%2F3", "a/4294967296"] {
            assert!(target(raw).secret_version().is_err(), "{raw}");
        }
    }

    #[test]
    fn an_id_is_spelled_in_one_way() {
        assert!(target("a").id::<VaultId>().is_ok());
        let escaped = Target("/v1/vaults/%301234567-89ab-4cde-8f01-23456789abcd".to_owned());
        assert!(escaped.id::<VaultId>().is_err());
    }
}
