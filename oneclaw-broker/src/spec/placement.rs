use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use oneclaw_api::AuthType;
use zeroize::Zeroizing;

use crate::BrokerError;
use crate::percent::encode_component_into;
use crate::spec::request_headers::{BASE, frames_the_request, is_token};

const SLOT: &str = "{value}";

/// The one place where a binding puts the credential. The agent has no say in it (INV-4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Placement {
    /// A header: text before the value, text after it.
    Header { name: HeaderName, before: String, after: String },
    /// HTTP Basic authentication (RFC 7617): the value is the password.
    Basic { user: String },
    /// A query parameter.
    Query { name: String },
}

impl Placement {
    pub(crate) fn parse(
        auth_type: AuthType,
        header: Option<&str>,
        format: Option<&str>,
        query: Option<&str>,
        user: Option<&str>,
    ) -> Result<Self, BrokerError> {
        match (auth_type, header, format, query, user) {
            (AuthType::Bearer, None, None, None, None) => {
                Ok(Self::Header { name: AUTHORIZATION, before: "Bearer ".to_owned(), after: String::new() })
            }
            (AuthType::Header, Some(name), format, None, None) => {
                let name = parse_header_name(name)?;
                let (before, after) = parse_format(format.unwrap_or(SLOT))?;
                Ok(Self::Header { name, before, after })
            }
            (AuthType::Basic, None, None, None, user) => {
                let user = user.unwrap_or_default();
                let legal = |byte| matches!(byte, b' '..=b'~') && byte != b':';
                if user.len() > 128 || !user.bytes().all(legal) {
                    return Err(BrokerError::PlacementUser);
                }
                Ok(Self::Basic { user: user.to_owned() })
            }
            (AuthType::Query, None, None, Some(name), None) => {
                let legal =
                    |byte| matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.');
                if !(1..=64).contains(&name.len()) || !name.bytes().all(legal) {
                    return Err(BrokerError::PlacementQuery);
                }
                Ok(Self::Query { name: name.to_owned() })
            }
            (AuthType::Bearer, ..) => Err(BrokerError::PlacementFields { needs: "nothing" }),
            (AuthType::Header, ..) => {
                Err(BrokerError::PlacementFields { needs: "auth_header (and auth_format)" })
            }
            (AuthType::Basic, ..) => {
                Err(BrokerError::PlacementFields { needs: "auth_user, which may be absent," })
            }
            (AuthType::Query, ..) => Err(BrokerError::PlacementFields { needs: "auth_query" }),
        }
    }

    /// Returns the header that holds the credential.
    pub(crate) fn header(&self) -> Option<HeaderName> {
        match self {
            Self::Header { name, .. } => Some(name.clone()),
            Self::Basic { .. } => Some(AUTHORIZATION),
            Self::Query { .. } => None,
        }
    }

    /// Tells whether a query parameter is the one that holds the credential, or might be read as it.
    pub(crate) fn is_query(&self, name: &str) -> bool {
        match self {
            Self::Query { name: own } => name.trim().eq_ignore_ascii_case(own),
            _ => false,
        }
    }

    /// Tells whether a value can be sent here.
    pub(crate) fn carries(&self, value: &[u8]) -> bool {
        match self {
            Self::Header { .. } => value.iter().all(u8::is_ascii_graphic),
            Self::Basic { .. } | Self::Query { .. } => {
                std::str::from_utf8(value).is_ok_and(|text| !text.chars().any(char::is_control))
            }
        }
    }

    /// Puts the value in its header, or returns the query parameter to append to the address.
    pub(crate) fn apply(
        &self,
        value: &[u8],
        headers: &mut HeaderMap,
    ) -> Result<Option<Zeroizing<String>>, BrokerError> {
        match self {
            Self::Header { name, before, after } => {
                let mut text = Zeroizing::new(Vec::with_capacity(before.len() + value.len() + after.len()));
                text.extend_from_slice(before.as_bytes());
                text.extend_from_slice(value);
                text.extend_from_slice(after.as_bytes());
                headers.insert(name.clone(), sensitive(&text)?);
                Ok(None)
            }
            Self::Basic { user } => {
                let mut pair = Zeroizing::new(Vec::with_capacity(user.len() + 1 + value.len()));
                pair.extend_from_slice(user.as_bytes());
                pair.push(b':');
                pair.extend_from_slice(value);
                let base64 = data_encoding::BASE64;
                let mut text = Zeroizing::new(String::with_capacity(6 + base64.encode_len(pair.len())));
                text.push_str("Basic ");
                base64.encode_append(&pair, &mut text);
                headers.insert(AUTHORIZATION, sensitive(text.as_bytes())?);
                Ok(None)
            }
            Self::Query { name } => {
                let mut pair = Zeroizing::new(String::with_capacity(name.len() + 1 + value.len() * 3));
                pair.push_str(name);
                pair.push('=');
                encode_component_into(value, &mut pair);
                Ok(Some(pair))
            }
        }
    }
}

fn sensitive(text: &[u8]) -> Result<HeaderValue, BrokerError> {
    let mut value = HeaderValue::from_bytes(text).map_err(|_| BrokerError::ValueNotLegal)?;
    value.set_sensitive(true);
    Ok(value)
}

fn parse_header_name(name: &str) -> Result<HeaderName, BrokerError> {
    let lower = name.to_ascii_lowercase();
    if !is_token(name) || frames_the_request(&lower) || BASE.contains(&lower.as_str()) {
        return Err(BrokerError::PlacementHeader);
    }
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| BrokerError::PlacementHeader)
}

fn parse_format(format: &str) -> Result<(String, String), BrokerError> {
    let legal = format.len() <= 256
        && format.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && format.trim() == format;
    match format.split_once(SLOT) {
        Some((before, after)) if legal && !after.contains(SLOT) => Ok((before.to_owned(), after.to_owned())),
        _ => Err(BrokerError::PlacementFormat),
    }
}
