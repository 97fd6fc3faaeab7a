use jiff::Timestamp;
use oneclaw_api::{AgentId, BindingConfig, BindingId, Guardrails, SecretPath, VaultId};

use super::{Reader, Row, Values};
use crate::store::Table;

/// A binding of an agent.
#[derive(Debug, Clone)]
pub(crate) struct BindingRow {
    pub(crate) id: BindingId,
    pub(crate) agent_id: AgentId,
    pub(crate) name: String,
    pub(crate) vault_id: VaultId,
    pub(crate) path: SecretPath,
    pub(crate) is_inline: bool,
    pub(crate) config: BindingConfig,
    pub(crate) guardrails: Guardrails,
    pub(crate) is_active: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

impl Row for BindingRow {
    const TABLE: &'static Table = &Table {
        name: "bindings",
        columns: &[
            "id",
            "agent_id",
            "name",
            "vault_id",
            "path",
            "is_inline",
            "config",
            "guardrails",
            "is_active",
            "created_at",
            "updated_at",
        ],
        key: 1,
    };

    fn encode(&self, values: &mut Values) {
        let Self {
            id,
            agent_id,
            name,
            vault_id,
            path,
            is_inline,
            config,
            guardrails,
            is_active,
            created_at,
            updated_at,
        } = self;
        values.text(id);
        values.text(agent_id);
        values.text(name);
        values.text(vault_id);
        values.text(path);
        values.flag(*is_inline);
        values.json(config);
        values.json(guardrails);
        values.flag(*is_active);
        values.time(*created_at);
        values.time(*updated_at);
    }

    fn decode(values: &mut Reader) -> Option<Self> {
        Some(Self {
            id: values.parsed()?,
            agent_id: values.parsed()?,
            name: values.text()?,
            vault_id: values.parsed()?,
            path: values.parsed()?,
            is_inline: values.flag()?,
            config: values.json()?,
            guardrails: values.json()?,
            is_active: values.flag()?,
            created_at: values.time()?,
            updated_at: values.time()?,
        })
    }
}
