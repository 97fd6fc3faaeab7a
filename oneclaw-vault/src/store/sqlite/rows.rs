//! Rows in and out. Table and column names are constants of ours, every value is a bound parameter.

use std::fmt::Write as _;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, ffi};

use crate::store::{Query, RawRow, StoreError, Table, Value, Write};

/// Lists the rows that fit, in the order of the primary key.
pub(super) fn select(connection: &Connection, query: &Query) -> Result<Vec<RawRow>, StoreError> {
    let Query { table, equal, prefix } = query;
    let malformed = || StoreError::Malformed { table: table.name };
    let mut sql = format!("SELECT {}, mac FROM {}", table.columns.join(", "), table.name);
    let mut conditions = Conditions::default();
    for (column, value) in equal {
        match value {
            Value::Null => conditions.add(format_args!("{column} IS NULL"), None),
            value => conditions.add(format_args!("{column} ="), Some(value.clone())),
        }
    }
    if let Some((column, prefix)) = prefix {
        conditions.add(format_args!("{column} >="), Some(Value::Text(prefix.clone())));
        if let Some(after) = after_prefix(prefix) {
            conditions.add(format_args!("{column} <"), Some(Value::Text(after)));
        }
    }
    sql.push_str(&conditions.sql);
    let key = table.columns.get(..table.key).ok_or_else(malformed)?;
    write!(sql, " ORDER BY {}", key.join(", ")).map_err(|_| malformed())?;

    let mut statement = connection.prepare_cached(&sql)?;
    let mut found = statement.query(rusqlite::params_from_iter(&conditions.values))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let mut values = Vec::with_capacity(table.columns.len());
        for column in 0..table.columns.len() {
            values.push(value(row.get_ref(column)?).ok_or_else(malformed)?);
        }
        let ValueRef::Blob(mac) = row.get_ref(table.columns.len())? else { return Err(malformed()) };
        rows.push(RawRow { values, mac: mac.try_into().map_err(|_| malformed())? });
    }
    Ok(rows)
}

/// Does one effect of a batch.
pub(super) fn apply(connection: &Connection, write: &Write) -> Result<(), StoreError> {
    match write {
        Write::Insert { table, row } => {
            let mut statement = prepare(connection, table, row.values.len(), insert_sql)?;
            bind(&mut statement, row.values.iter().map(as_sql).chain([ValueRef::Blob(&row.mac)]))?;
            execute(statement, table).map(drop)
        }
        Write::Replace { table, old, row } => {
            let mut statement = prepare(connection, table, row.values.len(), replace_sql)?;
            let macs = [ValueRef::Blob(&row.mac), ValueRef::Blob(old)];
            bind(&mut statement, row.values.iter().map(as_sql).chain(macs))?;
            execute(statement, table).and_then(expect_one)
        }
        Write::Remove { table, key, old } => {
            let mut statement = connection.prepare_cached(&remove_sql(table))?;
            if key.len() != table.key {
                return Err(StoreError::Malformed { table: table.name });
            }
            bind(&mut statement, key.iter().map(as_sql).chain([ValueRef::Blob(old)]))?;
            execute(statement, table).and_then(expect_one)
        }
    }
}

#[derive(Default)]
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    fn add(&mut self, condition: std::fmt::Arguments<'_>, value: Option<Value>) {
        self.sql.push_str(if self.sql.is_empty() { " WHERE " } else { " AND " });
        // Writing to a string doesn't fail.
        let _ = self.sql.write_fmt(condition);
        if let Some(value) = value {
            self.sql.push_str(" ?");
            self.values.push(value);
        }
    }
}

/// The least text that is greater than all texts with this prefix, in the order of UTF-8 bytes; none if there is none.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut text = prefix.to_owned();
    while let Some(last) = text.pop() {
        // Steps over the surrogates, which no text holds.
        if let Some(next) = (last..=char::MAX).nth(1) {
            text.push(next);
            return Some(text);
        }
    }
    None
}

