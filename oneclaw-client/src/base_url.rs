use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use url::{Host, Url};

use crate::BaseUrlError;

/// Where a vault is: `https://host[:port]`, `http://host[:port]` or `unix:PATH`.
///
/// ```
/// let base: oneclaw_client::BaseUrl = "http://127.0.0.1:8443/".parse()?;
/// assert_eq!(base.to_string(), "http://127.0.0.1:8443");
/// # Ok::<(), oneclaw_client::BaseUrlError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Form);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    /// Without the final slash, so that a route can follow.
    Http {
        prefix: String,
        secure: bool,
        loopback: bool,
    },
    Unix(PathBuf),
}

impl BaseUrl {
    /// Returns the text that a route such as `/v1/health` is put behind.
    pub(crate) fn prefix(&self) -> &str {
        match &self.0 {
            Form::Http { prefix, .. } => prefix,
            Form::Unix(_) => "http://localhost",
        }
    }

    /// Returns the socket, where there is one.
    #[cfg(unix)]
    pub(crate) fn socket(&self) -> Option<&std::path::Path> {
        match &self.0 {
            Form::Http { .. } => None,
            Form::Unix(path) => Some(path),
        }
    }

    /// Tells whether requests are encrypted.
    pub(crate) const fn is_https(&self) -> bool {
        matches!(self.0, Form::Http { secure: true, .. })
    }

    /// Tells whether requests cross a network in the clear.
    pub(crate) const fn is_exposed(&self) -> bool {
        matches!(self.0, Form::Http { secure: false, loopback: false, .. })
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, BaseUrlError> {
        if let Some(path) = text.strip_prefix("unix:") {
            if path.is_empty() {
                return Err(BaseUrlError::Form);
            }
            return if cfg!(unix) {
                Ok(Self(Form::Unix(PathBuf::from(path))))
            } else {
                Err(BaseUrlError::NoUnixSockets)
            };
        }
        let url = Url::parse(text).map_err(|_| BaseUrlError::Form)?;
        let secure = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(BaseUrlError::Form),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::Suffix);
        }
        let loopback = match url.host().ok_or(BaseUrlError::Form)? {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        Ok(Self(Form::Http { prefix: url.as_str().trim_end_matches('/').to_owned(), secure, loopback }))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Http { prefix, .. } => f.write_str(prefix),
            Form::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        for (text, prefix, exposed) in [
            ("http://127.0.0.1:8443", "http://127.0.0.1:8443", false),
            ("http://localhost:8443/", "http://localhost:8443", false),
            ("http://[::1]:8443", "http://[::1]:8443", false),
            ("https://vault.example/oneclaw/", "https://vault.example/oneclaw", false),
            ("http://vault.example", "http://vault.example", true),
            ("http://localhost.example", "http://localhost.example", true),
            ("http://10.0.0.1", "http://10.0.0.1", true),
            ("unix:/run/oneclaw.sock", "http://localhost", false),
        ] {
            let base: BaseUrl = text.parse().unwrap();
            assert_eq!((base.prefix(), base.is_exposed()), (prefix, exposed), "{text}");
        }
    }

    #[test]
    fn other_texts_say_what_is_wrong() {
        for (text, error) in [
            ("", BaseUrlError::Form),
            ("127.0.0.1:8443", BaseUrlError::Form),
            ("ftp://127.0.0.1", BaseUrlError::Form),
            ("unix:", BaseUrlError::Form),
            ("https://", BaseUrlError::Form),
            ("https://user@vault.example", BaseUrlError::UserInfo),
            ("https://:pass@vault.example", BaseUrlError::UserInfo),
            ("https://vault.example/?a=b", BaseUrlError::Suffix),
            ("https://vault.example/#a", BaseUrlError::Suffix),
        ] {
            assert_eq!(text.parse::<BaseUrl>(), Err(error), "{text}");
        }
    }
}
