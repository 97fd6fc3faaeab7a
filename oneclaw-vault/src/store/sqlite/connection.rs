//! How connections are opened. The file is not trusted: triggers and views in it are never run.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::store::StoreError;

/// How long a connection waits for other processes before it says that the database is busy.
const PATIENCE: Duration = Duration::from_secs(5);

/// Statements each connection keeps prepared; there are fewer kinds.
const STATEMENTS: usize = 128;

/// Past this the WAL file is cut back when it starts anew, in bytes.
const WAL_LIMIT: i64 = 16 << 20;

/// Opens a connection that writes to a file that is there.
pub(super) fn writer(path: &Path) -> Result<Connection, StoreError> {
    open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
}

/// Opens a connection that can only read.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// Makes commits reach the disk before they return, and deleted rows be overwritten.
pub(super) fn make_durable(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA secure_delete = ON;
         PRAGMA wal_autocheckpoint = 0;",
    )?)
}

/// Turns the write-ahead log on; a file remembers it.
pub(super) fn log_ahead(connection: &Connection) -> Result<(), StoreError> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    Ok(connection.pragma_update(None, "journal_size_limit", WAL_LIMIT)?)
}

fn open(path: &Path, mode: OpenFlags) -> Result<Connection, StoreError> {
    // A connection is used by one thread at a time: it needs no lock of its own.
    let mut connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_handler(Some(patience(PATIENCE)))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // The last one out leaves the log as it is: five syncs less at the end of every command.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    // What SQLite would put into temporary files stays in memory.
    connection.execute_batch("PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;")?;
    Ok(connection)
}

/// Asks again soon at first, since a commit takes less than a millisecond on a good disk, then every two milliseconds.
fn patience(limit: Duration) -> impl FnMut(i32) -> bool + Send + 'static {
    let mut since = Instant::now();
    move |attempt| {
        if attempt == 0 {
            since = Instant::now();
        }
        if since.elapsed() >= limit {
            return false;
        }
        let steps = u32::try_from(attempt).unwrap_or(u32::MAX).saturating_add(1).min(20);
        thread::sleep(Duration::from_micros(100) * steps);
        true
    }
}
