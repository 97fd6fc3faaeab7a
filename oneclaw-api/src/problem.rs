use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::IdError;

/// What went wrong, as far as a caller can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemKind {
    /// The request is malformed (400).
    BadRequest,
    /// The caller is not authenticated (401).
    Unauthorized,
    /// Policy, scope, binding or role forbid it (403).
    Forbidden,
    /// A limit of the organisation is reached (403, type `resource_limit_exceeded`).
    LimitExceeded,
    /// A person must approve it first (403, type `approval_required`).
    ApprovalRequired,
    /// There is no such thing, or the caller may not know of it (404).
    NotFound,
    /// The state is not what the request expects (409).
    Conflict,
    /// It was there and is no longer: deleted, disabled, expired or used up (410).
    Gone,
    /// The body is larger than the limit (413).
    TooLarge,
    /// Too many requests (429).
    TooManyRequests,
    /// The vault failed (500).
    Internal,
    /// The vault can't do it now; nothing has changed (503).
    Unavailable,
    /// The vault did not answer: only a client sees this.
    Unreachable,
    /// The vault is locked and wants its passphrase.
    Locked,
}

impl ProblemKind {
    /// Returns the HTTP status; what never crosses the wire counts as 503.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthorized => 401,
            Self::Forbidden | Self::LimitExceeded | Self::ApprovalRequired => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Gone => 410,
            Self::TooLarge => 413,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::Unavailable | Self::Unreachable | Self::Locked => 503,
        }
    }

    /// Returns the title of problem details with this kind.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "Bad Request",
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden | Self::ApprovalRequired => "Forbidden",
            Self::LimitExceeded => "Resource Limit Exceeded",
            Self::NotFound => "Not Found",
            Self::Conflict => "Conflict",
            Self::Gone => "Gone",
            Self::TooLarge => "Content Too Large",
            Self::TooManyRequests => "Too Many Requests",
            Self::Internal => "Internal Server Error",
            Self::Unavailable | Self::Unreachable | Self::Locked => "Service Unavailable",
        }
    }

    const fn type_uri(self) -> &'static str {
        match self {
            Self::LimitExceeded => "resource_limit_exceeded",
            Self::ApprovalRequired => "approval_required",
            Self::Locked => "locked",
            _ => "about:blank",
        }
    }

    fn from_wire(status: u16, type_uri: &str) -> Self {
        match (status, type_uri) {
            (401, _) => Self::Unauthorized,
            (403, "resource_limit_exceeded") => Self::LimitExceeded,
            (403, "approval_required") => Self::ApprovalRequired,
            (403, _) => Self::Forbidden,
            (404, _) => Self::NotFound,
            (409 | 412, _) => Self::Conflict,
            (410, _) => Self::Gone,
            (413, _) => Self::TooLarge,
            (429, _) => Self::TooManyRequests,
            (503, "locked") => Self::Locked,
            (502..=504, _) => Self::Unavailable,
            (400..=499, _) => Self::BadRequest,
            _ => Self::Internal,
        }
    }
}

/// Problem details (RFC 9457): the one error of the vault API.
///
/// The detail is written for the person or the model that must act on it. It never holds a value, a key or any other
/// part of a request that might be a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Problem {
    kind: ProblemKind,
    detail: Cow<'static, str>,
    fields: BTreeMap<String, String>,
    retry_after: Option<u32>,
}

