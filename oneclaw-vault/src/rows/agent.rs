use jiff::Timestamp;
use oneclaw_api::{AgentId, VaultId};

use super::{Reader, Row, Values};
use crate::store::Table;

/// An agent, with its key by its HMAC.
#[derive(Debug, Clone)]
pub(crate) struct AgentRow {
    pub(crate) id: AgentId,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) key_prefix: String,
    pub(crate) key_digest: [u8; 32],
    /// Counts the keys the agent has had: tokens of former ones are dead.
    pub(crate) key_generation: u32,
    pub(crate) key_expires_at: Option<Timestamp>,
    pub(crate) token_ttl_seconds: Option<u32>,
    pub(crate) scopes: Vec<String>,
    pub(crate) vault_ids: Vec<VaultId>,
    pub(crate) may_execute: bool,
    pub(crate) is_active: bool,
    pub(crate) created_by: String,
    pub(crate) created_at: Timestamp,
}

impl Row for AgentRow {
    const TABLE: &'static Table = &Table {
        name: "agents",
        columns: &[
            "id",
            "name",
            "description",
            "key_prefix",
            "key_digest",
            "key_generation",
            "key_expires_at",
            "token_ttl_seconds",
            "scopes",
            "vault_ids",
            "may_execute",
            "is_active",
            "created_by",
            "created_at",
        ],
        key: 1,
    };

    fn encode(&self, values: &mut Values) {
        let Self {
            id,
            name,
            description,
            key_prefix,
            key_digest,
            key_generation,
            key_expires_at,
            token_ttl_seconds,
            scopes,
            vault_ids,
            may_execute,
            is_active,
            created_by,
            created_at,
        } = self;
        values.text(id);
        values.text(name);
        values.text(description);
        values.text(key_prefix);
        values.blob(key_digest);
        values.integer(*key_generation);
        values.optional_time(*key_expires_at);
        values.optional_integer(*token_ttl_seconds);
        values.json(scopes);
        values.json(vault_ids);
        values.flag(*may_execute);
        values.flag(*is_active);
        values.text(created_by);
        values.time(*created_at);
    }

    fn decode(values: &mut Reader) -> Option<Self> {
        Some(Self {
            id: values.parsed()?,
            name: values.text()?,
            description: values.text()?,
            key_prefix: values.text()?,
            key_digest: values.array()?,
            key_generation: values.integer()?,
            key_expires_at: values.optional_time()?,
            token_ttl_seconds: values.optional_integer()?,
            scopes: values.json()?,
            vault_ids: values.json()?,
            may_execute: values.flag()?,
            is_active: values.flag()?,
            created_by: values.text()?,
            created_at: values.time()?,
        })
    }
}
