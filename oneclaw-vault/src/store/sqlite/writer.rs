//! The writer: what is waiting goes into one transaction, and nobody is answered before it is durable.

use std::path::PathBuf;

use oneclaw_crypto::ChainKey;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::checkpoint::Checkpoints;
use super::events::Head;
use super::reach::{Reach, reach};
use super::rows;
use crate::store::{Batch, StoreError};

/// The most batches in one transaction.
const GROUP: usize = 256;

/// A batch, and who waits for it.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) batch: Batch,
    pub(super) answer: oneshot::Sender<Result<(), StoreError>>,
}

/// Owns the one connection that writes rows.
pub(super) struct Writer {
    connection: Connection,
    chain: ChainKey,
    checkpoints: Checkpoints,
    stopped: bool,
}

impl Writer {
    pub(super) fn new(path: PathBuf, connection: Connection, chain: ChainKey) -> Self {
        Self { connection, chain, checkpoints: Checkpoints::new(path), stopped: false }
    }

    /// Serves until nobody can ask any more.
    pub(super) fn run(mut self, mut queue: mpsc::Receiver<Job>) {
        self.checkpoints.before_commits(&self.connection);
        let mut group = Vec::new();
        while queue.blocking_recv_many(&mut group, GROUP) > 0 {
            let (batches, answers): (Vec<_>, Vec<_>) =
                group.drain(..).map(|Job { batch, answer }| (batch, answer)).unzip();
            let results = self.commit(&batches);
            for (answer, result) in answers.into_iter().zip(results) {
                // Who has gone away meanwhile needs no answer.
                let _ = answer.send(result);
            }
            if !self.stopped {
                self.checkpoints.after_commit(&self.connection);
            }
        }
        self.checkpoints.close();
    }

    fn commit(&mut self, batches: &[Batch]) -> Vec<Result<(), StoreError>> {
        self.stopped |= self.checkpoints.have_failed();
        if self.stopped {
            return vec![Err(StoreError::Stopped); batches.len()];
        }
        let error = match self.run_sql("BEGIN IMMEDIATE") {
            Ok(()) => match self.transact(batches) {
                Ok(results) => return results,
                Err(error) => self.roll_back(error),
            },
            // Nothing was written yet.
            Err(error) => error,
        };
        vec![Err(error); batches.len()]
    }

    /// Does every batch, then commits. An error is the whole transaction's.
    fn transact(&self, batches: &[Batch]) -> Result<Vec<Result<(), StoreError>>, StoreError> {
        let mut head = Head::read(&self.connection)?;
        let mut results = Vec::with_capacity(batches.len());
        for batch in batches {
            self.run_sql("SAVEPOINT batch")?;
            let result = match self.apply(batch, head) {
                Ok(new) => {
                    head = new;
                    Ok(())
                }
                Err(error) if reach(&error) == Reach::Batch && !self.connection.is_autocommit() => {
                    self.run_sql("ROLLBACK TO batch")?;
                    Err(error)
                }
                Err(error) => return Err(error),
            };
            self.run_sql("RELEASE batch")?;
            results.push(result);
        }
        self.run_sql("COMMIT")?;
        Ok(results)
    }

    fn apply(&self, batch: &Batch, mut head: Head) -> Result<Head, StoreError> {
        let Batch { writes, events } = batch;
        for write in writes {
            rows::apply(&self.connection, write)?;
        }
        for event in events {
            head = head.append(&self.connection, &self.chain, event)?;
        }
        Ok(head)
    }

    /// Undoes a transaction that failed, and says what its callers are told.
    fn roll_back(&mut self, error: StoreError) -> StoreError {
        // SQLite has done it already after some errors.
        let rolled_back = self.connection.is_autocommit() || self.run_sql("ROLLBACK").is_ok();
        if rolled_back && reach(&error) != Reach::Store {
            return error;
        }
        tracing::error!(error = ?error, "a write failed: nothing is acknowledged until the store is opened anew");
        self.stopped = true;
        StoreError::Stopped
    }

    fn run_sql(&self, sql: &str) -> Result<(), StoreError> {
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }
}