impl Problem {
    /// Makes problem details from a kind and a sentence that says what to do.
    #[must_use]
    pub fn new(kind: ProblemKind, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, detail: detail.into(), fields: BTreeMap::new(), retry_after: None }
    }

    /// Reports a malformed request.
    #[must_use]
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ProblemKind::BadRequest, detail)
    }

    /// Reports a malformed field of a request.
    #[must_use]
    pub fn bad_field(field: &str, message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        let mut problem = Self::bad_request(format!("{field}: {message}"));
        problem.fields.insert(field.to_owned(), message.into_owned());
        problem
    }

    /// Reports that something was not found.
    #[must_use]
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ProblemKind::NotFound, detail)
    }

    /// Reports that the caller may not do it.
    #[must_use]
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ProblemKind::Forbidden, detail)
    }

    /// Reports that the caller is not authenticated.
    #[must_use]
    pub fn unauthorized(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ProblemKind::Unauthorized, detail)
    }

    /// Reports a conflict with the current state.
    #[must_use]
    pub fn conflict(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ProblemKind::Conflict, detail)
    }

    /// Adds the seconds after which a retry makes sense.
    #[must_use]
    pub fn with_retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Returns the kind.
    #[must_use]
    pub const fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// Returns the sentence for the caller.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Returns a message for each field that is wrong.
    #[must_use]
    pub const fn fields(&self) -> &BTreeMap<String, String> {
        &self.fields
    }

    /// Returns after how many seconds a retry makes sense.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u32> {
        self.retry_after
    }

    /// Encodes the problem as the JSON body of a reply.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let wire = Wire {
            type_uri: Cow::Borrowed(self.kind.type_uri()),
            title: Cow::Borrowed(self.kind.title()),
            status: self.kind.status(),
            detail: Cow::Borrowed(&self.detail),
            fields: self.fields.clone(),
        };
        // A struct of strings, a number and a map of strings always encodes.
        serde_json::to_vec(&wire).unwrap_or_default()
    }

    /// Decodes the body of a reply with an error status; a body that is not problem details gives a general sentence.
    #[must_use]
    pub fn from_reply(status: u16, body: &[u8], retry_after: Option<u32>) -> Self {
        let wire: Option<Wire<'_>> = serde_json::from_slice(body).ok();
        let mut problem = match wire {
            Some(wire) => Self {
                kind: ProblemKind::from_wire(status, &wire.type_uri),
                detail: Cow::Owned(wire.detail.into_owned()),
                fields: wire.fields,
                retry_after: None,
            },
            None => Self::new(
                ProblemKind::from_wire(status, ""),
                format!(
                    "the server answered {status} without problem details; check that the address is a vault's"
                ),
            ),
        };
        problem.retry_after = retry_after;
        problem
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem({:?}: {})", self.kind, self.detail)
    }
}

impl std::error::Error for Problem {}

impl From<IdError> for Problem {
    fn from(error: IdError) -> Self {
        Self::bad_request(error.to_string())
    }
}

impl From<oneclaw_policy::PathError> for Problem {
    fn from(error: oneclaw_policy::PathError) -> Self {
        Self::bad_field("path", error.to_string())
    }
}

#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    #[serde(rename = "type", default)]
    type_uri: Cow<'a, str>,
    #[serde(default)]
    title: Cow<'a, str>,
    #[serde(default)]
    status: u16,
    detail: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_survives_the_wire() {
        for kind in [
            ProblemKind::BadRequest,
            ProblemKind::Unauthorized,
            ProblemKind::Forbidden,
            ProblemKind::LimitExceeded,
            ProblemKind::ApprovalRequired,
            ProblemKind::NotFound,
            ProblemKind::Conflict,
            ProblemKind::Gone,
            ProblemKind::TooLarge,
            ProblemKind::TooManyRequests,
            ProblemKind::Internal,
            ProblemKind::Unavailable,
            ProblemKind::Locked,
        ] {
            let problem = Problem::new(kind, "what to do").with_retry_after(3);
            assert_eq!(Problem::from_reply(kind.status(), &problem.to_json(), Some(3)), problem);
        }
    }

    #[test]
    fn a_foreign_body_is_not_echoed() {
        let problem = Problem::from_reply(502, b"<html>secret</html>", None);
        assert_eq!(problem.kind(), ProblemKind::Unavailable);
        assert!(!problem.detail().contains("secret"));
    }
}
