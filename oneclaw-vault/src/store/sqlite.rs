//! The store on SQLite: a WAL, one writer that gathers what is waiting into one commit, readers beside it.
//!
//! ```text
//! commit ─► queue ─► writer thread: BEGIN IMMEDIATE · a savepoint a batch · COMMIT ─► answers
//!                         └─► checkpoint thread, when the WAL has grown
//! select ─► a pooled read-only connection, on the caller's thread
//! ```
//!
//! Any number of processes may open one file: what a batch depends on is read inside its transaction.

use std::path::PathBuf;
use std::thread::{self, JoinHandle};

use async_trait::async_trait;
use oneclaw_crypto::ChainKey;
use tokio::sync::{mpsc, oneshot};

use super::{Batch, EventQuery, Query, RawRow, Store, StoreError, StoredEvent};
use readers::Readers;
use writer::{Job, Writer};

mod checkpoint;
mod connection;
mod events;
mod file;
mod reach;
mod readers;
mod rows;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use file::SqliteFile;

/// How many batches may wait: further callers wait before they are queued.
const QUEUE: usize = 1024;

/// A store on a SQLite file. Dropping it commits what is queued, then closes the file.
#[derive(Debug)]
pub(crate) struct SqliteStore {
    /// There until the store is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    writer: Option<JoinHandle<()>>,
    readers: Readers,
}

impl SqliteStore {
    /// Starts the writer of an opened file.
    fn start(path: PathBuf, connection: rusqlite::Connection, chain: ChainKey) -> Result<Self, StoreError> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let writer = Writer::new(path.clone(), connection, chain);
        let writer = thread::Builder::new().name("store-writer".into()).spawn(move || writer.run(queue))?;
        Ok(Self { jobs: Some(jobs), writer: Some(writer), readers: Readers::new(path) })
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        let (answer, answered) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or(StoreError::Stopped)?;
        jobs.send(Job { batch, answer }).await.map_err(|_| StoreError::Stopped)?;
        answered.await.map_err(|_| StoreError::Stopped)?
    }

    async fn select(&self, query: Query) -> Result<Vec<RawRow>, StoreError> {
        self.readers.with(|connection| rows::select(connection, &query))
    }

    async fn events(&self, query: EventQuery) -> Result<Vec<StoredEvent>, StoreError> {
        self.readers.with(|connection| events::list(connection, &query))
    }

    async fn chain(&self, after: u64, limit: u32) -> Result<Vec<StoredEvent>, StoreError> {
        self.readers.with(|connection| events::chain(connection, after, limit))
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(writer) = self.writer.take() {
            // A writer that has panicked has answered nobody: there is nothing left to tell here.
            drop(writer.join());
        }
    }
}
