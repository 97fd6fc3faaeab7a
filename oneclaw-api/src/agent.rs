use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AgentId, ApiKey, VaultId};

/// An agent as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Its name, unique in the organisation.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// How it authenticates: always `api_key`.
    #[serde(default)]
    pub auth_method: String,
    /// Explicit path scopes, a ceiling above its policies.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Whether it may authenticate.
    pub is_active: bool,
    /// Always off: other clients ask for the field.
    #[serde(default)]
    pub intents_api_enabled: bool,
    /// Always off: other clients ask for the field.
    #[serde(default)]
    pub shroud_enabled: bool,
    /// Whether it may execute its bindings.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub execution_intents_enabled: bool,
    /// Lifetime of its tokens in seconds, where it differs from the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_ttl_seconds: Option<u32>,
    /// The vaults it is bound to; none means all its policies name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vault_ids: Vec<VaultId>,
    /// Bare UUID of who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// When its key stops to work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key_expires_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The reply of listing agents.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AgentList {
    /// The agents of the organisation.
    pub agents: Vec<Agent>,
}

/// What a new agent is made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAgent {
    /// Its name: `[A-Za-z0-9_-]`, 1 to 64 characters.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Explicit path scopes; texts with a colon are labels and limit nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// The vaults it is bound to; none means all its policies name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vault_ids: Vec<VaultId>,
    /// Lifetime of its tokens in seconds, 61 to 86,400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_ttl_seconds: Option<u32>,
    /// Whether it may execute its bindings.
    #[serde(default)]
    pub execution_intents_enabled: bool,
    /// When its key stops to work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key_expires_at: Option<Timestamp>,
}

/// What changes in an agent; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateAgent {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Explicit path scopes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
    /// Whether it may authenticate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// The vaults it is bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vault_ids: Option<Vec<VaultId>>,
    /// Lifetime of its tokens in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_ttl_seconds: Option<u32>,
    /// Whether it may execute its bindings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution_intents_enabled: Option<bool>,
    /// When its key stops to work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key_expires_at: Option<Timestamp>,
}

/// A new agent with its key, which is shown this once.
#[derive(Debug)]
pub struct AgentCreated {
    /// The agent.
    pub agent: Agent,
    /// Its key.
    pub api_key: ApiKey,
}

/// An agent's new key, which is shown this once; the former one is dead.
#[derive(Debug)]
pub struct AgentKeyRotated {
    /// The key.
    pub api_key: ApiKey,
}
