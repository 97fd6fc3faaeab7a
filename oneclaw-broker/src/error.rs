use oneclaw_api::{Problem, ProblemKind};
use thiserror::Error;

/// Why a binding, a value or a request is refused before anything is sent.
///
/// No message repeats what an agent sent: it might be a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BrokerError {
    /// The base URL has another scheme.
    #[error("base_url must start with `https://` (or with `http://` for a permitted loopback host)")]
    Scheme,
    /// The base URL has user information, a query, a fragment or a character that is not allowed in it.
    #[error(
        "base_url must be scheme, host, optional port and path in plain ASCII: no user, query, fragment, space or backslash"
    )]
    BaseUrlShape,
    /// The host is not written in its one canonical form.
    #[error(
        "a host must be a lower-case name (other scripts as `xn--`), or an address in its usual form; no final dot, no wildcard"
    )]
    Host,
    /// The port is not a number from 1 to 65535.
    #[error("a port must be a number from 1 to 65535")]
    Port,
    /// Plain http to something that is no permitted loopback host.
    #[error("plain http is for loopback hosts with allow_private_networks only; use https")]
    PlainHttp,
    /// The host is an address that the binding does not permit.
    #[error("the host is {0}, which can't be an upstream here")]
    Address(crate::AddressClass),
    /// The host of the base URL is not one of the allowed hosts.
    #[error("allowed_hosts must contain the host of base_url")]
    HostNotAllowed,
    /// The port of the base URL is not one of the allowed ports.
    #[error("allowed_ports must contain the port of base_url")]
    PortNotAllowed,
    /// The methods of a binding are empty or hold one that can't be allowed.
    #[error("allowed_methods must be one or more of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")]
    Methods,
    /// A path pattern is malformed.
    #[error(
        "an allowed path must start with `/` and have plain segments, `*` for one segment or `**` for any number"
    )]
    PathPattern,
    /// The path patterns match nothing below the base URL.
    #[error(
        "an allowed path is a full path, as in `/v1/charges/**`, and must be able to match below base_url"
    )]
    PathPatternOutside,
    /// A header that an agent may never set was to be allowed, or its name is malformed.
    #[error("`{0}` can't be in allowed_request_headers: it routes, frames or authenticates the request")]
    RequestHeader(String),
    /// A field of another placement is set, or one of this placement is missing.
    #[error("auth_type needs {needs} and none of the other auth_ fields")]
    PlacementFields {
        /// The fields that go with this `auth_type`.
        needs: &'static str,
    },
    /// The header of the placement can't carry a credential.
    #[error("auth_header must be the name of a header that may carry a credential")]
    PlacementHeader,
    /// The format of the placement is malformed.
    #[error("auth_format must be printable ASCII with `{{value}}` exactly once, without spaces at its ends")]
    PlacementFormat,
    /// The user of the placement is malformed.
    #[error("auth_user must be printable ASCII without a colon")]
    PlacementUser,
    /// The query parameter of the placement is malformed.
    #[error("auth_query must be 1 to 64 characters of `A-Z a-z 0-9 _ - .`")]
    PlacementQuery,
    /// A limit is zero or above the hard cap.
    #[error("{field} must be from 1 to {max}")]
    Limit {
        /// The field of the guardrails.
        field: &'static str,
        /// The hard cap.
        max: u64,
    },

    /// The value is shorter than 12 bytes.
    #[error(
        "a value must have at least {min} bytes to be bound: shorter ones can be guessed; use a longer one"
    )]
    ValueTooShort {
        /// The fewest bytes.
        min: usize,
    },
    /// The value is longer than a request can carry.
    #[error("a value must have at most {max} bytes to be bound")]
    ValueTooLong {
        /// The most bytes.
        max: usize,
    },
    /// The value holds bytes that its place can't carry.
    #[error(
        "the value holds a space, a line break or another character that can't be sent at its place; store it without"
    )]
    ValueNotLegal,

    /// The method is not allowed.
    #[error("this binding allows only the methods {allowed}")]
    MethodNotAllowed {
        /// The methods of the binding.
        allowed: String,
    },
    /// The path is malformed.
    #[error(
        "the path must be plain segments below the binding's base URL: no empty, `.` or `..` segment, no backslash, no `%2e`, `%2f`, `%5c` or `%25`, ASCII with the rest percent-encoded"
    )]
    Path,
    /// The path is not allowed.
    #[error("this binding does not allow that path; it allows {allowed}")]
    PathNotAllowed {
        /// The patterns of the binding.
        allowed: String,
    },
    /// A query parameter is malformed.
    #[error("a query parameter must be text without control characters; give it in `query`, unencoded")]
    Query,
    /// A query parameter that the binding sets itself.
    #[error("the query parameter `{0}` is set by the binding; leave it out")]
    QueryReserved(String),
    /// The address would be too long.
    #[error("path and query together must have at most {max} bytes")]
    UrlTooLong {
        /// The most bytes.
        max: usize,
    },
    /// A request header is not allowed.
    #[error("this binding allows only the request headers {allowed}; the credential is added by the vault")]
    HeaderNotAllowed {
        /// The headers of the binding.
        allowed: String,
    },
    /// A request header's value is malformed, or the header is there twice.
    #[error(
        "a request header must be given once, as printable ASCII of at most {max} bytes without spaces at its ends"
    )]
    HeaderValue {
        /// The most bytes.
        max: usize,
    },
    /// The body is over the limit.
    #[error("the body must have at most {max} bytes")]
    BodyTooLarge {
        /// The most bytes.
        max: u64,
    },
    /// The body can't be encoded as JSON.
    #[error("the body can't be encoded as JSON")]
    Body,
    /// The request was prepared for another binding.
    #[error("the request was prepared for another binding; prepare it again")]
    OtherBinding,
    /// The request holds a value of the vault.
    #[error("the request holds a credential of the vault; leave it out: the binding puts it in its place")]
    ValueInRequest,
    /// Too many requests.
    #[error("this binding allows {per_minute} requests a minute; retry in {retry_after} seconds")]
    RateLimited {
        /// The rate.
        per_minute: u32,
        /// The seconds after which a retry makes sense.
        retry_after: u32,
    },
    /// Too many replies held a credential.
    #[error(
        "this binding is suspended: its upstream sent the credential back too often; its owner should look at the upstream, then remove the binding and add it anew"
    )]
    Suspended,
    /// The values are too many or too long to be scrubbed.
    #[error("the values are too long to be scrubbed")]
    ScrubTooLarge,
    /// A root certificate is not PEM.
    #[error("a root certificate must be PEM text")]
    RootCertificate,
}

impl BrokerError {
    const fn kind(&self) -> ProblemKind {
        match self {
            Self::MethodNotAllowed { .. }
            | Self::PathNotAllowed { .. }
            | Self::HeaderNotAllowed { .. }
            | Self::QueryReserved(_)
            | Self::ValueInRequest
            | Self::Suspended => ProblemKind::Forbidden,
            Self::RateLimited { .. } => ProblemKind::TooManyRequests,
            Self::BodyTooLarge { .. } => ProblemKind::TooLarge,
            Self::OtherBinding | Self::ScrubTooLarge | Self::RootCertificate => ProblemKind::Internal,
            _ => ProblemKind::BadRequest,
        }
    }
}

impl From<BrokerError> for Problem {
    fn from(error: BrokerError) -> Self {
        let problem = Self::new(error.kind(), error.to_string());
        match error {
            BrokerError::RateLimited { retry_after, .. } => problem.with_retry_after(retry_after),
            _ => problem,
        }
    }
}
