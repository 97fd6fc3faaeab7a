use std::fmt;

use bytes::Bytes;
use http::Method;
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use oneclaw_api::{ExecuteRequest, RequestBody};
use url::Url;

use crate::path::RequestPath;
use crate::percent::{decode_strict, encode_component_into};
use crate::{BindingSpec, BrokerError};

/// The most bytes of path and query.
const MAX_TARGET: usize = 8192;

/// A request that a binding allows: all of it but the credential.
///
/// It can't be printed with its query, headers or body, which may hold what the audit log must not.
pub struct PreparedRequest {
    pub(crate) spec: BindingSpec,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
    pub(crate) agent_text: Vec<Vec<u8>>,
}

impl BindingSpec {
    /// Decides everything about a request but the credential, and sends nothing.
    ///
    /// The path is joined below the base URL; a query that was written into it is read as `query` is.
    ///
    /// # Errors
    ///
    /// Fails when the request is malformed or asks for something that the binding does not allow.
    pub fn prepare(&self, request: &ExecuteRequest) -> Result<PreparedRequest, BrokerError> {
        let ExecuteRequest { binding: _, method, path, query, headers, body } = request;
        let method = self.method(method)?.clone();

        let (path, in_path) = match path.split_once('?') {
            Some((path, query)) => (path, parse_query(query)?),
            None => (path.as_str(), Vec::new()),
        };
        let path = self.base().path().join(&RequestPath::parse(path)?);
        self.check_path(&path)?;
        let path = path.to_string();

        let mut agent_text = Vec::new();
        let mut target = String::new();
        for (name, value) in in_path.iter().chain(query) {
            self.check_parameter(name, value)?;
            if !target.is_empty() {
                target.push('&');
            }
            encode_component_into(name.as_bytes(), &mut target);
            target.push('=');
            encode_component_into(value.as_bytes(), &mut target);
            agent_text.push(name.clone().into_bytes());
            agent_text.push(value.clone().into_bytes());
        }
        if path.len() + target.len() > MAX_TARGET {
            return Err(BrokerError::UrlTooLong { max: MAX_TARGET });
        }
        self.check_round_trip(&path, &target)?;

        let mut headers = self.request_headers().accept(headers.iter())?;
        agent_text.extend(headers.values().map(|value| value.as_bytes().to_vec()));
        let body = self.encode_body(body.as_ref(), &mut headers)?;
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        agent_text.push(path.clone().into_bytes());
        Ok(PreparedRequest { spec: self.clone(), method, path, query: target, headers, body, agent_text })
    }

    fn check_path(&self, path: &RequestPath) -> Result<(), BrokerError> {
        let Some(globs) = self.path_globs() else { return Ok(()) };
        if globs.iter().any(|glob| glob.matches(path)) {
            return Ok(());
        }
        let allowed: Vec<_> = globs.iter().map(ToString::to_string).collect();
        Err(BrokerError::PathNotAllowed { allowed: allowed.join(", ") })
    }

    fn check_parameter(&self, name: &str, value: &str) -> Result<(), BrokerError> {
        if name.is_empty() || name.chars().chain(value.chars()).any(char::is_control) {
            return Err(BrokerError::Query);
        }
        if self.placement().is_query(name) {
            return Err(BrokerError::QueryReserved(name.trim().to_ascii_lowercase()));
        }
        Ok(())
    }

    /// Checks that `url` sends what was decided here, byte for byte.
    fn check_round_trip(&self, path: &str, query: &str) -> Result<(), BrokerError> {
        let url = parse_url(&self.base().origin(), path, query).ok_or(BrokerError::Path)?;
        if url.path() == path
            && url.query().unwrap_or_default() == query
            && url.host_str() == Some(self.host())
        {
            Ok(())
        } else {
            Err(BrokerError::Path)
        }
    }

    fn encode_body(
        &self,
        body: Option<&RequestBody>,
        headers: &mut HeaderMap,
    ) -> Result<Option<Bytes>, BrokerError> {
        let (bytes, content_type) = match body {
            None => return Ok(None),
            Some(RequestBody::Text(text)) => {
                (Bytes::copy_from_slice(text.as_bytes()), "text/plain; charset=utf-8")
            }
            Some(RequestBody::Json(value)) => {
                (serde_json::to_vec(value).map_err(|_| BrokerError::Body)?.into(), "application/json")
            }
        };
        let max = self.limits().request_bytes;
        if u64::try_from(bytes.len()).map_or(true, |len| len > max) {
            return Err(BrokerError::BodyTooLarge { max });
        }
        headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(content_type));
        Ok(Some(bytes))
    }
}

impl PreparedRequest {
    /// Returns the method.
    #[must_use]
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// Returns the full path, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns the length of the body in bytes.
    #[must_use]
    pub fn body_len(&self) -> usize {
        self.body.as_ref().map_or(0, Bytes::len)
    }

    /// Returns the address to send to; `credential` is one more query parameter, encoded.
    pub(crate) fn url(&self, credential: Option<&str>) -> Option<Url> {
        let origin = self.spec.base().origin();
        let query = match credential {
            None => return parse_url(&origin, &self.path, &self.query),
            Some(pair) if self.query.is_empty() => pair.to_owned(),
            Some(pair) => format!("{}&{pair}", self.query),
        };
        parse_url(&origin, &self.path, &query)
    }
}

impl fmt::Debug for PreparedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PreparedRequest({} {}, {} bytes)", self.method, self.path, self.body_len())
    }
}

fn parse_url(origin: &str, path: &str, query: &str) -> Option<Url> {
    let text = if query.is_empty() { format!("{origin}{path}") } else { format!("{origin}{path}?{query}") };
    Url::parse(&text).ok()
}

/// Takes apart a query that is written into the path (`application/x-www-form-urlencoded`).
fn parse_query(query: &str) -> Result<Vec<(String, String)>, BrokerError> {
    let legal = |byte: u8| byte.is_ascii_graphic() && !b"?#\\\"<>".contains(&byte);
    if !query.bytes().all(legal) {
        return Err(BrokerError::Query);
    }
    let decode = |text: &str| {
        decode_strict(&text.replace('+', " "))
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or(BrokerError::Query)
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}
