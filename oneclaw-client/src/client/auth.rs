use oneclaw_api::{
    ApiKey, ApiKeyCreated, ApiKeyId, ApiKeyKind, ApiKeyList, ApiKeyRecord, Identity, NewApiKey, OrgId,
    PrincipalId, Problem, ProblemKind, TokenResponse, UserId, VaultId,
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Client;
use crate::request::{Reply, Request};

/// Exchanges the key for a token.
pub(crate) async fn exchange(client: &Client) -> Result<TokenResponse, Problem> {
    const HEAD: &[u8] = br#"{"api_key":""#;
    const TAIL: &[u8] = br#""}"#;
    let key = client.key.expose_key().as_bytes();
    let mut body = Zeroizing::new(Vec::with_capacity(HEAD.len() + key.len() + TAIL.len()));
    // Letters, digits and `_` need no escapes.
    body.extend_from_slice(HEAD);
    body.extend_from_slice(key);
    body.extend_from_slice(TAIL);
    let route = match client.key.kind() {
        ApiKeyKind::Agent => "/v1/auth/agent-token",
        ApiKeyKind::User => "/v1/auth/api-key-token",
    };
    client.send_bare(Request::post(route).secret_json(body)).await?.decode()
}

/// Asks the route that the kind of key may ask.
pub(crate) async fn whoami(client: &Client) -> Result<Identity, Problem> {
    #[derive(Deserialize)]
    struct User {
        id: UserId,
        #[serde(default)]
        display_name: String,
        org_id: OrgId,
    }
    #[derive(Deserialize)]
    struct Agent {
        id: oneclaw_api::AgentId,
        name: String,
        org_id: OrgId,
        #[serde(default)]
        vault_ids: Vec<VaultId>,
    }
    match client.key.kind() {
        ApiKeyKind::User => {
            let User { id, display_name, org_id } =
                client.send(Request::get("/v1/auth/me")).await?.decode()?;
            let principal = PrincipalId::User(id);
            Ok(Identity { principal, org: org_id, name: display_name, vault_ids: Vec::new() })
        }
        ApiKeyKind::Agent => {
            let Agent { id, name, org_id, vault_ids } =
                client.send(Request::get("/v1/agents/me")).await?.decode()?;
            Ok(Identity { principal: PrincipalId::Agent(id), org: org_id, name, vault_ids })
        }
    }
}

pub(crate) async fn list_api_keys(client: &Client) -> Result<Vec<ApiKeyRecord>, Problem> {
    Ok(client.send(Request::get("/v1/auth/api-keys")).await?.decode::<ApiKeyList>()?.keys)
}

pub(crate) async fn create_api_key(client: &Client, new: &NewApiKey) -> Result<ApiKeyCreated, Problem> {
    #[derive(Deserialize)]
    struct Wire {
        key: ApiKeyRecord,
    }
    let reply = client.send(Request::post("/v1/auth/api-keys").json(new)?).await?;
    Ok(ApiKeyCreated { key: reply.decode::<Wire>()?.key, api_key: shown_key(&reply)? })
}

pub(crate) async fn revoke_api_key(client: &Client, key: ApiKeyId) -> Result<(), Problem> {
    client.send(Request::delete(format!("/v1/auth/api-keys/{key}"))).await.map(drop)
}

/// Takes the key out of a reply that shows it this once.
pub(crate) fn shown_key(reply: &Reply) -> Result<ApiKey, Problem> {
    #[derive(Serialize, Deserialize)]
    struct Wire {
        api_key: Zeroizing<String>,
    }
    let Wire { api_key } = reply.decode()?;
    ApiKey::parse(&api_key).map_err(|_| {
        Problem::new(ProblemKind::Internal, "the vault's reply holds no API key of a known form")
    })
}
