//! Checkpoints: the log goes back into the file on a thread of its own, so that no commit waits for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::connection;
use super::reach::{Reach, reach};
use crate::store::StoreError;

/// How many frames (pages) the log may have before it is written back: 4 MiB.
const FRAMES: i64 = 1_000;

/// How many it may have before writers are held up for it: 16 MiB.
const MANY_FRAMES: i64 = 4 * FRAMES;

/// How many a process may find: 512 KiB. The first one to open the file again reads them all.
const FRAMES_FOUND: i64 = 128;

/// The log is measured at every so many commits.
const EVERY: u32 = 16;

/// Asks for checkpoints when they are due.
pub(super) struct Checkpoints {
    path: PathBuf,
    commits: u32,
    failed: Arc<AtomicBool>,
    thread: Option<Checkpointer>,
}

struct Checkpointer {
    requests: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Checkpoints {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, commits: 0, failed: Arc::default(), thread: None }
    }

    /// Whether one has failed in a way that puts the disk in doubt.
    pub(super) fn have_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// Looks at the log after a commit. What fails here has not failed for anybody: the log only grows until it works.
    pub(super) fn after_commit(&mut self, connection: &Connection) {
        self.commits = self.commits.wrapping_add(1);
        let due = self.commits.is_multiple_of(EVERY);
        if due && frames(connection).is_ok_and(|frames| frames >= FRAMES) {
            self.request();
        }
    }

    /// Writes back what former processes have left behind, before the first commit: it then starts the log anew, in
    /// place, which spares its sync a change of the file's size.
    pub(super) fn before_commits(&self, connection: &Connection) {
        let write_back = || match frames(connection)? {
            FRAMES_FOUND.. => checkpoint(connection, "passive"),
            few => Ok(few),
        };
        if let Err(error) = write_back() {
            note(&error, &self.failed);
        }
    }

    /// Waits for the checkpoint that runs.
    pub(super) fn close(self) {
        if let Some(checkpointer) = self.thread {
            checkpointer.finish();
        }
    }

    fn request(&mut self) {
        let start = || Checkpointer::start(self.path.clone(), Arc::clone(&self.failed));
        let Some(checkpointer) = self.thread.take().or_else(start) else {
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

impl Checkpointer {
    fn start(path: PathBuf, failed: Arc<AtomicBool>) -> Option<Self> {
        let (requests, due) = mpsc::sync_channel(1);
        let run = move || {
            if let Err(error) = serve(&path, &due) {
                note(&error, &failed);
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

fn note(error: &StoreError, failed: &AtomicBool) {
    tracing::warn!(error = ?error, "a checkpoint failed");
    // No memory and no room pass: the log is still whole, and the next checkpoint starts where this one did.
    failed.fetch_or(reach(error) == Reach::Store, Ordering::Release);
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
