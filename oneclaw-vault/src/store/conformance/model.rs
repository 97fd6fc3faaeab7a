//! The least a store is: lists in memory, searched from end to end. It says what is right, and nothing about how.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;

use super::*;

/// A store that forgets everything.
#[derive(Debug)]
pub(crate) struct Model {
    chain: ChainKey,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Default)]
struct State {
    tables: BTreeMap<&'static str, Vec<RawRow>>,
    events: Vec<(NewEvent, StoredEvent)>,
}

impl Model {
    pub(crate) fn new(chain: ChainKey) -> Self {
        Self { chain, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

#[async_trait]
impl Store for Model {
    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        let mut state = self.state();
        let mut next = state.clone();
        for write in batch.writes {
            next.write(write)?;
        }
        for event in batch.events {
            next.append(&self.chain, event);
        }
        *state = next;
        Ok(())
    }

    async fn select(&self, query: Query) -> Result<Vec<RawRow>, StoreError> {
        let column = |name: &str| query.table.columns.iter().position(|column| *column == name).unwrap();
        let equal = |row: &RawRow| query.equal.iter().all(|(name, value)| row.values[column(name)] == *value);
        let begins = |row: &RawRow| match &query.prefix {
            Some((name, prefix)) => {
                matches!(&row.values[column(name)], Value::Text(text) if text.starts_with(prefix))
            }
            None => true,
        };
        let mut rows = self.state().tables.get(query.table.name).cloned().unwrap_or_default();
        rows.retain(|row| equal(row) && begins(row));
        rows.sort_by_key(|row| row.values[..query.table.key].iter().map(ordered).collect::<Vec<_>>());
        Ok(rows)
    }

    async fn events(&self, query: EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        let EventQuery { resource, actor, action, from, to, limit, offset } = query;
        let fits = |event: &NewEvent| {
            let columns = [Some(&event.resource_id), event.vault_id.as_ref(), event.path.as_ref()];
            resource.as_ref().is_none_or(|resource| columns.contains(&Some(resource)))
                && actor.as_ref().is_none_or(|actor| *actor == event.actor_id)
                && action.as_ref().is_none_or(|action| *action == event.action)
                && from.is_none_or(|from| from <= event.created_at)
                && to.is_none_or(|to| event.created_at < to)
        };
        let state = self.state();
        let found =
            state.events.iter().rev().filter(|(event, _)| fits(event)).map(|(_, stored)| stored.clone());
        Ok(found.skip(offset.try_into().unwrap()).take(limit.try_into().unwrap()).collect())
    }

    async fn chain(&self, after: u64, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
        let state = self.state();
        let found = state.events.iter().map(|(_, stored)| stored).filter(|stored| stored.sequence > after);
        Ok(found.take(limit.try_into().unwrap()).cloned().collect())
    }
}

impl State {
    fn write(&mut self, write: Write) -> Result<(), StoreError> {
        match write {
            Write::Insert { table, row } => {
                check_form(table, &row)?;
                if self.position(table, &row.values[..table.key]).is_some() {
                    return Err(StoreError::Conflict);
                }
                self.check_unique(table, &row, None)?;
                self.rows(table).push(row);
            }
            Write::Replace { table, old, row } => {
                check_form(table, &row)?;
                let place = self.expect(table, &row.values[..table.key], old)?;
                self.check_unique(table, &row, Some(place))?;
                self.rows(table)[place] = row;
            }
            Write::Remove { table, key, old } => {
                if key.len() != table.key {
                    return Err(StoreError::Malformed { table: table.name });
                }
                let place = self.expect(table, &key, old)?;
                self.rows(table).remove(place);
            }
        }
        Ok(())
    }

    fn append(&mut self, chain: &ChainKey, event: NewEvent) {
        let last = self.events.last().map(|(_, stored)| stored);
        let stored = StoredEvent {
            sequence: last.map_or(0, |last| last.sequence) + 1,
            id: event.id,
            hash: chain.link(&last.map_or(GENESIS, |last| last.hash), &event.bytes),
            bytes: event.bytes.clone(),
            previous: last.map(|last| last.id),
        };
        self.events.push((event, stored));
    }

    fn rows(&mut self, table: &Table) -> &mut Vec<RawRow> {
        self.tables.entry(table.name).or_default()
    }

    fn position(&mut self, table: &Table, key: &[Value]) -> Option<usize> {
        self.rows(table).iter().position(|row| row.values[..table.key] == *key)
    }

    fn expect(&mut self, table: &Table, key: &[Value], old: [u8; 32]) -> Result<usize, StoreError> {
        let place = self.position(table, key).ok_or(StoreError::Conflict)?;
        if self.rows(table)[place].mac == old { Ok(place) } else { Err(StoreError::Conflict) }
    }

    fn check_unique(&mut self, table: &Table, new: &RawRow, place: Option<usize>) -> Result<(), StoreError> {
        let unique: &[&[&str]] = match table.name {
            "agents" => &[&["name"], &["key_digest"]],
            "api_keys" => &[&["digest"]],
            "bindings" => &[&["agent_id", "name"]],
            "secrets" => &[&["id"]],
            "vaults" => &[&["name"]],
            _ => &[],
        };
        for columns in unique {
            let places: Vec<usize> = columns
                .iter()
                .map(|column| table.columns.iter().position(|name| name == column).unwrap())
                .collect();
            let same = |row: &RawRow| places.iter().all(|place| row.values[*place] == new.values[*place]);
            let mut others = self.rows(table).iter().enumerate().filter(|(other, _)| Some(*other) != place);
            if others.any(|(_, row)| same(row)) {
                return Err(StoreError::Taken { column: table.columns[*places.last().unwrap()] });
            }
        }
        Ok(())
    }
}

/// As much of the schema as the cases break.
fn check_form(table: &Table, row: &RawRow) -> Result<(), StoreError> {
    let fits = |(column, value): (&&str, &Value)| match *column {
        "id" | "name" | "vault_id" | "path" => matches!(value, Value::Text(_)),
        "value" | "digest" | "key_digest" => matches!(value, Value::Blob(_)),
        _ => true,
    };
    if row.values.len() == table.columns.len() && table.columns.iter().zip(&row.values).all(fits) {
        return Ok(());
    }
    Err(StoreError::Malformed { table: table.name })
}

fn ordered(value: &Value) -> (u8, i64, Vec<u8>) {
    match value {
        Value::Null => (0, 0, Vec::new()),
        Value::Integer(number) => (1, *number, Vec::new()),
        Value::Text(text) => (2, 0, text.as_bytes().to_vec()),
        Value::Blob(bytes) => (3, 0, bytes.clone()),
    }
}
