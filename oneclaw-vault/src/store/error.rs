//! Why a store did not do it.

use std::sync::Arc;

use rusqlite::ErrorCode;

/// Why a store did not do it. Messages name tables and columns, never what is in them.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum StoreError {
    /// A row is not what the batch expects; nothing has changed, and a retry reads anew.
    #[error("a row has changed meanwhile")]
    Conflict,
    /// A row breaks a unique column; nothing has changed.
    #[error("a row with the same {column} exists")]
    Taken { column: &'static str },
    /// A row is not of the form its table has.
    #[error("a row of {table} is malformed")]
    Malformed { table: &'static str },
    /// Other processes held the database for too long; nothing has changed, and a retry may do.
    #[error("the database is busy: try again")]
    Busy,
    /// There is no room left; nothing has changed.
    #[error("the disk is full: make room, then try again")]
    Full,
    /// The database can't be written, and without an audit record nothing is done.
    #[error("the database or its directory is read-only")]
    ReadOnly,
    /// There is no database.
    #[error("there is no database")]
    Missing,
    /// The file is something else, or a database of other software.
    #[error("the file is not a oneclaw database")]
    Foreign,
    /// The file is damaged.
    #[error("the database is corrupt: restore a backup")]
    Corrupt,
    /// The schema is from a later version of this software.
    #[error("the database has schema {found}, this version knows {known}: update oneclaw")]
    Newer { found: i64, known: i64 },
    /// The file, or a thread to serve it, can't be made.
    #[error("the database can't be opened")]
    Io(#[source] Arc<std::io::Error>),
    /// The database failed in another way.
    #[error("the database failed")]
    Sqlite(#[source] Arc<rusqlite::Error>),
    /// A write failed in a way that leaves open what is on the disk: nothing is acknowledged until the store is opened anew.
    #[error("the store has stopped after a failed write: restart oneclaw")]
    Stopped,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt,
            Some(ErrorCode::NotADatabase) => Self::Foreign,
            _ => Self::Sqlite(Arc::new(error)),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        Self::Io(Arc::new(error))
    }
}
