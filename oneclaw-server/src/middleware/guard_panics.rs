use std::panic::AssertUnwindSafe;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use oneclaw_api::{Problem, ProblemKind};

use crate::reply::Failure;

/// Answers 500 where a handler panics, rather than to drop the connection. What the panic says may hold a value, so it
/// goes neither into the reply nor into the log.
pub(crate) async fn guard_panics(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            tracing::error!("a handler panicked");
            let problem = Problem::new(
                ProblemKind::Internal,
                "the server failed; report it with the reply's X-Request-Id",
            );
            Failure(problem).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered_and_not_told() {
        let handler = || async {
            if true {
                panic!("canary-7391")
            }
        };
        let router = Router::new().route("/", get(handler)).layer(axum::middleware::from_fn(guard_panics));
        let request = http::Request::get("/").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status(), 500);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(!String::from_utf8_lossy(&body).contains("canary"));
    }
}
