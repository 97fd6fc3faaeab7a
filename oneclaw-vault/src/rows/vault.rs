use jiff::Timestamp;
use oneclaw_api::{PrincipalId, VaultId};

use super::{Reader, Row, Values};
use crate::store::Table;

/// A vault.
#[derive(Debug, Clone)]
pub(crate) struct VaultRow {
    pub(crate) id: VaultId,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) created_by: PrincipalId,
    pub(crate) created_at: Timestamp,
}

impl Row for VaultRow {
    const TABLE: &'static Table = &Table {
        name: "vaults",
        columns: &["id", "name", "description", "created_by", "created_at"],
        key: 1,
    };

    fn encode(&self, values: &mut Values) {
        let Self { id, name, description, created_by, created_at } = self;
        values.text(id);
        values.text(name);
        values.text(description);
        values.text(created_by);
        values.time(*created_at);
    }

    fn decode(values: &mut Reader) -> Option<Self> {
        Some(Self {
            id: values.parsed()?,
            name: values.text()?,
            description: values.text()?,
            created_by: values.parsed()?,
            created_at: values.time()?,
        })
    }
}
