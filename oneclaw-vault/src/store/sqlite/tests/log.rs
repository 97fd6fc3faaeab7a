//! The write-ahead log: left behind by every process, and still bounded.

use super::*;
use crate::rows::{Row, SettingRow};
use crate::store::Value;
use crate::store::conformance::{event, everything, insert, row, text, verify_chain};

fn large(number: u64) -> Batch {
    let value = Value::Blob(vec![0x5a; 100_000]);
    let writes = vec![insert(SettingRow::TABLE, row(1, [text(number), value]))];
    Batch { writes, events: vec![event(number)] }
}

/// One short command after the other, as on a command line.
#[tokio::test]
async fn commands_keep_the_log_bounded() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::create(directory.path()).await;
    let log = directory.path().join("vault.db-wal");
    let mut largest = 0;
    for number in 0..150 {
        home.store().commit(large(number)).await.unwrap();
        largest = largest.max(std::fs::metadata(&log).unwrap().len());
    }
    assert!((300_000..1_000_000).contains(&largest), "{largest}");
    let store = home.store();
    assert_eq!(store.select(everything(SettingRow::TABLE)).await.unwrap().len(), 150);
    assert_eq!(verify_chain(&store, &home.chain).await.len(), 150);
}

/// Many at once, in one process that stays.
#[tokio::test(flavor = "multi_thread")]
async fn servers_keep_the_log_bounded() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::create(directory.path()).await;
    let store = Arc::new(home.store());
    let tasks: Vec<_> = (0..8)
        .map(|task| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for number in 0..100 {
                    store.commit(large(task * 100 + number)).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let log = std::fs::metadata(directory.path().join("vault.db-wal")).unwrap().len();
    let database = std::fs::metadata(home.database()).unwrap().len();
    assert!(log < 40_000_000 && database > 40_000_000, "{log} {database}");
    drop(Arc::into_inner(store));
    assert_eq!(verify_chain(&home.store(), &home.chain).await.len(), 800);
}

/// What is queued when a store is dropped is committed all the same.
#[tokio::test]
async fn dropping_drains_the_queue() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::create(directory.path()).await;
    let store = home.store();
    for number in 0..50 {
        // Polled once, which queues the batch, and given up.
        let mut commit = store.commit(large(number));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let _ = commit.as_mut().poll(&mut context);
    }
    drop(store);
    assert_eq!(verify_chain(&home.store(), &home.chain).await.len(), 50);
}
