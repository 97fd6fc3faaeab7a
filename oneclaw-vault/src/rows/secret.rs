use jiff::Timestamp;
use oneclaw_api::{Origin, SecretId, SecretPath, VaultId};
use oneclaw_crypto::Envelope;
use serde_json::{Map, Value as Json};

use super::{Reader, Row, Values};
use crate::store::Table;

/// A secret: its path, its stable id and which version is current.
#[derive(Debug, Clone)]
pub(crate) struct SecretRow {
    pub(crate) vault_id: VaultId,
    pub(crate) path: SecretPath,
    pub(crate) id: SecretId,
    /// The newest version; versions are dense from 1.
    pub(crate) version: u32,
    pub(crate) deleted_at: Option<Timestamp>,
    /// Versions up to this one were deleted, and stay so when a later one is put.
    pub(crate) deleted_through: u32,
    pub(crate) created_at: Timestamp,
    /// What a list shows of the current version, so that a list reads no version rows.
    pub(crate) kind: String,
    pub(crate) metadata: Map<String, Json>,
    pub(crate) version_created_at: Timestamp,
    pub(crate) version_expires_at: Option<Timestamp>,
}

impl Row for SecretRow {
    const TABLE: &'static Table = &Table {
        name: "secrets",
        columns: &[
            "vault_id",
            "path",
            "id",
            "version",
            "deleted_at",
            "deleted_through",
            "created_at",
            "type",
            "metadata",
            "version_created_at",
            "version_expires_at",
        ],
        key: 2,
    };

    fn encode(&self, values: &mut Values) {
        let Self {
            vault_id,
            path,
            id,
            version,
            deleted_at,
            deleted_through,
            created_at,
            kind,
            metadata,
            version_created_at,
            version_expires_at,
        } = self;
        values.text(vault_id);
        values.text(path);
        values.text(id);
        values.integer(*version);
        values.optional_time(*deleted_at);
        values.integer(*deleted_through);
        values.time(*created_at);
        values.text(kind);
        values.json(metadata);
        values.time(*version_created_at);
        values.optional_time(*version_expires_at);
    }

    fn decode(values: &mut Reader) -> Option<Self> {
        Some(Self {
            vault_id: values.parsed()?,
            path: values.parsed()?,
            id: values.parsed()?,
            version: values.integer()?,
            deleted_at: values.optional_time()?,
            deleted_through: values.integer()?,
            created_at: values.time()?,
            kind: values.text()?,
            metadata: values.json()?,
            version_created_at: values.time()?,
            version_expires_at: values.optional_time()?,
        })
    }
}

/// A version of a secret: the two blobs of its envelope, and what changes its right to answer.
#[derive(Debug, Clone)]
pub(crate) struct VersionRow {
    pub(crate) secret_id: SecretId,
    pub(crate) version: u32,
    pub(crate) envelope: Envelope,
    pub(crate) kind: String,
    pub(crate) metadata: Map<String, Json>,
    pub(crate) origin: Origin,
    pub(crate) exposed_at: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) max_access_count: Option<u32>,
    pub(crate) access_count: u32,
    pub(crate) is_disabled: bool,
    pub(crate) created_by: String,
    pub(crate) created_at: Timestamp,
}

impl Row for VersionRow {
    const TABLE: &'static Table = &Table {
        name: "secret_versions",
        columns: &[
            "secret_id",
            "version",
            "value",
            "wrap",
            "type",
            "metadata",
            "origin",
            "exposed_at",
            "expires_at",
            "max_access_count",
            "access_count",
            "is_disabled",
            "created_by",
            "created_at",
        ],
        key: 2,
    };

    fn encode(&self, values: &mut Values) {
        let Self {
            secret_id,
            version,
            envelope: Envelope { value, wrap },
            kind,
            metadata,
            origin,
            exposed_at,
            expires_at,
            max_access_count,
            access_count,
            is_disabled,
            created_by,
            created_at,
        } = self;
        values.text(secret_id);
        values.integer(*version);
        values.blob(value);
        values.blob(wrap);
        values.text(kind);
        values.json(metadata);
        values.text(origin.as_str());
        values.optional_time(*exposed_at);
        values.optional_time(*expires_at);
        values.optional_integer(*max_access_count);
        values.integer(*access_count);
        values.flag(*is_disabled);
        values.text(created_by);
        values.time(*created_at);
    }

    fn decode(values: &mut Reader) -> Option<Self> {
        Some(Self {
            secret_id: values.parsed()?,
            version: values.integer()?,
            envelope: Envelope { value: values.blob()?, wrap: values.blob()? },
            kind: values.text()?,
            metadata: values.json()?,
            origin: values.named()?,
            exposed_at: values.optional_time()?,
            expires_at: values.optional_time()?,
            max_access_count: values.optional_integer()?,
            access_count: values.integer()?,
            is_disabled: values.flag()?,
            created_by: values.text()?,
            created_at: values.time()?,
        })
    }
}
