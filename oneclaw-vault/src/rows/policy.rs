use jiff::Timestamp;
use oneclaw_api::{Effect, PathPattern, Permission, PolicyId, PrincipalId, VaultId};

use super::{Reader, Row, Values};
use crate::store::Table;

/// A policy rule.
#[derive(Debug, Clone)]
pub(crate) struct PolicyRow {
    pub(crate) id: PolicyId,
    pub(crate) vault_id: VaultId,
    pub(crate) principal: PrincipalId,
    pub(crate) pattern: PathPattern,
    pub(crate) permissions: Vec<Permission>,
    pub(crate) effect: Effect,
    pub(crate) priority: i32,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) created_by: PrincipalId,
    pub(crate) created_at: Timestamp,
}

impl Row for PolicyRow {
    const TABLE: &'static Table = &Table {
        name: "policies",
        columns: &[
            "id",
            "vault_id",
            "principal",
            "pattern",
            "permissions",
            "effect",
            "priority",
            "expires_at",
            "created_by",
            "created_at",
        ],
        key: 1,
    };

    fn encode(&self, values: &mut Values) {
        let Self {
            id,
            vault_id,
            principal,
            pattern,
            permissions,
            effect,
            priority,
            expires_at,
            created_by,
            created_at,
        } = self;
        values.text(id);
        values.text(vault_id);
        values.text(principal);
        values.text(pattern);
        values.json(permissions);
        values.text(effect);
        values.integer(*priority);
        values.optional_time(*expires_at);
        values.text(created_by);
        values.time(*created_at);
    }

    fn decode(values: &mut Reader) -> Option<Self> {
        Some(Self {
            id: values.parsed()?,
            vault_id: values.parsed()?,
            principal: values.parsed()?,
            pattern: values.parsed()?,
            permissions: values.json()?,
            effect: values.parsed()?,
            priority: values.integer()?,
            expires_at: values.optional_time()?,
            created_by: values.parsed()?,
            created_at: values.time()?,
        })
    }
}
