//! Many processes on one file.

use std::process::Child;

use super::*;
use crate::rows::{Row, SettingRow};
use crate::store::RawRow;
use crate::store::Write;
use crate::store::conformance::{batch, event, everything, insert, setting, text, verify_chain};

const SETTINGS: &crate::store::Table = SettingRow::TABLE;
const PROCESSES: u64 = 4;
const TASKS: u64 = 4;
const ROUNDS: u64 = 15;

/// Chain and compare-and-set hold over processes: each counts in one row and retries when another was first.
#[tokio::test(flavor = "multi_thread")]
async fn processes_share_a_file() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::create(directory.path()).await;
    let store = home.store();
    store.commit(batch([insert(SETTINGS, counter(0))])).await.unwrap();
    let others: Vec<Child> = (0..PROCESSES)
        .map(|number| {
            let mut command = process::running("processes::counts", directory.path(), &number.to_string());
            command.spawn().unwrap()
        })
        .collect();
    for process in others {
        assert!(process.wait_with_output().unwrap().status.success());
    }
    let total = PROCESSES * TASKS * ROUNDS;
    assert_eq!(store.select(everything(SETTINGS)).await.unwrap(), [counter(total)]);
    let events = verify_chain(&store, &home.chain).await;
    assert_eq!(events.len() as u64, total);
}

#[tokio::test(flavor = "multi_thread")]
async fn counts() {
    let Some((directory, _)) = process::told() else { return };
    let store = Arc::new(Home::load(&directory).await.store());
    let tasks: Vec<_> = (0..TASKS)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for _ in 0..ROUNDS {
                    while let Err(error) = count(&store).await {
                        assert!(matches!(error, StoreError::Conflict), "{error:?}");
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn count(store: &SqliteStore) -> Result<(), StoreError> {
    let old = store.select(everything(SETTINGS)).await.unwrap().remove(0).mac;
    let count = u64::from_be_bytes(old[..8].try_into().unwrap());
    let write = Write::Replace { table: SETTINGS, old, row: counter(count + 1) };
    store.commit(Batch { writes: vec![write], events: vec![event(count)] }).await
}

fn counter(count: u64) -> RawRow {
    let mut mac = [0; 32];
    mac[..8].copy_from_slice(&count.to_be_bytes());
    RawRow { values: vec![text("count"), crate::store::Value::Blob(vec![])], mac }
}

/// Of many processes that make one home at once, one initialises it and the others are told so.
#[tokio::test]
async fn one_process_initialises() {
    for _ in 0..5 {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::prepare(directory.path()).await;
        let others: Vec<Child> = (0..PROCESSES)
            .map(|number| {
                let mut command =
                    process::running("processes::initialises", directory.path(), &number.to_string());
                command.spawn().unwrap()
            })
            .collect();
        let mut winners = 0;
        for process in others {
            let output = process.wait_with_output().unwrap();
            assert!(output.status.success());
            winners += String::from_utf8(output.stdout).unwrap().matches("first").count();
        }
        assert_eq!(winners, 1);
        assert_eq!(verify_chain(&home.store(), &home.chain).await.len(), 1);
    }
}

#[tokio::test]
async fn initialises() {
    let Some((directory, number)) = process::told() else { return };
    let home = Home::load(&directory).await;
    let file = SqliteFile::create(&home.database()).unwrap();
    let store = file.start(home.chain).unwrap();
    let writes = vec![insert(SETTINGS, setting("organisation", number.parse().unwrap()))];
    match store.commit(Batch { writes, events: vec![event(0)] }).await {
        Ok(()) => println!("first"),
        Err(StoreError::Conflict) => println!("late"),
        Err(other) => panic!("{other:?}"),
    }
}

/// A process that holds the database for too long makes others give up, which changes nothing.
#[tokio::test]
async fn busy_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::create(directory.path()).await;
    let connection = connection::writer(&home.database()).unwrap();
    connection::make_durable(&connection).unwrap();
    connection.busy_timeout(std::time::Duration::ZERO).unwrap();
    let store = SqliteStore::start(home.database(), connection, home.chain.clone()).unwrap();

    let other = connection::writer(&home.database()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let batch = batch([insert(SETTINGS, setting("a", 1))]);
    let result = store.commit(batch.clone()).await;
    assert!(matches!(result, Err(StoreError::Busy)), "{result:?}");
    assert_eq!(store.select(everything(SETTINGS)).await.unwrap(), [], "readers go on");
    other.execute_batch("ROLLBACK").unwrap();
    store.commit(batch).await.unwrap();
}
