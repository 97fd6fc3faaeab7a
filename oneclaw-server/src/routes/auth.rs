use axum::extract::State;
use http::HeaderMap;
use oneclaw_api::{AgentId, Identity, OrgId, Problem, TokenResponse, VaultApi};
use oneclaw_vault::TokenGrant;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::app::App;
use crate::extract::{Body, Caller, Fields, Peer};
use crate::middleware::bearer;
use crate::reply::{Answer, no_content, ok};

/// `POST /v1/auth/agent-token`: exchanges an agent's key for a token.
///
/// Who names the agent gets the three standard fields: some clients take no other. Who doesn't is told which agent the
/// key belongs to and which vaults it is bound to.
pub(crate) async fn agent_token(State(app): State<App>, Peer(ip): Peer, body: Body) -> Answer {
    let fields = body.fields()?;
    let key = api_key(&fields)?;
    let named: Option<AgentId> = fields.optional("agent_id", "must be the id of an agent")?;
    if key.starts_with("1ck_") {
        return Err(Problem::unauthorized("a person's key is exchanged at /v1/auth/api-key-token").into());
    }
    let grant = app.vault.exchange(&key, named, ip).await?;
    let (agent_id, vault_ids) = match named {
        Some(_) => (None, None),
        None => (grant.agent, Some(grant.vault_ids.clone())),
    };
    ok(&TokenResponse { agent_id, vault_ids, ..token_response(&grant) })
}

/// `POST /v1/auth/api-key-token`: exchanges a key of either kind for a token, with the standard fields alone.
pub(crate) async fn api_key_token(State(app): State<App>, Peer(ip): Peer, body: Body) -> Answer {
    let grant = app.vault.exchange(&api_key(&body.fields()?)?, None, ip).await?;
    ok(&token_response(&grant))
}

/// `DELETE /v1/auth/token`: revokes the token that it comes with.
pub(crate) async fn revoke_token(State(app): State<App>, headers: HeaderMap) -> Answer {
    app.vault.revoke_token(bearer(&headers)?).await?;
    no_content()
}

/// `GET /v1/auth/me`: who the person is.
pub(crate) async fn me(caller: Caller) -> Answer {
    #[derive(Serialize)]
    struct Profile {
        id: String,
        display_name: String,
        auth_method: &'static str,
        org_id: OrgId,
    }
    let Identity { principal, org, name, vault_ids: _ } = caller.whoami().await?;
    ok(&Profile { id: principal.id(), display_name: name, auth_method: "api_key", org_id: org })
}

fn api_key(fields: &Fields<'_>) -> Result<Zeroizing<String>, Problem> {
    fields.required("api_key", "must be an API key")
}

fn token_response(grant: &TokenGrant) -> TokenResponse {
    TokenResponse {
        access_token: Zeroizing::new(grant.token.expose_token().to_owned()),
        token_type: "Bearer".to_owned(),
        expires_in: grant.expires_in,
        agent_id: None,
        vault_ids: None,
    }
}
