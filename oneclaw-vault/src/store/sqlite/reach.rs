//! What a failure puts in doubt.

use rusqlite::ErrorCode;

use crate::store::StoreError;

/// How far a failure reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The batch alone: it is undone to its savepoint.
    Batch,
    /// The transaction: nothing of it has happened.
    Group,
    /// What is on the disk is not known, and a later sync may claim what this one lost.
    Store,
}

/// Tells what an error while writing means. What is not known to be harmless is not.
pub(super) fn reach(error: &StoreError) -> Reach {
    match error {
        StoreError::Conflict | StoreError::Taken { .. } | StoreError::Malformed { .. } => Reach::Batch,
        StoreError::Busy | StoreError::Full | StoreError::ReadOnly => Reach::Group,
        StoreError::Sqlite(error) => match error.sqlite_error_code() {
            Some(ErrorCode::TooBig) => Reach::Batch,
            Some(ErrorCode::OutOfMemory) => Reach::Group,
            _ => Reach::Store,
        },
        StoreError::Missing
        | StoreError::Foreign
        | StoreError::Corrupt
        | StoreError::Newer { .. }
        | StoreError::Io(_)
        | StoreError::Stopped => Reach::Store,
    }
}
