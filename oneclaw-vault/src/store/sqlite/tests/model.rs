//! The model passes the suite too, and after any batches both stores are in the same state.

use proptest::prelude::*;

use super::*;
use crate::rows::{AgentRow, BindingRow, Row, SecretRow, SettingRow, VaultRow};
use crate::store::conformance::{self, Model, batch, event, everything, insert, verify_chain};
use crate::store::{RawRow, Table, Value, Write};

conformance!(fixture);

async fn fixture() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let chain = Home::prepare(directory.path()).await.chain;
    Fixture { store: Arc::new(Model::new(chain.clone())), chain, _keep: Box::new(directory) }
}

const TABLES: [&Table; 5] =
    [SettingRow::TABLE, SecretRow::TABLE, VaultRow::TABLE, AgentRow::TABLE, BindingRow::TABLE];

/// Rows of few keys, few names and few MACs, so that they meet.
fn rows() -> impl Strategy<Value = (&'static Table, RawRow)> {
    (0..TABLES.len(), 0..3_u8, 0..3_u8, 0..3_u8).prop_map(|(table, key, other, mac)| {
        let (id, name) = (format!("{key}"), format!("{other}"));
        let row = match table {
            0 => conformance::setting(&id, mac),
            1 => conformance::secret(&id, &name, Value::Null),
            2 => conformance::vault(&id, &name),
            3 => conformance::agent(&id, &name, key ^ other),
            _ => conformance::binding(&id, "agent", &name),
        };
        (TABLES[table], RawRow { mac: [mac; 32], ..row })
    })
}

fn writes() -> impl Strategy<Value = Write> {
    (rows(), 0..3_u8, 0..5_u8).prop_map(|((table, row), old, kind)| match kind {
        0..2 => insert(table, row),
        2..4 => Write::Replace { table, old: [old; 32], row },
        _ => Write::Remove { table, key: row.values[..table.key].to_vec(), old: [old; 32] },
    })
}

async fn agree(batches: Vec<Vec<Write>>) {
    let directory = tempfile::tempdir().unwrap();
    let home = Home::create(directory.path()).await;
    let (store, model) = (home.store(), Model::new(home.chain.clone()));
    for (writes, number) in batches.into_iter().zip(0..) {
        let batch = Batch { events: vec![event(number)], ..batch(writes) };
        let [found, right] = [store.commit(batch.clone()).await, model.commit(batch.clone()).await];
        match (&found, &right) {
            (Ok(()), Ok(())) | (Err(StoreError::Conflict), Err(StoreError::Conflict)) => {}
            (Err(StoreError::Taken { .. }), Err(StoreError::Taken { .. })) => {}
            // A row that breaks two rules at once breaks either.
            (Err(StoreError::Taken { .. }), Err(StoreError::Conflict)) => {}
            (Err(StoreError::Conflict), Err(StoreError::Taken { .. })) => {}
            _ => panic!("{batch:?}: {found:?}, but {right:?}"),
        }
        for table in TABLES {
            let [found, right] =
                [store.select(everything(table)).await, model.select(everything(table)).await];
            assert_eq!(found.unwrap(), right.unwrap(), "{batch:?}");
        }
    }
    let right = verify_chain(&model, &home.chain).await;
    assert_eq!(verify_chain(&store, &home.chain).await, right);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40 * scale()))]

    #[test]
    fn stores_agree(batches in prop::collection::vec(prop::collection::vec(writes(), 1..4), 1..60)) {
        tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(agree(batches));
    }
}
