use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use http::header::{CONNECTION, EXPECT, HeaderValue};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};

/// What is read and thrown away of a body that nobody wanted.
const UNWANTED_BYTES: usize = 64 << 10;
/// What is read of one that is too large, so that its sender gets to see the answer.
const TOO_LARGE_BYTES: usize = 16 << 20;
/// How long the rest of a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(2);

/// Reads what a handler left of a request's body before the reply goes out. Else the connection would be cut while the
/// client still sends, or takes it to be alive: it would lose this reply or the next.
///
/// A body that is long, slow or waits to be asked for is not read; the reply then says that the connection ends.
pub(crate) async fn drain_bodies(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let waits = request.headers().contains_key(EXPECT);
    let (parts, body) = request.into_parts();
    let shared = Shared(Arc::new(Mutex::new(body)));
    let mut response = next.run(Request::from_parts(parts, Body::new(shared.clone()))).await;
    if shared.is_end_stream() {
        return response;
    }
    let too_large = response.status() == StatusCode::PAYLOAD_TOO_LARGE;
    let limit = if too_large { TOO_LARGE_BYTES } else { UNWANTED_BYTES };
    let is_worth_it = !waits && usize::try_from(shared.size_hint().lower()).is_ok_and(|rest| rest <= limit);
    let is_drained = is_worth_it && tokio::time::timeout(PATIENCE, drain(shared, limit)).await == Ok(true);
    if !is_drained {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Reads to the end and throws away; tells whether there was an end.
async fn drain(mut body: Shared, limit: usize) -> bool {
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return false };
        length = length.saturating_add(frame.data_ref().map_or(0, Bytes::len));
        if length > limit {
            return false;
        }
    }
    true
}

/// A body that can still be read when its request is gone.
#[derive(Clone)]
struct Shared(Arc<Mutex<Body>>);

impl HttpBody for Shared {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Pin::new(&mut *body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).size_hint()
    }
}
