//! Batches: all or nothing, each on its own.

use super::*;

const SETTINGS: &Table = SettingRow::TABLE;

pub(crate) async fn empty_batches_do_nothing(fixture: &Fixture) {
    fixture.store.commit(Batch::default()).await.unwrap();
    assert_eq!(fixture.store.chain(0, 10).await.unwrap(), []);
}

pub(crate) async fn batches_are_atomic(fixture: &Fixture) {
    fixture.commit([insert(SETTINGS, setting("taken", 1))]).await.unwrap();
    let failing = [
        insert(SETTINGS, setting("taken", 2)),
        insert(SETTINGS, row(1, [Value::Null, Value::Null])),
        Write::Replace { table: SETTINGS, old: [9; 32], row: setting("taken", 2) },
        Write::Remove { table: SETTINGS, key: vec![text("absent")], old: [1; 32] },
    ];
    for last in failing {
        let first = [
            insert(SETTINGS, setting("new", 1)),
            Write::Replace { table: SETTINGS, old: [1; 32], row: setting("taken", 3) },
        ];
        let writes = [first.to_vec(), vec![last]].concat();
        fixture.store.commit(Batch { writes, events: vec![event(1)] }).await.unwrap_err();
        assert_eq!(fixture.all(SETTINGS).await, [setting("taken", 1)]);
        assert_eq!(fixture.store.chain(0, 10).await.unwrap(), []);
    }
}

pub(crate) async fn order_inside_a_batch_counts(fixture: &Fixture) {
    let key = vec![text("a")];
    let writes = [
        insert(SETTINGS, setting("a", 1)),
        Write::Replace { table: SETTINGS, old: [1; 32], row: setting("a", 2) },
        Write::Remove { table: SETTINGS, key, old: [2; 32] },
        insert(SETTINGS, setting("a", 3)),
    ];
    fixture.commit(writes).await.unwrap();
    assert_eq!(fixture.all(SETTINGS).await, [setting("a", 3)]);
}

/// Every third of many simultaneous batches conflicts, and takes none of its neighbours along.
pub(crate) async fn conflicts_fail_alone(fixture: &Fixture) {
    fixture.commit([insert(SETTINGS, setting("taken", 1))]).await.unwrap();
    let tasks: Vec<_> = (0..300_u64)
        .map(|number| {
            let store = Arc::clone(&fixture.store);
            tokio::spawn(async move {
                let mut writes = vec![insert(SETTINGS, setting(&format!("{number:03}"), 1))];
                if number % 3 == 0 {
                    writes.push(insert(SETTINGS, setting("taken", 2)));
                }
                let result = store.commit(Batch { writes, events: vec![event(number)] }).await;
                match number % 3 {
                    0 => assert!(matches!(result, Err(StoreError::Conflict)), "{result:?}"),
                    _ => result.unwrap(),
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let names: Vec<RawRow> = (0..300)
        .filter(|number| number % 3 != 0)
        .map(|number| setting(&format!("{number:03}"), 1))
        .chain([setting("taken", 1)])
        .collect();
    assert_eq!(fixture.all(SETTINGS).await, names);
    assert_eq!(verify_chain(&*fixture.store, &fixture.chain).await.len(), 200);
}

pub(crate) async fn one_of_many_inserts_wins(fixture: &Fixture) {
    for round in 0..10 {
        let tasks: Vec<_> = (0..16)
            .map(|mac| {
                let store = Arc::clone(&fixture.store);
                let row = setting(&format!("{round}"), mac);
                tokio::spawn(async move { (mac, store.commit(batch([insert(SETTINGS, row)])).await) })
            })
            .collect();
        let mut winners = Vec::new();
        for task in tasks {
            match task.await.unwrap() {
                (mac, Ok(())) => winners.push(mac),
                (_, Err(StoreError::Conflict)) => {}
                (_, other) => panic!("{other:?}"),
            }
        }
        let [winner] = winners[..] else { panic!("{winners:?}") };
        assert_eq!(fixture.all(SETTINGS).await.pop(), Some(setting(&format!("{round}"), winner)));
    }
}

/// Many tasks count in one row, each reading anew after a conflict.
pub(crate) async fn compare_and_set_loses_no_update(fixture: &Fixture) {
    let counter = |count: u64| {
        let mut mac = [0; 32];
        mac[..8].copy_from_slice(&count.to_be_bytes());
        RawRow { values: vec![text("count"), Value::Blob(vec![])], mac }
    };
    fixture.commit([insert(SETTINGS, counter(0))]).await.unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&fixture.store);
            tokio::spawn(async move {
                for _ in 0..10 {
                    loop {
                        let old = store.select(everything(SETTINGS)).await.unwrap().remove(0).mac;
                        let count = u64::from_be_bytes(old[..8].try_into().unwrap());
                        let write = Write::Replace { table: SETTINGS, old, row: counter(count + 1) };
                        match store.commit(Batch { writes: vec![write], events: vec![event(count)] }).await {
                            Ok(()) => break,
                            Err(StoreError::Conflict) => {}
                            Err(other) => panic!("{other:?}"),
                        }
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(fixture.all(SETTINGS).await, [counter(80)]);
    let events = verify_chain(&*fixture.store, &fixture.chain).await;
    let counted: Vec<Vec<u8>> = (0..80).map(|count| event(count).bytes).collect();
    assert_eq!(events.into_iter().map(|event| event.bytes).collect::<Vec<_>>(), counted);
}
