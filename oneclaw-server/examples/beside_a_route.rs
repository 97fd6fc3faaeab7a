//! Serves a vault of its own beside another route, and asks it how it is: `cargo run -p oneclaw-server --example beside_a_route`.

use std::error::Error;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http_body_util::BodyExt;
use oneclaw_vault::{Home, Vault};
use tower::ServiceExt;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let vault = Vault::init(&Home::at(directory.path().join("home"))).await?;
    let app = Router::new().route("/", get(|| async { "hello" })).merge(oneclaw_server::app(vault));
    for target in ["/", "/v1/health", "/v1/vaults"] {
        let request = http::Request::get(target).header("host", "localhost").body(Body::empty())?;
        let response = app.clone().oneshot(request).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        println!("GET {target}: {status} {}", String::from_utf8_lossy(&body));
    }
    Ok(())
}
