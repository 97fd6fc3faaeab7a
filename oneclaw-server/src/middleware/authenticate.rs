use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use oneclaw_api::{PrincipalType, Problem, VaultApi};

use crate::app::App;
use crate::capability::Needs;
use crate::extract::{Caller, Peer};
use crate::reply::Failure;

/// What a row of the capability table asks of a caller.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    pub(crate) app: App,
    pub(crate) needs: Needs,
}

/// Lets a request through to its handler once its caller is known, and of the kind that the row needs.
pub(crate) async fn authenticate(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    if gate.needs == Needs::Public {
        return next.run(request).await;
    }
    let peer = request.extensions().get::<Peer>().copied().unwrap_or_default();
    match admit(&gate, request.headers(), peer).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(problem) => Failure(problem).into_response(),
    }
}

async fn admit(gate: &Gate, headers: &HeaderMap, Peer(ip): Peer) -> Result<Caller, Problem> {
    let session = gate.app.vault.authenticate(bearer(headers)?, ip).await?;
    let wanted = match gate.needs {
        Needs::Public | Needs::Caller => None,
        Needs::User => Some(PrincipalType::User),
        Needs::Agent => Some(PrincipalType::Agent),
    };
    if let Some(wanted) = wanted
        && session.whoami().await?.principal.kind() != wanted
    {
        return Err(Problem::forbidden(match wanted {
            PrincipalType::User => "this is for people; an agent asks /v1/agents/me who it is",
            PrincipalType::Agent => "this is for agents; a person asks /v1/auth/me who they are",
        }));
    }
    Ok(Caller(Arc::new(session)))
}

/// Finds the one bearer token of a request (RFC 6750, section 2.1).
pub(crate) fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(unauthenticated());
    };
    let (scheme, token) =
        value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(unauthenticated)?;
    let token = token.trim_matches(' ');
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Ok(token)
    } else {
        Err(unauthenticated())
    }
}

fn unauthenticated() -> Problem {
    Problem::unauthorized(
        "the request has no bearer token; exchange an API key at /v1/auth/agent-token and send \
         `Authorization: Bearer <token>`",
    )
}

#[cfg(test)]
mod tests {
    use http::header::HeaderValue;

    use super::*;

    fn found(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        bearer(&headers).ok().map(str::to_owned)
    }

    #[test]
    fn one_bearer_is_found() {
        for value in ["Bearer t", "bearer t", "BEARER  t "] {
            assert_eq!(found(&[value]).as_deref(), Some("t"), "{value}");
        }
        for values in [&[][..], &["t"], &["Basic t"], &["Bearer"], &["Bearer "], &["Bearer t", "Bearer t"]] {
            assert_eq!(found(values), None, "{values:?}");
        }
    }
}
