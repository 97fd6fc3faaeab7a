use jiff::Timestamp;

use super::{Reader, Row, Values};
use crate::store::Table;

/// A token that was revoked before its time.
#[derive(Debug, Clone)]
pub(crate) struct RevokedTokenRow {
    pub(crate) id: String,
    /// When it would have expired, and the row may go.
    pub(crate) expires_at: Timestamp,
}

impl Row for RevokedTokenRow {
    const TABLE: &'static Table = &Table { name: "revoked_tokens", columns: &["id", "expires_at"], key: 1 };

    fn encode(&self, values: &mut Values) {
        let Self { id, expires_at } = self;
        values.text(id);
        values.time(*expires_at);
    }

    fn decode(values: &mut Reader) -> Option<Self> {
        Some(Self { id: values.text()?, expires_at: values.time()? })
    }
}
