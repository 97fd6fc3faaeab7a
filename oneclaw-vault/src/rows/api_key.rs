use jiff::Timestamp;
use oneclaw_api::{ApiKeyId, UserId};

use super::{Reader, Row, Values};
use crate::store::Table;

/// A person's API key, by its HMAC.
#[derive(Debug, Clone)]
pub(crate) struct ApiKeyRow {
    pub(crate) id: ApiKeyId,
    pub(crate) user_id: UserId,
    pub(crate) name: String,
    pub(crate) prefix: String,
    pub(crate) digest: [u8; 32],
    pub(crate) is_active: bool,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Option<Timestamp>,
}

impl Row for ApiKeyRow {
    const TABLE: &'static Table = &Table {
        name: "api_keys",
        columns: &["id", "user_id", "name", "prefix", "digest", "is_active", "created_at", "expires_at"],
        key: 1,
    };

    fn encode(&self, values: &mut Values) {
        let Self { id, user_id, name, prefix, digest, is_active, created_at, expires_at } = self;
        values.text(id);
        values.text(user_id);
        values.text(name);
        values.text(prefix);
        values.blob(digest);
        values.flag(*is_active);
        values.time(*created_at);
        values.optional_time(*expires_at);
    }

    fn decode(values: &mut Reader) -> Option<Self> {
        Some(Self {
            id: values.parsed()?,
            user_id: values.parsed()?,
            name: values.text()?,
            prefix: values.text()?,
            digest: values.array()?,
            is_active: values.flag()?,
            created_at: values.time()?,
            expires_at: values.optional_time()?,
        })
    }
}
