use axum::Router;
use oneclaw_api::{Problem, ProblemKind};
use oneclaw_vault::Vault;

use crate::capability;
use crate::hosts::Hosts;
use crate::middleware::{drain_bodies, guard_hosts, guard_panics, name_requests, set_headers};
use crate::reply::{Answer, Failure};

/// What every handler may ask.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) vault: Vault,
}

/// Makes the HTTP API over a vault, for this machine: it answers to loopback names and addresses.
pub fn app(vault: Vault) -> Router {
    app_for(vault, Hosts::loopback())
}

/// Makes the HTTP API over a vault, answering to the given hosts.
pub fn app_for(vault: Vault, hosts: Hosts) -> Router {
    let app = App { vault };
    capability::router(&app)
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        // The last layer is the first to see a request.
        .layer(axum::middleware::from_fn_with_state(hosts, guard_hosts))
        .layer(axum::middleware::from_fn(guard_panics))
        .layer(axum::middleware::from_fn(drain_bodies))
        .layer(axum::middleware::from_fn(set_headers))
        .layer(axum::middleware::from_fn(name_requests))
        .with_state(app)
}

async fn not_found() -> Answer {
    Err(Failure(Problem::not_found("there is no such route; the API's reference lists them")))
}

async fn method_not_allowed() -> axum::response::Response {
    crate::reply::method_not_allowed(&Problem::new(
        ProblemKind::BadRequest,
        "this route does not take this method; the header `Allow` lists those it takes",
    ))
}
