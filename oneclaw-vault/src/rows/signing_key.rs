use jiff::Timestamp;

use super::{Reader, Row, Values};
use crate::store::Table;

/// A key that signs tokens: Ed25519, its private half sealed.
#[derive(Debug, Clone)]
pub(crate) struct SigningKeyRow {
    pub(crate) id: String,
    pub(crate) public: [u8; 32],
    pub(crate) sealed: Vec<u8>,
    pub(crate) created_at: Timestamp,
}

impl Row for SigningKeyRow {
    const TABLE: &'static Table =
        &Table { name: "signing_keys", columns: &["id", "public", "sealed", "created_at"], key: 1 };

    fn encode(&self, values: &mut Values) {
        let Self { id, public, sealed, created_at } = self;
        values.text(id);
        values.blob(public);
        values.blob(sealed);
        values.time(*created_at);
    }

    fn decode(values: &mut Reader) -> Option<Self> {
        Some(Self {
            id: values.text()?,
            public: values.array()?,
            sealed: values.blob()?,
            created_at: values.time()?,
        })
    }
}
