use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{EventId, OrgId, Permission, SecretPath, VaultId};

/// One record of the audit log, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// Its id.
    pub id: EventId,
    /// Its place in the log, from 1.
    pub sequence: u64,
    /// What was done or tried, such as `secret.read`.
    pub action: String,
    /// Bare UUID of who did it; empty for the vault itself.
    pub actor_id: String,
    /// `user`, `agent` or `system`.
    pub actor_type: String,
    /// What it was done to: `secret`, `vault`, `policy`, `agent`, `binding`, `api_key`, `audit`.
    pub resource_type: String,
    /// Bare UUID of what it was done to; empty where there is none.
    pub resource_id: String,
    /// The organisation.
    pub org_id: OrgId,
    /// More, from a fixed list.
    pub details: AuditDetails,
    /// Where the request came from, where it came over the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// The event before; nothing for the first.
    pub prev_event_id: Option<EventId>,
    /// The keyed chain's hash up to this event, in lower-case hex.
    pub integrity_hash: String,
}

/// All that an audit event may say beside its fixed columns. There is no room for a value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditDetails {
    /// `allow` or `deny`.
    pub decision: String,
    /// Why it was denied, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The permission that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<Permission>,
    /// The vault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vault_id: Option<VaultId>,
    /// The path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<SecretPath>,
    /// The version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// The name of a vault, an agent or a binding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The rules that decided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policy_ids: Vec<String>,
    /// The upstream's host, for an execution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The HTTP method, for an execution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The upstream's HTTP status, for an execution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How many forms of the credential were removed from the reply, for an execution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redactions: Option<u32>,
    /// Joins the start and the end of an execution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_id: Option<String>,
    /// How many items an answer had, or how many tries one event stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

/// Which events to list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditFilter {
    /// A resource's id, a vault's id or a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<String>,
    /// What was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The first instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// The first instant after.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// The most events, 1 to 1,000; 100 unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// How many to pass over; 0 unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u32>,
}

/// The reply of listing events.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AuditPage {
    /// The events, newest first.
    pub events: Vec<AuditEvent>,
    /// How many there are in this page.
    pub count: u64,
}

/// The reply of verifying the chain: everything is recomputed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditVerification {
    /// Whether every event is the one that was written, in its place.
    pub chain_valid: bool,
    /// How many events were found right.
    pub events_verified: u64,
    /// How many events were looked at.
    pub events_checked: u64,
    /// The first event that is not right.
    pub broken_at_event_id: Option<EventId>,
    /// What is wrong there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// How the chain is made.
    pub scheme: AuditScheme,
}

/// How the audit chain is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditScheme {
    /// The keyed hash.
    pub algorithm: String,
    /// What is hashed.
    pub chain_structure: String,
    /// The field of an event that holds the hash.
    pub hash_field: String,
    /// The field of an event that names the one before.
    pub link_field: String,
    /// Where it is documented.
    pub documentation: String,
}
