//! What the agent gets of an upstream's reply (INV-7).

mod body;
mod content_coding;

use std::collections::BTreeMap;

use http::header::{
    CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderMap, TRANSFER_ENCODING,
};
use http::{Method, StatusCode};
use oneclaw_api::UpstreamReply;
use serde_json::Value;
use thiserror::Error;

use crate::Scrubber;

/// Why the body of a reply is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Withheld {
    #[error(
        "the reply's body is over {max} bytes; ask for less, or have the binding's owner raise max_response_bytes"
    )]
    TooLarge { max: u64 },
    #[error("the reply is encoded in a way that can't be scrubbed, though an unencoded one was asked for")]
    Coding,
    #[error("the reply's body could not be decoded")]
    Undecodable,
    #[error("the reply is a part of a document, which can't be scrubbed")]
    Partial,
    #[error("the reply switches to another protocol")]
    Upgrade,
    #[error("the reply's body is no UTF-8 text but {len} bytes of another type, which can't be scrubbed")]
    Binary { len: usize },
    #[error("the reply holds a credential in a form that could not be removed")]
    NotClean,
}

/// Headers of the connection, of the message's framing and of the upstream's own state.
const DROPPED: [&str; 17] = [
    "alt-svc",
    "clear-site-data",
    "connection",
    "content-encoding",
    "content-length",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-connection",
    "refresh",
    "set-cookie",
    "set-cookie2",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
];

/// Tells from the head alone why the body can't be scrubbed.
pub(crate) fn check_head(status: StatusCode, headers: &HeaderMap) -> Result<(), Withheld> {
    if status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(Withheld::Upgrade);
    }
    let multipart_ranges = headers.get_all(CONTENT_TYPE).iter().any(|value| {
        String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase().contains("multipart/byteranges")
    });
    if status == StatusCode::PARTIAL_CONTENT || headers.contains_key(CONTENT_RANGE) || multipart_ranges {
        return Err(Withheld::Partial);
    }
    let chunked = |value: &http::HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked");
    if !headers.get_all(TRANSFER_ENCODING).iter().all(chunked) {
        return Err(Withheld::Coding);
    }
    Ok(())
}

/// Decodes a body as `Content-Encoding` says, within `max` bytes.
pub(crate) fn decode(headers: &HeaderMap, body: Vec<u8>, max: u64) -> Result<Vec<u8>, Withheld> {
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    let coding = codings.next();
    if codings.next().is_some() {
        return Err(Withheld::Coding);
    }
    content_coding::decode(coding.map(http::HeaderValue::as_bytes), body, max)
}

/// Scrubs status, headers and body into what the agent gets, and counts what was removed.
///
/// The finished reply is looked through once more: what would still hold a form of a value is not handed out.
pub(crate) fn scrub(
    scrubber: &Scrubber,
    method: &Method,
    status: StatusCode,
    headers: &HeaderMap,
    body: Result<Vec<u8>, Withheld>,
) -> (UpstreamReply, u32, Option<Withheld>) {
    let mut redactions = 0;
    let shown = scrub_headers(scrubber, method, headers, &mut redactions);
    let (body, withheld) = match body.and_then(|body| body::scrub(scrubber, headers, &body, &mut redactions))
    {
        Ok(body) => (body, None),
        Err(reason) => (None, Some(reason)),
    };
    let mut reply = UpstreamReply {
        status: status.as_u16(),
        headers: shown,
        body,
        withheld: withheld.map(|reason| reason.to_string()),
    };
    let clean = serde_json::to_vec(&reply).is_ok_and(|bytes| scrubber.count(&bytes) == 0);
    if clean {
        return (reply, redactions, withheld);
    }
    reply.headers.clear();
    reply.body = None;
    reply.withheld = Some(Withheld::NotClean.to_string());
    (reply, redactions.saturating_add(1), Some(Withheld::NotClean))
}

fn scrub_headers(
    scrubber: &Scrubber,
    method: &Method,
    headers: &HeaderMap,
    redactions: &mut u32,
) -> BTreeMap<String, String> {
    let per_hop = connection_options(headers);
    let mut shown = BTreeMap::<String, String>::new();
    for (name, value) in headers {
        let name = name.as_str();
        // The answer to HEAD is this header.
        let asked = *method == Method::HEAD && name == CONTENT_LENGTH.as_str();
        if !asked && (DROPPED.contains(&name) || per_hop.iter().any(|option| option == name)) {
            continue;
        }
        if scrubber.count(name.as_bytes()) > 0 {
            *redactions = redactions.saturating_add(1);
            continue;
        }
        let scrubbed = scrubber.scrub(value.as_bytes());
        *redactions = redactions.saturating_add(scrubbed.redactions);
        let Ok(text) = String::from_utf8(scrubbed.bytes) else { continue };
        shown
            .entry(name.to_owned())
            .and_modify(|joined| {
                joined.push_str(", ");
                joined.push_str(&text);
            })
            .or_insert(text);
    }
    shown
}

/// Returns the headers that `Connection` says are for this hop alone.
fn connection_options(headers: &HeaderMap) -> Vec<String> {
    headers
        .get_all(http::header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|option| option.trim().to_ascii_lowercase())
        .collect()
}

/// Returns the reply of which only the status is shown.
pub(crate) fn status_only(status: StatusCode) -> UpstreamReply {
    UpstreamReply { status: status.as_u16(), headers: BTreeMap::new(), body: None::<Value>, withheld: None }
}
