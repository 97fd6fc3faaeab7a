//! Disks that are full, broken or read-only (INV-42).

use super::*;
use crate::rows::{Row, SettingRow};
use crate::store::conformance::{event, everything, insert, row, text, verify_chain};
use crate::store::{Table, Value};

const SETTINGS: &Table = SettingRow::TABLE;

fn large(number: u64) -> Batch {
    let value = Value::Blob(vec![0x5a; 100_000]);
    let writes = vec![insert(SETTINGS, row(1, [text(format!("{number:09}")), value]))];
    Batch { writes, events: vec![event(number)] }
}

/// Commits until it fails; returns how many did not.
async fn fill(store: &SqliteStore) -> (u64, StoreError) {
    for number in 0.. {
        if let Err(error) = store.commit(large(number)).await {
            return (number, error);
        }
    }
    unreachable!()
}

async fn check(store: &SqliteStore, chain: &ChainKey, count: u64) {
    assert_eq!(store.select(everything(SETTINGS)).await.unwrap().len() as u64, count);
    assert_eq!(verify_chain(store, chain).await.len() as u64, count);
}

/// A full disk is said to be full, nothing is lost, and with room again the same store goes on.
#[tokio::test]
async fn full_disk() {
    let directory = tempfile::tempdir().unwrap();
    if process::has_namespaces() {
        let script = r#"mount -t tmpfs -o size=8m none "$ONECLAW_TEST_HOME" && exec "$@""#;
        let test = "disk::fills_the_disk";
        let mut command = process::running_under(&["unshare", "-rm"], script, test, directory.path());
        assert!(command.status().unwrap().success());
    }
}

#[tokio::test]
async fn fills_the_disk() {
    let Some((directory, _)) = process::told() else { return };
    let ballast = directory.join("ballast");
    std::fs::write(&ballast, vec![0; 2_000_000]).unwrap();
    let home = Home::create(&directory).await;
    let store = home.store();
    let (count, error) = fill(&store).await;
    assert!(matches!(error, StoreError::Full), "{error:?}");
    assert!(count > 10, "{count}");
    check(&store, &home.chain, count).await;
    assert!(matches!(store.commit(large(count)).await, Err(StoreError::Full)));

    std::fs::remove_file(ballast).unwrap();
    store.commit(large(count)).await.unwrap();
    check(&store, &home.chain, count + 1).await;
    drop(store);
    check(&home.store(), &home.chain, count + 1).await;
}

/// A disk that fails otherwise stops the store for good, until it is opened anew: here a limit on the size of files,
/// past which a write is an error that SQLite can't tell from a broken disk.
#[tokio::test]
async fn broken_disk() {
    let directory = tempfile::tempdir().unwrap();
    let script = r#"trap '' XFSZ && ulimit -f 4000 && exec "$@""#;
    let mut command = process::running_under(&[], script, "disk::meets_the_limit", directory.path());
    let output = command.output().unwrap();
    assert!(output.status.success());
    let output = String::from_utf8(output.stdout).unwrap();
    let count: u64 = output.lines().find_map(|line| line.strip_prefix("done ")).unwrap().parse().unwrap();

    let home = Home::load(directory.path()).await;
    let store = home.store();
    // The batch that failed is there as a whole or not at all.
    let found = store.select(everything(SETTINGS)).await.unwrap().len() as u64;
    assert!([count, count + 1].contains(&found), "{found} of {count}");
    check(&store, &home.chain, found).await;
    store.commit(large(found)).await.unwrap();
}

#[tokio::test]
async fn meets_the_limit() {
    let Some((directory, _)) = process::told() else { return };
    let home = Home::create(&directory).await;
    let store = home.store();
    let (count, error) = fill(&store).await;
    assert!(matches!(error, StoreError::Stopped), "{error:?}");
    assert!(count > 5, "{count}");
    for _ in 0..3 {
        // Small enough to be possible, and still not done.
        let result = store.commit(Batch { writes: vec![], events: vec![event(count)] }).await;
        assert!(matches!(result, Err(StoreError::Stopped)), "{result:?}");
    }
    check(&store, &home.chain, count).await;
    println!("done {count}");
}

#[tokio::test]
async fn read_only_disk() {
    let directory = tempfile::tempdir().unwrap();
    if process::has_namespaces() {
        let home = Home::create(directory.path()).await;
        home.store().commit(large(0)).await.unwrap();
        let script =
            r#"cd "$ONECLAW_TEST_HOME" && mount --bind . . && mount -o remount,ro,bind . && exec "$@""#;
        let test = "disk::meets_a_read_only_disk";
        let mut command = process::running_under(&["unshare", "-rm"], script, test, directory.path());
        assert!(command.status().unwrap().success());
        check(&home.store(), &home.chain, 1).await;
    }
}

#[tokio::test]
async fn meets_a_read_only_disk() {
    let Some((directory, _)) = process::told() else { return };
    let home = Home::load(&directory).await;
    for open in [SqliteFile::open, SqliteFile::create] {
        let refused = open(&home.database()).map(drop);
        assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
    }
    let refused = SqliteFile::create(&directory.join("other.db")).map(drop);
    assert!(matches!(refused, Err(StoreError::Io(_))), "{refused:?}");
}
