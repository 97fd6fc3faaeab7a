use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{AgentId, ApiKey, ApiKeyId, OrgId, PrincipalId, VaultId};

/// Who the caller is, as the vault sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The caller.
    pub principal: PrincipalId,
    /// Its organisation.
    pub org: OrgId,
    /// Its name.
    pub name: String,
    /// The vaults an agent is bound to; none means all its policies name.
    pub vault_ids: Vec<VaultId>,
}

/// The body of exchanging an agent's key for a token.
#[derive(Debug, Deserialize)]
pub struct AgentTokenRequest {
    /// The key.
    pub api_key: Zeroizing<String>,
    /// The agent the caller takes itself for; it must fit the key.
    #[serde(default)]
    pub agent_id: Option<AgentId>,
}

/// The body of exchanging any key for a token.
#[derive(Debug, Deserialize)]
pub struct ApiKeyTokenRequest {
    /// The key.
    pub api_key: Zeroizing<String>,
}

/// The reply of a key exchange.
#[derive(Serialize, Deserialize)]
pub struct TokenResponse {
    /// The token: a JWT signed with EdDSA.
    pub access_token: Zeroizing<String>,
    /// Always `Bearer`.
    pub token_type: String,
    /// Seconds until the token expires.
    pub expires_in: u32,
    /// The agent the key belongs to; only in an exchange that did not name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// The vaults the agent is bound to; only in an exchange that did not name the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vault_ids: Option<Vec<VaultId>>,
}

impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenResponse")
            .field("expires_in", &self.expires_in)
            .field("agent_id", &self.agent_id)
            .field("vault_ids", &self.vault_ids)
            .finish_non_exhaustive()
    }
}

/// What a person's new API key is made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewApiKey {
    /// What it is for.
    pub name: String,
    /// When it stops to work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A person's API key as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKeyRecord {
    /// Its id.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// Its first 12 characters.
    pub key_prefix: String,
    /// Always empty for now.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Whether it works.
    pub is_active: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops to work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A person's new API key, which is shown this once.
#[derive(Debug)]
pub struct ApiKeyCreated {
    /// The record.
    pub key: ApiKeyRecord,
    /// The key.
    pub api_key: ApiKey,
}

/// The reply of listing API keys.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApiKeyList {
    /// The caller's keys.
    pub keys: Vec<ApiKeyRecord>,
}
