use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AgentId, BindingId, SecretPath, SecretValue, VaultId};

/// Where a binding puts the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthType {
    /// `Authorization: Bearer {value}`.
    Bearer,
    /// A header with a format.
    Header,
    /// HTTP Basic authentication: the value is the password.
    Basic,
    /// A query parameter.
    Query,
}

/// Where a binding's calls go and where the credential is put. Unknown keys are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BindingConfig {
    /// The prefix that a call's path is joined to: https, or http to a permitted loopback.
    pub base_url: String,
    /// The placement.
    pub auth_type: AuthType,
    /// The header's name, for `header`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_header: Option<String>,
    /// The header's text with `{value}` once, for `header`; `{value}` unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_format: Option<String>,
    /// The parameter's name, for `query`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_query: Option<String>,
    /// The user's name, for `basic`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_user: Option<String>,
}

/// How much of a reply the agent gets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseMode {
    /// Status, headers and the scrubbed body.
    #[default]
    Full,
    /// The status alone.
    StatusOnly,
}

/// The limits of a binding. Unknown keys are refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Guardrails {
    /// Exact hosts; the host of `base_url` unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_hosts: Option<Vec<String>>,
    /// Ports; the port of `base_url` unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_ports: Option<Vec<u16>>,
    /// Methods; GET and HEAD unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_methods: Option<Vec<String>>,
    /// Path patterns with `*` and `**`; everything below `base_url` unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_paths: Option<Vec<String>>,
    /// Request headers that the agent may set, beside `Accept` and `Content-Type`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_request_headers: Option<Vec<String>>,
    /// How much of a reply the agent gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_mode: Option<ResponseMode>,
    /// The largest request body; 1 MiB unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_request_bytes: Option<u64>,
    /// The largest reply body; 1 MiB unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_response_bytes: Option<u64>,
    /// The time-out in milliseconds; 30,000 unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_duration_ms: Option<u64>,
    /// The most calls a minute; 60 unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_requests_per_minute: Option<u32>,
    /// Permits loopback and private addresses, and plain http to loopback.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_private_networks: Option<bool>,
}

/// A binding as the API shows it: never the credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// Its id.
    pub id: BindingId,
    /// The one agent that may use it.
    pub agent_id: AgentId,
    /// Always `http`.
    pub binding_type: String,
    /// Its name: `[A-Za-z0-9_-]`, 1 to 64 characters, unique for the agent.
    pub name: String,
    /// Where calls go and where the credential is put.
    pub config: BindingConfig,
    /// The limits.
    pub guardrails: Guardrails,
    /// Whether it may be used.
    pub is_active: bool,
    /// Whether there is a credential: always.
    pub credential_set: bool,
    /// `inline` or `vault_ref`.
    pub credential_source_type: String,
    /// The vault the credential is in.
    pub credential_vault_id: VaultId,
    /// The credential's path.
    pub credential_path: SecretPath,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The reply of listing bindings.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BindingList {
    /// The agent's bindings.
    pub bindings: Vec<Binding>,
}

/// Where a binding's credential comes from.
pub enum BindingSecret {
    /// A secret that is in the vault: its latest version at the time of each call.
    VaultRef {
        /// The vault.
        vault_id: VaultId,
        /// The path.
        path: SecretPath,
    },
    /// A value that is stored as a secret of its own.
    Inline(SecretValue),
}

impl fmt::Debug for BindingSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::VaultRef { vault_id, path } => write!(f, "VaultRef({vault_id}/{path})"),
            Self::Inline(_) => f.write_str("Inline"),
        }
    }
}

/// What a new binding is made from.
#[derive(Debug)]
pub struct NewBinding {
    /// Its name.
    pub name: String,
    /// Where calls go and where the credential is put.
    pub config: BindingConfig,
    /// The limits.
    pub guardrails: Guardrails,
    /// The credential.
    pub secret: BindingSecret,
}

/// What changes in a binding; absent fields stay.
#[derive(Debug, Default)]
pub struct UpdateBinding {
    /// Where calls go and where the credential is put.
    pub config: Option<BindingConfig>,
    /// The limits.
    pub guardrails: Option<Guardrails>,
    /// Whether it may be used.
    pub is_active: Option<bool>,
    /// The credential.
    pub secret: Option<BindingSecret>,
}
