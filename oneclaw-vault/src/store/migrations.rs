//! The schema of the SQLite file, as a list of steps that only ever grows.

use rusqlite::Connection;

use super::StoreError;

/// Marks a file as ours ("1CLW"), where `file(1)` and SQLite look for it.
const APPLICATION_ID: i64 = 0x3143_4c57;

/// Step `n` leads from schema `n` to schema `n + 1`. A released step never changes.
const STEPS: [&str; 1] = [include_str!("../../migrations/0001_initial.sql")];

/// What a file is.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Empty,
    Ours { schema: usize },
}

/// Refuses a file that is not ours, or from a later version; tells whether it holds a schema at all.
pub(super) fn has_schema(connection: &Connection) -> Result<bool, StoreError> {
    Ok(kind(connection, &STEPS)? != Kind::Empty)
}

/// Brings the schema up to date, in one transaction. Does nothing if it is.
pub(super) fn migrate(connection: &Connection) -> Result<(), StoreError> {
    apply(connection, &STEPS)
}

fn apply(connection: &Connection, steps: &[&str]) -> Result<(), StoreError> {
    if kind(connection, steps)? == (Kind::Ours { schema: steps.len() }) {
        return Ok(());
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    let migrated = apply_missing(connection, steps);
    if migrated.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    migrated
}

fn apply_missing(connection: &Connection, steps: &[&str]) -> Result<(), StoreError> {
    // Another process may have done it while this one waited for the lock.
    let done = match kind(connection, steps)? {
        Kind::Empty => 0,
        Kind::Ours { schema } => schema,
    };
    for step in steps.iter().skip(done) {
        connection.execute_batch(step)?;
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", known(steps))?;
    Ok(connection.execute_batch("COMMIT")?)
}

fn kind(connection: &Connection, steps: &[&str]) -> Result<Kind, StoreError> {
    let tables =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let application = number("application_id")?;
    // Another process may have added the schema between the two questions.
    if tables == 0 && [0, APPLICATION_ID].contains(&application) {
        return Ok(Kind::Empty);
    }
    if application != APPLICATION_ID {
        return Err(StoreError::Foreign);
    }
    let found = number("user_version")?;
    match usize::try_from(found) {
        Ok(schema) if (1..=steps.len()).contains(&schema) => Ok(Kind::Ours { schema }),
        Ok(schema) if schema > steps.len() => Err(StoreError::Newer { found, known: known(steps) }),
        _ => Err(StoreError::Foreign),
    }
}

fn known(steps: &[&str]) -> i64 {
    i64::try_from(steps.len()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE one (a INTEGER) STRICT; INSERT INTO one VALUES (1);";
    const SECOND: &str = "ALTER TABLE one ADD COLUMN b INTEGER; UPDATE one SET b = a + 1;";

    fn sum(connection: &Connection) -> rusqlite::Result<i64> {
        connection.query_row("SELECT sum(a + b) FROM one", [], |row| row.get(0))
    }

    #[test]
    fn steps_are_done_once_and_in_order() {
        let connection = Connection::open_in_memory().unwrap();
        apply(&connection, &[FIRST]).unwrap();
        for _ in 0..2 {
            apply(&connection, &[FIRST, SECOND]).unwrap();
            assert_eq!(sum(&connection), Ok(3));
            assert_eq!(kind(&connection, &[FIRST, SECOND]).unwrap(), Kind::Ours { schema: 2 });
        }
        let older = apply(&connection, &[FIRST]);
        assert!(matches!(older, Err(StoreError::Newer { found: 2, known: 1 })), "{older:?}");
        let fresh = Connection::open_in_memory().unwrap();
        apply(&fresh, &[FIRST, SECOND]).unwrap();
        assert_eq!(sum(&fresh), Ok(3));
    }

    #[test]
    fn failed_step_changes_nothing() {
        let connection = Connection::open_in_memory().unwrap();
        apply(&connection, &[FIRST]).unwrap();
        apply(&connection, &[FIRST, SECOND, "SELECT nothing;"]).unwrap_err();
        assert!(connection.is_autocommit());
        assert_eq!(kind(&connection, &[FIRST]).unwrap(), Kind::Ours { schema: 1 });
        assert!(sum(&connection).is_err(), "there is no second column");
    }
}
