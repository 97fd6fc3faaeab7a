//! The joint to a database: rows in and out, ciphertext only. Nothing below this line is trusted.

use std::fmt;

use async_trait::async_trait;

#[cfg(test)]
mod conformance;
mod error;
mod migrations;
mod sqlite;

pub(crate) use error::StoreError;
pub(crate) use sqlite::SqliteFile;

/// A column's value, as every database holds it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

/// A table: its name, and its columns without the MAC that ends every row. The first `key` columns are the primary key.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [&'static str],
    pub(crate) key: usize,
}

/// A row as it is stored: every column in declared order, and the MAC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawRow {
    pub(crate) values: Vec<Value>,
    pub(crate) mac: [u8; 32],
}

/// A query by equality, with at most one text prefix; answers in the order of the primary key.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) table: &'static Table,
    pub(crate) equal: Vec<(&'static str, Value)>,
    pub(crate) prefix: Option<(&'static str, String)>,
}

/// One effect of a batch.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    /// Adds a row; a row with the same key is a [`StoreError::Conflict`], with another unique column [`StoreError::Taken`].
    Insert { table: &'static Table, row: RawRow },
    /// Replaces the row that has the new one's key and the MAC `old`; no such row is a [`StoreError::Conflict`].
    Replace { table: &'static Table, old: [u8; 32], row: RawRow },
    /// Removes the row with this key and the MAC `old`; no such row is a [`StoreError::Conflict`].
    Remove { table: &'static Table, key: Vec<Value>, old: [u8; 32] },
}

/// An audit event on its way in: its bytes are what the chain covers, the rest is an index to find it by.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent {
    pub(crate) id: [u8; 16],
    pub(crate) bytes: Vec<u8>,
    pub(crate) created_at: i64,
    pub(crate) actor_id: String,
    pub(crate) action: String,
    pub(crate) resource_id: String,
    pub(crate) vault_id: Option<String>,
    pub(crate) path: Option<String>,
}

/// An audit event as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredEvent {
    pub(crate) sequence: u64,
    pub(crate) id: [u8; 16],
    pub(crate) bytes: Vec<u8>,
    pub(crate) hash: [u8; 32],
    /// The id of the event before.
    pub(crate) previous: Option<[u8; 16]>,
}

/// Which events to list.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventQuery {
    /// A resource's id, a vault's id or a path.
    pub(crate) resource: Option<String>,
    pub(crate) actor: Option<String>,
    pub(crate) action: Option<String>,
    /// Microseconds since 1970: the first instant, and the first one after.
    pub(crate) from: Option<i64>,
    pub(crate) to: Option<i64>,
    pub(crate) limit: u32,
    pub(crate) offset: u32,
}

/// Effects and their audit events: one transaction, all or nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Batch {
    pub(crate) writes: Vec<Write>,
    pub(crate) events: Vec<NewEvent>,
}

/// A database. The only write is [`Store::commit`].
#[async_trait]
pub(crate) trait Store: Send + Sync + std::fmt::Debug {
    /// Makes a batch durable, its events chained to the last one, or changes nothing.
    ///
    /// Whether it has happened is unknown only after [`StoreError::Stopped`] and [`StoreError::Sqlite`].
    /// Dropping the future doesn't take the batch back.
    async fn commit(&self, batch: Batch) -> Result<(), StoreError>;

    /// Lists the rows that fit.
    async fn select(&self, query: Query) -> Result<Vec<RawRow>, StoreError>;

    /// Lists events, newest first.
    async fn events(&self, query: EventQuery) -> Result<Vec<StoredEvent>, StoreError>;

    /// Lists `limit` events in order, from the first one after `after`.
    async fn chain(&self, after: u64, limit: u32) -> Result<Vec<StoredEvent>, StoreError>;
}

impl fmt::Debug for Value {
    /// Shows types and lengths, since a column may hold what is nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Integer(_) => f.write_str("Integer"),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Blob(bytes) => write!(f, "Blob({} bytes)", bytes.len()),
        }
    }
}
