//! Audit events in and out.

use oneclaw_crypto::{ChainKey, GENESIS};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use crate::store::{EventQuery, NewEvent, StoreError, StoredEvent};

/// The table, for errors.
const TABLE: &str = "audit_events";

const MALFORMED: StoreError = StoreError::Malformed { table: TABLE };

/// The last event of the chain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    sequence: i64,
    hash: [u8; 32],
}

impl Head {
    /// Reads the last event; inside a write transaction nobody else can add one.
    pub(super) fn read(connection: &Connection) -> Result<Self, StoreError> {
        let sql = "SELECT sequence, hash FROM audit_events ORDER BY sequence DESC LIMIT 1";
        let head = connection
            .prepare_cached(sql)?
            .query_row([], |row| Ok(Self { sequence: row.get(0)?, hash: row.get(1)? }))
            .optional()?;
        Ok(head.unwrap_or(Self { sequence: 0, hash: GENESIS }))
    }

    /// Adds an event after this one, and returns it as the new last one.
    pub(super) fn append(
        self,
        connection: &Connection,
        chain: &ChainKey,
        event: &NewEvent,
    ) -> Result<Self, StoreError> {
        let NewEvent { id, bytes, created_at, actor_id, action, resource_id, vault_id, path } = event;
        let sequence = self.sequence.checked_add(1).ok_or(MALFORMED)?;
        let hash = chain.link(&self.hash, bytes);
        connection
            .prepare_cached(
                "INSERT INTO audit_events
                 (sequence, id, bytes, hash, created_at, actor_id, action, resource_id, vault_id, path)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                sequence,
                id,
                bytes,
                hash,
                created_at,
                actor_id,
                action,
                resource_id,
                vault_id,
                path
            ])?;
        Ok(Self { sequence, hash })
    }
}

/// Lists events, newest first.
pub(super) fn list(connection: &Connection, query: &EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
    let EventQuery { resource, actor, action, from, to, limit, offset } = query;
    let mut conditions = vec!["TRUE"];
    let mut values: Vec<(&str, &dyn ToSql)> = vec![(":limit", limit), (":offset", offset)];
    let filters: [(&str, &str, Option<&dyn ToSql>); 4] = [
        ("actor_id = :actor", ":actor", actor.as_ref().map(|actor| actor as _)),
        ("action = :action", ":action", action.as_ref().map(|action| action as _)),
        ("created_at >= :from", ":from", from.as_ref().map(|from| from as _)),
        ("created_at < :to", ":to", to.as_ref().map(|to| to as _)),
    ];
    for (condition, name, value) in filters {
        if let Some(value) = value {
            conditions.push(condition);
            values.push((name, value));
        }
    }
    let arms: &[&str] = match resource {
        // Each arm runs along its own index from the newest event on, and they are merged until there are enough.
        Some(resource) => {
            values.push((":resource", resource));
            &["resource_id = :resource", "vault_id = :resource", "path = :resource"]
        }
        None => &["TRUE"],
    };
    let shared = conditions.join(" AND ");
    let found: Vec<String> = arms
        .iter()
        .map(|arm| format!("SELECT sequence FROM audit_events WHERE {arm} AND {shared}"))
        .collect();
    let sql = format!(
        "{SELECT} WHERE sequence IN ({} ORDER BY sequence DESC LIMIT :limit OFFSET :offset) ORDER BY sequence DESC",
        found.join(" UNION ")
    );
    let mut statement = connection.prepare_cached(&sql)?;
    collect(statement.query(values.as_slice())?)
}

/// Lists `limit` events in order, from the first one after `after`.
pub(super) fn chain(connection: &Connection, after: u64, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
    let sql = format!("{SELECT} WHERE sequence > ? ORDER BY sequence LIMIT ?");
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(&sql)?;
    collect(statement.query(params![after, limit])?)
}

const SELECT: &str = "SELECT sequence, id, bytes, hash,
     (SELECT before.id FROM audit_events before WHERE before.sequence = event.sequence - 1)
     FROM audit_events event";

fn collect(mut rows: rusqlite::Rows<'_>) -> Result<Vec<StoredEvent>, StoreError> {
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(read(row)?);
    }
    Ok(events)
}

fn read(row: &Row<'_>) -> Result<StoredEvent, StoreError> {
    let malformed = |_| MALFORMED;
    Ok(StoredEvent {
        sequence: row.get::<_, i64>(0)?.try_into().map_err(|_| MALFORMED)?,
        id: row.get(1).map_err(malformed)?,
        bytes: row.get(2).map_err(malformed)?,
        hash: row.get(3).map_err(malformed)?,
        previous: row.get(4).map_err(malformed)?,
    })
}
