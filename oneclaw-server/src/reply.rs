use std::io::{self, Write};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use oneclaw_api::{Problem, ProblemKind};
use serde::Serialize;
use zeroize::Zeroizing;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// What a handler answers.
pub(crate) type Answer = Result<Response, Failure>;

/// A problem as a reply.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Problem);

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self(problem) = self;
        let status =
            StatusCode::from_u16(problem.kind().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = with_body(status, PROBLEM_JSON, Bytes::from(problem.to_json()));
        let headers = response.headers_mut();
        if problem.kind() == ProblemKind::Unauthorized {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = problem.retry_after() {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// Answers 200 with JSON.
pub(crate) fn ok(body: &impl Serialize) -> Answer {
    json(StatusCode::OK, body)
}

/// Answers 201 with JSON.
pub(crate) fn created(body: &impl Serialize) -> Answer {
    json(StatusCode::CREATED, body)
}

/// Answers 204, which has no body.
pub(crate) fn no_content() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Answers 200 with JSON that is in wiped memory already.
pub(crate) fn ok_wiped(body: Zeroizing<Vec<u8>>) -> Response {
    with_body(StatusCode::OK, JSON, Bytes::from_owner(body))
}

/// Answers 405 with problem details; the router adds `Allow`.
pub(crate) fn method_not_allowed(problem: &Problem) -> Response {
    #[derive(Serialize)]
    struct Details<'a> {
        r#type: &'a str,
        title: &'a str,
        status: u16,
        detail: &'a str,
    }
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let details = Details {
        r#type: "about:blank",
        title: "Method Not Allowed",
        status: status.as_u16(),
        detail: problem.detail(),
    };
    with_body(status, PROBLEM_JSON, Bytes::from(serde_json::to_vec(&details).unwrap_or_default()))
}

/// Encodes in memory that is wiped and never grows, since a reply may hold a key or a token.
fn json(status: StatusCode, body: &impl Serialize) -> Answer {
    let failed = |_| Problem::new(ProblemKind::Internal, "the reply can't be encoded as JSON");
    let mut length = Length(0);
    serde_json::to_writer(&mut length, body).map_err(failed)?;
    let mut out = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *out, body).map_err(failed)?;
    Ok(with_body(status, JSON, Bytes::from_owner(out)))
}

fn with_body(status: StatusCode, media_type: HeaderValue, body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    response
}

/// Counts what is written.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