fn insert_sql(table: &Table) -> String {
    let places = vec!["?"; table.columns.len() + 1].join(", ");
    format!("INSERT INTO {} ({}, mac) VALUES ({places})", table.name, table.columns.join(", "))
}

/// Every column is bound under its number, then the new MAC and the old one.
fn replace_sql(table: &Table) -> String {
    let numbered: Vec<String> =
        table.columns.iter().zip(1..).map(|(column, number)| format!("{column} = ?{number}")).collect();
    let (key, others) = numbered.split_at_checked(table.key).unwrap_or((&numbered, &[]));
    let mac = table.columns.len() + 1;
    let set: String = others.iter().map(|column| format!("{column}, ")).collect();
    format!("UPDATE {} SET {set}mac = ?{mac} WHERE {} AND mac = ?{}", table.name, key.join(" AND "), mac + 1)
}

fn remove_sql(table: &Table) -> String {
    let key: String =
        table.columns.iter().take(table.key).map(|column| format!("{column} = ? AND ")).collect();
    format!("DELETE FROM {} WHERE {key}mac = ?", table.name)
}

fn prepare<'c>(
    connection: &'c Connection,
    table: &Table,
    columns: usize,
    sql: fn(&Table) -> String,
) -> Result<CachedStatement<'c>, StoreError> {
    if columns != table.columns.len() {
        return Err(StoreError::Malformed { table: table.name });
    }
    Ok(connection.prepare_cached(&sql(table))?)
}

fn bind<'v>(
    statement: &mut CachedStatement<'_>,
    values: impl Iterator<Item = ValueRef<'v>>,
) -> Result<(), StoreError> {
    for (value, number) in values.zip(1..) {
        statement.raw_bind_parameter(number, ToSqlOutput::Borrowed(value))?;
    }
    Ok(())
}

fn execute(mut statement: CachedStatement<'_>, table: &Table) -> Result<usize, StoreError> {
    statement.raw_execute().map_err(|error| refusal(error, table))
}

fn expect_one(changed: usize) -> Result<(), StoreError> {
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

/// Tells which rule of its table a row breaks.
fn refusal(error: rusqlite::Error, table: &Table) -> StoreError {
    let rusqlite::Error::SqliteFailure(
        ffi::Error { code: ErrorCode::ConstraintViolation, extended_code },
        ref message,
    ) = error
    else {
        return error.into();
    };
    match extended_code {
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => StoreError::Conflict,
        ffi::SQLITE_CONSTRAINT_UNIQUE => {
            // "UNIQUE constraint failed: bindings.agent_id, bindings.name": the last column is the one a person chose.
            let named = message.as_deref().and_then(|message| message.rsplit('.').next());
            match table.columns.iter().find(|column| Some(**column) == named) {
                Some(column) => StoreError::Taken { column },
                None => StoreError::Conflict,
            }
        }
        _ => StoreError::Malformed { table: table.name },
    }
}

fn value(value: ValueRef<'_>) -> Option<Value> {
    match value {
        ValueRef::Null => Some(Value::Null),
        ValueRef::Integer(number) => Some(Value::Integer(number)),
        ValueRef::Real(_) => None,
        ValueRef::Text(text) => String::from_utf8(text.to_vec()).ok().map(Value::Text),
        ValueRef::Blob(bytes) => Some(Value::Blob(bytes.to_vec())),
    }
}

fn as_sql(value: &Value) -> ValueRef<'_> {
    match value {
        Value::Null => ValueRef::Null,
        Value::Integer(number) => ValueRef::Integer(*number),
        Value::Text(text) => ValueRef::Text(text.as_bytes()),
        Value::Blob(bytes) => ValueRef::Blob(bytes),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(as_sql(self)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_prefix() {
        for (prefix, after) in [
            ("", None),
            ("a", Some("b")),
            ("prod/", Some("prod0")),
            ("\u{d7ff}", Some("\u{e000}")),
            ("a\u{10ffff}", Some("b")),
            ("\u{10ffff}", None),
        ] {
            assert_eq!(after_prefix(prefix).as_deref(), after, "{prefix:?}");
        }
    }
}
