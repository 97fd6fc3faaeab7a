use std::time::Duration;

use axum::extract::{FromRequest, Request};
use http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use oneclaw_api::{MAX_VALUE_BYTES, Problem, ProblemKind};
use zeroize::Zeroizing;

use super::{Caller, Fields};
use crate::reply::Failure;

/// The largest body of an authenticated request: the largest value with each byte as `\u0000`, and 64 KiB beside it.
const BODY_BYTES: usize = 6 * MAX_VALUE_BYTES + (64 << 10);
/// The largest body of a request without a caller: a key is all that it may send.
const PUBLIC_BODY_BYTES: usize = 16 << 10;
/// A body may take no longer to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The body of a request, in memory that is wiped; its media type counts for nothing, since clients send
/// `application/json` even with none.
#[derive(Debug)]
pub(crate) struct Body(Zeroizing<Vec<u8>>);

impl Body {
    /// Returns the bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Parses a JSON object; an empty body is one without fields.
    pub(crate) fn fields(&self) -> Result<Fields<'_>, Problem> {
        Fields::parse(&self.0)
    }
}

impl<S: Sync> FromRequest<S> for Body {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let is_known = request.extensions().get::<Caller>().is_some();
        let limit = if is_known { BODY_BYTES } else { PUBLIC_BODY_BYTES };
        match tokio::time::timeout(BODY_TIMEOUT, read(request, limit)).await {
            Ok(Ok(body)) => Ok(Self(body)),
            Ok(Err(problem)) => Err(Failure(problem)),
            Err(_) => Err(Failure(Problem::bad_request("the body did not arrive within 30 s"))),
        }
    }
}

async fn read(request: Request, limit: usize) -> Result<Zeroizing<Vec<u8>>, Problem> {
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large(limit));
    }
    let mut body = request.into_body();
    let mut frames = Vec::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::bad_request("the body broke off"))?;
        if let Ok(data) = frame.into_data() {
            length = length.saturating_add(data.len());
            if length > limit {
                return Err(too_large(limit));
            }
            frames.push(data);
        }
    }
    // Gathered in one allocation: a buffer that grows leaves copies behind.
    let mut whole = Zeroizing::new(Vec::with_capacity(length));
    for frame in &frames {
        whole.extend_from_slice(frame);
    }
    Ok(whole)
}

fn too_large(limit: usize) -> Problem {
    Problem::new(
        ProblemKind::TooLarge,
        format!("the body is larger than {} KiB; a value may have 1 MiB at most", limit >> 10),
    )
}
