//! Checkpoints: the log goes back into the file on a thread of its own, so that no commit waits for it.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::connection;
use crate::store::StoreError;

/// How many frames (pages) the log may have before it is written back: 4 MiB.
const FRAMES: i64 = 1_000;

/// How many it may have before writers are held up for it: 16 MiB.
const MANY_FRAMES: i64 = 4 * FRAMES;

/// The log is measured at every so many commits, and at the first: a command may be over after one.
const EVERY: u32 = 16;

/// Asks for checkpoints when they are due. Dropping it waits for the one that runs.
pub(super) struct Checkpoints {
    path: PathBuf,
    commits: u32,
    thread: Option<Checkpointer>,
}

struct Checkpointer {
    requests: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Checkpoints {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, commits: 0, thread: None }
    }

    /// Looks at the log after a commit. What fails here has not failed for anybody: the log only grows until it works.
    pub(super) fn after_commit(&mut self, connection: &Connection) {
        let due = self.commits.is_multiple_of(EVERY);
        self.commits = self.commits.wrapping_add(1);
        if due && frames(connection).is_ok_and(|frames| frames >= FRAMES) {
            self.request();
        }
    }

    fn request(&mut self) {
        let path = &self.path;
        let Some(checkpointer) = self.thread.take().or_else(|| Checkpointer::start(path.clone())) else {
            return;
        };
        match checkpointer.requests.try_send(()) {
            // Asked, or asked before.
            Ok(()) | Err(TrySendError::Full(())) => self.thread = Some(checkpointer),
            // Gone after an error: the next request starts another.
            Err(TrySendError::Disconnected(())) => checkpointer.finish(),
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        if let Some(checkpointer) = self.thread.take() {
            checkpointer.finish();
        }
    }
}

impl Checkpointer {
    fn start(path: PathBuf) -> Option<Self> {
        let (requests, due) = mpsc::sync_channel(1);
        let run = move || {
            if let Err(error) = serve(&path, &due) {
                tracing::warn!(error = ?error, "a checkpoint failed");
            }
        };
        let thread = thread::Builder::new().name("store-checkpoint".into()).spawn(run).ok()?;
        Some(Self { requests, thread })
    }

    fn finish(self) {
        let Self { requests, thread } = self;
        drop(requests);
        drop(thread.join());
    }
}

fn serve(path: &Path, due: &mpsc::Receiver<()>) -> Result<(), StoreError> {
    let connection = connection::writer(path)?;
    connection::make_durable(&connection)?;
    while due.recv().is_ok() {
        // Most of the work beside the writers…
        checkpoint(&connection, "passive")?;
        // …and what they added meanwhile with the writers held up for a moment: under steady load the log would never
        // be written back to its end otherwise, and never start anew.
        if frames(&connection)? >= MANY_FRAMES {
            checkpoint(&connection, "restart")?;
        }
    }
    Ok(())
}

/// Returns the number of frames in the log.
fn frames(connection: &Connection) -> Result<i64, StoreError> {
    checkpoint(connection, "noop")
}

fn checkpoint(connection: &Connection, mode: &str) -> Result<i64, StoreError> {
    let mut statement = connection.prepare_cached(&format!("PRAGMA wal_checkpoint = {mode}"))?;
    Ok(statement.query_row([], |row| row.get(1))?)
}
