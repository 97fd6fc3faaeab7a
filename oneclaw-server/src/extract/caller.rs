use std::convert::Infallible;
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use oneclaw_api::{Problem, ProblemKind};
use oneclaw_vault::Session;

use crate::reply::Failure;

/// The authenticated caller, as the vault's session for it.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) Arc<Session>);

impl Deref for Caller {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            // Only a public row has no caller, and no handler of one asks for it.
            Failure(Problem::new(ProblemKind::Internal, "the route has no caller"))
        })
    }
}

/// The address of the other side; there is none on a unix socket.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Peer(pub(crate) Option<IpAddr>);

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or_default())
    }
}
