use jiff::Timestamp;
use oneclaw_api::UserId;

use super::{Reader, Row, Values};
use crate::store::Table;

/// A person.
#[derive(Debug, Clone)]
pub(crate) struct UserRow {
    pub(crate) id: UserId,
    pub(crate) name: String,
    /// Owners may do what is for the owner; members may not.
    pub(crate) is_owner: bool,
    pub(crate) is_active: bool,
    pub(crate) created_at: Timestamp,
}

impl Row for UserRow {
    const TABLE: &'static Table =
        &Table { name: "users", columns: &["id", "name", "is_owner", "is_active", "created_at"], key: 1 };

    fn encode(&self, values: &mut Values) {
        let Self { id, name, is_owner, is_active, created_at } = self;
        values.text(id);
        values.text(name);
        values.flag(*is_owner);
        values.flag(*is_active);
        values.time(*created_at);
    }

    fn decode(values: &mut Reader) -> Option<Self> {
        Some(Self {
            id: values.parsed()?,
            name: values.text()?,
            is_owner: values.flag()?,
            is_active: values.flag()?,
            created_at: values.time()?,
        })
    }
}
