use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use oneclaw_api::{Problem, ProblemKind};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// One request of the API, ready to be sent more than once.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The route below the base URL, with the query.
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
    /// Whether the vault waits for other work before it answers.
    pub(crate) is_long: bool,
}

impl Request {
    pub(crate) fn new(method: Method, target: impl Into<String>) -> Self {
        Self { method, target: target.into(), headers: HeaderMap::new(), body: None, is_long: false }
    }

    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self::new(Method::GET, target)
    }

    pub(crate) fn post(target: impl Into<String>) -> Self {
        Self::new(Method::POST, target)
    }

    pub(crate) fn delete(target: impl Into<String>) -> Self {
        Self::new(Method::DELETE, target)
    }

    /// Adds query parameters; `None` values are left out.
    pub(crate) fn query<'a>(mut self, pairs: impl IntoIterator<Item = (&'a str, Option<String>)>) -> Self {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in pairs {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
        let query = query.finish();
        if !query.is_empty() {
            self.target.push('?');
            self.target.push_str(&query);
        }
        self
    }

    /// Sets a body that holds no secret.
    pub(crate) fn json(self, body: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(body)
            .map_err(|_| Problem::bad_request("the request can't be encoded as JSON"))?;
        Ok(self.bytes(Bytes::from(body)))
    }

    /// Sets a body that is wiped once it is sent.
    pub(crate) fn secret_json(self, body: Zeroizing<Vec<u8>>) -> Self {
        self.bytes(Bytes::from_owner(body))
    }

    /// Asks for the write to happen only while `version` is the current one; 0 stands for none.
    pub(crate) fn if_match(self, version: Option<u32>) -> Self {
        match version.and_then(|version| HeaderValue::try_from(format!("\"{version}\"")).ok()) {
            Some(value) => self.header(http::header::IF_MATCH, value),
            None => self,
        }
    }

    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(crate) const fn long(mut self) -> Self {
        self.is_long = true;
        self
    }

    fn bytes(mut self, body: Bytes) -> Self {
        self.body = Some(body);
        self.header(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
    }
}

/// A reply with a success status.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

impl Reply {
    /// Decodes the body.
    pub(crate) fn decode<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        // What serde says may quote the body.
        serde_json::from_slice(&self.body).map_err(|_| {
            Problem::new(
                ProblemKind::Internal,
                format!(
                    "the vault's reply ({}) is not what this client expects; check that their versions fit",
                    self.status.as_u16()
                ),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_encoded_and_left_out_when_empty() {
        let none: [(&str, Option<String>); 1] = [("prefix", None)];
        assert_eq!(Request::get("/v1/x").query(none).target, "/v1/x");
        assert_eq!(
            Request::get("/v1/x").query([("prefix", Some("a/b&c=d".to_owned()))]).target,
            "/v1/x?prefix=a%2Fb%26c%3Dd"
        );
    }

    #[test]
    fn an_expected_version_is_a_quoted_tag() {
        let request = Request::delete("/v1/x").if_match(Some(3));
        assert_eq!(request.headers[http::header::IF_MATCH], "\"3\"");
        assert!(Request::delete("/v1/x").if_match(None).headers.is_empty());
    }
}
