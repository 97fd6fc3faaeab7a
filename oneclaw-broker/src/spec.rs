//! What a binding says, checked once.

mod base_url;
mod limits;
mod placement;
mod request_headers;

use http::Method;
use oneclaw_api::{BindingConfig, Guardrails, ResponseMode, SecretValue};
use secrecy::ExposeSecret;

use crate::BrokerError;
use crate::egress::EgressPolicy;
use crate::path::PathGlob;
pub(crate) use base_url::BaseUrl;
pub(crate) use limits::Limits;
pub(crate) use placement::Placement;
pub(crate) use request_headers::RequestHeaders;

/// The fewest bytes of a value that can be bound: shorter ones can be guessed, and then looked for in the pattern of
/// what a reply has scrubbed.
pub const MIN_VALUE_BYTES: usize = 12;

/// The most bytes of a value that can be bound.
pub const MAX_VALUE_BYTES: usize = 4096;

/// A binding's configuration and guardrails after every check.
///
/// ```
/// use oneclaw_api::{AuthType, BindingConfig, Guardrails};
/// use oneclaw_broker::BindingSpec;
///
/// let config = BindingConfig {
///     base_url: "https://api.example.com/v1/".to_owned(),
///     auth_type: AuthType::Bearer,
///     auth_header: None,
///     auth_format: None,
///     auth_query: None,
///     auth_user: None,
/// };
/// let spec = BindingSpec::parse(&config, &Guardrails::default())?;
/// assert_eq!(spec.host(), "api.example.com");
/// # Ok::<(), oneclaw_broker::BrokerError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindingSpec {
    base_url: BaseUrl,
    placement: Placement,
    methods: Vec<Method>,
    paths: Option<Vec<PathGlob>>,
    headers: RequestHeaders,
    response_mode: ResponseMode,
    limits: Limits,
    allow_private_networks: bool,
}

impl BindingSpec {
    /// Checks a binding's configuration and guardrails.
    ///
    /// # Errors
    ///
    /// Fails with the first thing that is malformed, contradictory or never permitted.
    pub fn parse(config: &BindingConfig, guardrails: &Guardrails) -> Result<Self, BrokerError> {
        let BindingConfig { base_url, auth_type, auth_header, auth_format, auth_query, auth_user } = config;
        let Guardrails {
            allowed_hosts,
            allowed_ports,
            allowed_methods,
            allowed_paths,
            allowed_request_headers,
            response_mode,
            max_request_bytes,
            max_response_bytes,
            max_duration_ms,
            max_requests_per_minute,
            allow_private_networks,
        } = guardrails;

        let allow_private_networks = allow_private_networks.unwrap_or(false);
        let base_url = BaseUrl::parse(base_url, allow_private_networks)?;
        base_url.check_hosts(allowed_hosts.as_deref())?;
        base_url.check_ports(allowed_ports.as_deref())?;
        let placement = Placement::parse(
            *auth_type,
            auth_header.as_deref(),
            auth_format.as_deref(),
            auth_query.as_deref(),
            auth_user.as_deref(),
        )?;
        let paths = match allowed_paths {
            Some(patterns) => Some(parse_paths(patterns, &base_url)?),
            None => None,
        };
        Ok(Self {
            methods: parse_methods(allowed_methods.as_deref())?,
            headers: RequestHeaders::parse(allowed_request_headers.as_deref(), &placement)?,
            response_mode: response_mode.unwrap_or_default(),
            limits: Limits::parse(
                *max_request_bytes,
                *max_response_bytes,
                *max_duration_ms,
                *max_requests_per_minute,
            )?,
            base_url,
            placement,
            paths,
            allow_private_networks,
        })
    }

    /// Checks that a value can be sent at this binding's place.
    ///
    /// # Errors
    ///
    /// Fails when the value is shorter than [`MIN_VALUE_BYTES`], longer than [`MAX_VALUE_BYTES`], or has bytes that
    /// the place can't carry.
    pub fn check_value(&self, value: &SecretValue) -> Result<(), BrokerError> {
        if value.len() < MIN_VALUE_BYTES {
            return Err(BrokerError::ValueTooShort { min: MIN_VALUE_BYTES });
        }
        if value.len() > MAX_VALUE_BYTES {
            return Err(BrokerError::ValueTooLong { max: MAX_VALUE_BYTES });
        }
        if self.placement.carries(value.expose_secret()) { Ok(()) } else { Err(BrokerError::ValueNotLegal) }
    }

    /// Returns the prefix that calls are joined to.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.base_url.as_str()
    }

    /// Returns the host, in lower case.
    #[must_use]
    pub fn host(&self) -> &str {
        self.base_url.host()
    }

    /// Returns the methods that an agent may use.
    pub fn methods(&self) -> impl Iterator<Item = &str> {
        self.methods.iter().map(Method::as_str)
    }

    pub(crate) const fn base(&self) -> &BaseUrl {
        &self.base_url
    }

    pub(crate) const fn placement(&self) -> &Placement {
        &self.placement
    }

    pub(crate) const fn request_headers(&self) -> &RequestHeaders {
        &self.headers
    }

    pub(crate) const fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) const fn response_mode(&self) -> ResponseMode {
        self.response_mode
    }

    pub(crate) fn method(&self, name: &str) -> Result<&Method, BrokerError> {
        self.methods.iter().find(|method| method.as_str() == name).ok_or_else(|| {
            BrokerError::MethodNotAllowed { allowed: self.methods().collect::<Vec<_>>().join(", ") }
        })
    }

    /// Returns the path patterns; none means everything below the base URL.
    pub(crate) fn path_globs(&self) -> Option<&[PathGlob]> {
        self.paths.as_deref()
    }

    pub(crate) fn egress(&self) -> EgressPolicy {
        match (self.base_url.is_https(), self.allow_private_networks) {
            (false, _) => EgressPolicy::Loopback,
            (true, true) => EgressPolicy::Private,
            (true, false) => EgressPolicy::Public,
        }
    }
}

/// Neither CONNECT nor TRACE: one opens a tunnel, the other sends the credential back.
const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

fn parse_methods(names: Option<&[String]>) -> Result<Vec<Method>, BrokerError> {
    let Some(names) = names else {
        return Ok(vec![Method::GET, Method::HEAD]);
    };
    if names.is_empty() {
        return Err(BrokerError::Methods);
    }
    let mut methods = Vec::with_capacity(names.len());
    for name in names {
        let method = METHODS.iter().find(|method| method.as_str() == name).ok_or(BrokerError::Methods)?;
        if !methods.contains(method) {
            methods.push(method.clone());
        }
    }
    Ok(methods)
}

fn parse_paths(patterns: &[String], base_url: &BaseUrl) -> Result<Vec<PathGlob>, BrokerError> {
    let mut globs = Vec::with_capacity(patterns.len());
    for pattern in patterns {
        let glob = PathGlob::parse(pattern)?;
        if !glob.may_match_below(base_url.path()) {
            return Err(BrokerError::PathPatternOutside);
        }
        globs.push(glob);
    }
    if globs.is_empty() { Err(BrokerError::PathPatternOutside) } else { Ok(globs) }
}
