use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::Placement;
use crate::BrokerError;

/// The most bytes of a request header that an agent sets.
const MAX_VALUE: usize = 4096;

/// The most headers that a binding lists.
const MAX_NAMES: usize = 64;

/// Always allowed, unless it is the placement's.
pub(super) const BASE: [&str; 2] = ["accept", "content-type"];

/// Headers that route, frame or split a message, or are the connection's own (RFC 9110, sections 7.6.1 and 14.2).
const FRAMING: [&str; 17] = [
    "accept-encoding",
    "alt-used",
    "connection",
    "content-encoding",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "if-range",
    "keep-alive",
    "max-forwards",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// Headers that authenticate, or that some upstreams let replace the method, the path or the caller's address.
const AUTHORITY: [&str; 19] = [
    "api-key",
    "authorization",
    "client-ip",
    "cookie",
    "cookie2",
    "forwarded",
    "true-client-ip",
    "x-api-key",
    "x-auth-token",
    "x-access-token",
    "x-client-ip",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-host",
    "x-original-url",
    "x-real-ip",
    "x-rewrite-url",
    "x-host",
];

/// The request headers that an agent may set, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestHeaders(Vec<HeaderName>);

impl RequestHeaders {
    pub(crate) fn parse(names: Option<&[String]>, placement: &Placement) -> Result<Self, BrokerError> {
        let names = names.unwrap_or_default();
        let mut allowed: Vec<HeaderName> = BASE.into_iter().map(HeaderName::from_static).collect();
        if names.len() > MAX_NAMES {
            return Err(BrokerError::Limit { field: "allowed_request_headers", max: MAX_NAMES as u64 });
        }
        for name in names {
            let refused =
                || BrokerError::RequestHeader(name.chars().filter(char::is_ascii_graphic).take(64).collect());
            let lower = name.to_ascii_lowercase();
            if !is_token(name) || frames_the_request(&lower) || AUTHORITY.contains(&lower.as_str()) {
                return Err(refused());
            }
            let name = HeaderName::from_bytes(lower.as_bytes()).map_err(|_| refused())?;
            if !allowed.contains(&name) {
                allowed.push(name);
            }
        }
        if let Some(own) = placement.header() {
            if names.iter().any(|name| own.as_str().eq_ignore_ascii_case(name)) {
                return Err(BrokerError::RequestHeader(own.to_string()));
            }
            allowed.retain(|name| *name != own);
        }
        Ok(Self(allowed))
    }

    /// Takes an agent's headers, each at most once whatever its case.
    pub(crate) fn accept<'a>(
        &self,
        headers: impl Iterator<Item = (&'a String, &'a String)>,
    ) -> Result<HeaderMap, BrokerError> {
        let mut accepted = HeaderMap::new();
        for (name, value) in headers {
            let name = self
                .0
                .iter()
                .find(|allowed| allowed.as_str().eq_ignore_ascii_case(name))
                .ok_or_else(|| self.not_allowed())?;
            let legal = value.len() <= MAX_VALUE
                && value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
                && value.trim() == value;
            let invalid = || BrokerError::HeaderValue { max: MAX_VALUE };
            if !legal || accepted.contains_key(name) {
                return Err(invalid());
            }
            accepted.insert(name.clone(), HeaderValue::from_str(value).map_err(|_| invalid())?);
        }
        Ok(accepted)
    }

    fn not_allowed(&self) -> BrokerError {
        let names: Vec<_> = self.0.iter().map(HeaderName::as_str).collect();
        BrokerError::HeaderNotAllowed { allowed: names.join(", ") }
    }
}

/// Tells whether a header belongs to the message's framing or routing; `name` is in lower case.
pub(super) fn frames_the_request(name: &str) -> bool {
    FRAMING.contains(&name)
        || name.starts_with("proxy-")
        || name.starts_with("x-forwarded")
        || name.starts_with("sec-")
}

/// Tells whether a name is a token (RFC 9110, section 5.6.2) of a sane length.
pub(super) fn is_token(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
