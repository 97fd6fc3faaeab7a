//! INV-36: what was acknowledged survives `kill -9`, and what was not is there as a whole or not at all.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write as _};
use std::process::Child;

use super::*;
use crate::rows::{Row, SettingRow};
use crate::store::conformance::{event, everything, insert, row, text, verify_chain};
use crate::store::{NewEvent, Value};

/// How often a process is killed; `SCALE` multiplies it.
const CYCLES: u32 = 50;

/// Cycles on one database: each goes on where the one before was killed.
const PER_HOME: u32 = 10;

const TASKS: u32 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn killed_processes_lose_nothing() {
    let mut acknowledged = BTreeSet::new();
    let mut directory = tempfile::tempdir().unwrap();
    for cycle in 0..CYCLES * scale() {
        if cycle % PER_HOME == 0 {
            acknowledged.clear();
            directory = tempfile::tempdir().unwrap();
            Home::create(directory.path()).await;
        }
        let mut command =
            process::running("crash::commits_until_killed", directory.path(), &cycle.to_string());
        // Spread over the start, the first groups, and checkpoints.
        let patience = cycle.wrapping_mul(7919) % 151;
        acknowledged.extend(acknowledgements(command.spawn().unwrap(), patience));
        check(&Home::load(directory.path()).await, &acknowledged).await;
    }
}

/// Kills a process after it has acknowledged so many batches; returns all that it has acknowledged by then.
fn acknowledgements(mut process: Child, patience: u32) -> Vec<String> {
    let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut names = lines.filter_map(|line| line.strip_prefix("done ").map(str::to_owned));
    let mut read: Vec<String> = names.by_ref().take(usize::try_from(patience).unwrap()).collect();
    process.kill().unwrap();
    read.extend(names);
    assert!(!process.wait().unwrap().success(), "it goes on until it is killed");
    read
}

async fn check(home: &Home, acknowledged: &BTreeSet<String>) {
    let store = home.store();
    let rows = store.select(everything(SettingRow::TABLE)).await.unwrap();
    let rows: BTreeSet<String> = rows.into_iter().map(|row| name(&row.values[0])).collect();
    let events = verify_chain(&store, &home.chain).await;
    let events: BTreeSet<String> =
        events.into_iter().map(|event| String::from_utf8(event.bytes).unwrap()).collect();
    let whole: BTreeSet<String> = events.iter().flat_map(|name| halves(name)).collect();
    assert_eq!(rows, whole, "batches are there as a whole");
    let lost: Vec<&String> = acknowledged.difference(&events).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
}

/// Runs in the process that is killed.
#[tokio::test(flavor = "multi_thread")]
async fn commits_until_killed() {
    let Some((directory, cycle)) = process::told() else { return };
    let store = Arc::new(Home::load(&directory).await.store());
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (store, cycle) = (Arc::clone(&store), cycle.clone());
            tokio::spawn(async move {
                for number in 0.. {
                    let name = format!("{cycle}-{task}-{number}");
                    store.commit(numbered(&name)).await.unwrap();
                    std::io::stdout().write_all(format!("done {name}\n").as_bytes()).unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

/// Two rows, of a few pages so that the log grows, and an event.
fn numbered(name: &str) -> Batch {
    let writes = halves(name).map(|half| {
        let value = Value::Blob(vec![0x5a; 10_000]);
        insert(SettingRow::TABLE, row(1, [text(half), value]))
    });
    let event = NewEvent { bytes: name.as_bytes().to_vec(), ..event(0) };
    Batch { writes: writes.to_vec(), events: vec![event] }
}

fn halves(name: &str) -> [String; 2] {
    ["a", "b"].map(|half| format!("{name}/{half}"))
}

fn name(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        other => panic!("{other:?}"),
    }
}
