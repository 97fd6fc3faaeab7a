use axum::extract::State;
use serde::Serialize;

use crate::app::App;
use crate::reply::{Answer, ok};

/// `GET /v1/health`
pub(crate) async fn show(State(app): State<App>) -> Answer {
    ok(&app.vault.health().await)
}

/// `GET /v1/health/hsm`: how the key provider is.
pub(crate) async fn key_provider(State(app): State<App>) -> Answer {
    #[derive(Serialize)]
    struct KeyProvider {
        status: &'static str,
    }
    let status = if app.vault.health().await.status == "healthy" { "ok" } else { "degraded" };
    ok(&KeyProvider { status })
}
