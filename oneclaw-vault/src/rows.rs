//! The rows of the database, typed. Each carries a MAC over its table, its schema version and all its columns.

use oneclaw_crypto::{Column, RowMacKey};

use crate::store::{Query, RawRow, Table, Value, Write};

mod agent;
mod api_key;
mod binding;
mod policy;
mod secret;
mod setting;
mod signing_key;
mod token;
mod user;
mod values;
mod vault;

pub(crate) use agent::AgentRow;
pub(crate) use api_key::ApiKeyRow;
pub(crate) use binding::BindingRow;
pub(crate) use policy::PolicyRow;
pub(crate) use secret::{SecretRow, VersionRow};
pub(crate) use setting::SettingRow;
pub(crate) use signing_key::SigningKeyRow;
pub(crate) use token::RevokedTokenRow;
pub(crate) use user::UserRow;
pub(crate) use values::{Reader, Values};
pub(crate) use vault::VaultRow;

/// The version of the row layout that the MACs cover.
const SCHEMA_VERSION: u32 = 1;

/// A row of one table.
pub(crate) trait Row: Sized {
    /// Its table.
    const TABLE: &'static Table;

    /// Writes every column, in declared order.
    fn encode(&self, values: &mut Values);

    /// Reads every column, in declared order.
    fn decode(values: &mut Reader) -> Option<Self>;
}

/// A row whose MAC was checked: what came from the database is what this vault wrote.
#[derive(Debug, Clone)]
pub(crate) struct Stored<R> {
    pub(crate) row: R,
    mac: [u8; 32],
}

/// A row that this vault did not write.
#[derive(Debug, thiserror::Error)]
#[error("a row of {table} is not as this vault wrote it")]
pub(crate) struct Tampered {
    pub(crate) table: &'static str,
}

impl<R: Row> Stored<R> {
    /// Checks the MAC of a row, then reads it.
    pub(crate) fn verify(key: &RowMacKey, raw: RawRow) -> Result<Self, Tampered> {
        let tampered = || Tampered { table: R::TABLE.name };
        let columns: Vec<Column<'_>> = raw.values.iter().map(Value::as_column).collect();
        if !key.verify(R::TABLE.name, SCHEMA_VERSION, &columns, &raw.mac) {
            return Err(tampered());
        }
        drop(columns);
        let mut reader = Reader::new(raw.values);
        let row = R::decode(&mut reader).ok_or_else(tampered)?;
        if !reader.is_done() {
            return Err(tampered());
        }
        Ok(Self { row, mac: raw.mac })
    }

    /// Replaces the row, if it is still the one that was read.
    pub(crate) fn replace(&self, key: &RowMacKey, row: &R) -> Write {
        Write::Replace { table: R::TABLE, old: self.mac, row: seal(key, row) }
    }

    /// Removes the row, if it is still the one that was read.
    pub(crate) fn remove(&self) -> Write {
        let mut values = Values::default();
        self.row.encode(&mut values);
        let mut key = values.into_vec();
        key.truncate(R::TABLE.key);
        Write::Remove { table: R::TABLE, key, old: self.mac }
    }
}

/// Adds a row.
pub(crate) fn insert<R: Row>(key: &RowMacKey, row: &R) -> Write {
    Write::Insert { table: R::TABLE, row: seal(key, row) }
}

/// Asks for the rows of a table.
pub(crate) fn query<R: Row>(equal: Vec<(&'static str, Value)>) -> Query {
    Query { table: R::TABLE, equal, prefix: None }
}

fn seal<R: Row>(key: &RowMacKey, row: &R) -> RawRow {
    let mut values = Values::default();
    row.encode(&mut values);
    let values = values.into_vec();
    let columns: Vec<Column<'_>> = values.iter().map(Value::as_column).collect();
    let mac = key.mac(R::TABLE.name, SCHEMA_VERSION, &columns);
    RawRow { values, mac }
}

impl Value {
    fn as_column(&self) -> Column<'_> {
        match self {
            Self::Null => Column::Null,
            Self::Integer(number) => Column::Integer(*number),
            Self::Text(text) => Column::Text(text),
            Self::Blob(bytes) => Column::Blob(bytes),
        }
    }
}
