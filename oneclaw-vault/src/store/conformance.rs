//! What every store must do, told through the trait alone. [`conformance!`] runs it against one.

use std::sync::Arc;

use oneclaw_crypto::{ChainKey, GENESIS};

use super::{
    Batch, EventQuery, NewEvent, Query, RawRow, Store, StoreError, StoredEvent, Table, Value, Write,
};
use crate::rows::{AgentRow, BindingRow, Row, SecretRow, SettingRow, VaultRow};

mod batches;
mod chain;
mod model;
mod rows;

pub(crate) use batches::*;
pub(crate) use chain::*;
pub(crate) use model::Model;
pub(crate) use rows::*;

/// Makes a test of every case; `$fixture` is an async function that makes a [`Fixture`] with an empty store.
macro_rules! conformance {
    ($fixture:path) => {
        $crate::store::conformance::conformance! { $fixture:
            inserts_are_selected, keys_order_rows, equality_selects, prefixes_select, inserts_conflict,
            replaces_compare, removes_compare, unique_columns_are_named, malformed_rows_are_refused,
            batches_are_atomic, order_inside_a_batch_counts, conflicts_fail_alone, one_of_many_inserts_wins,
            compare_and_set_loses_no_update, empty_batches_do_nothing,
            events_are_chained, events_are_filtered, events_are_paged, chain_survives_concurrency,
        }
    };
    ($fixture:path: $($case:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                let fixture = $fixture().await;
                $crate::store::conformance::$case(&fixture).await;
                $crate::store::conformance::verify_chain(&*fixture.store, &fixture.chain).await;
            }
        )*
    };
}
pub(crate) use conformance;

/// An empty store, the key of its chain, and whatever has to live as long.
pub(crate) struct Fixture {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) chain: ChainKey,
    pub(crate) _keep: Box<dyn Send + Sync>,
}

/// Reads the whole chain in pages and checks that it is dense, linked, and names each predecessor.
pub(crate) async fn verify_chain(store: &dyn Store, chain: &ChainKey) -> Vec<StoredEvent> {
    let mut events: Vec<StoredEvent> = Vec::new();
    loop {
        let after = events.len() as u64;
        let page = store.chain(after, 100).await.unwrap();
        if page.is_empty() {
            break;
        }
        events.extend(page);
    }
    let (mut hash, mut previous) = (GENESIS, None);
    for (event, sequence) in events.iter().zip(1..) {
        hash = chain.link(&hash, &event.bytes);
        assert_eq!((event.sequence, event.hash, event.previous), (sequence, hash, previous));
        previous = Some(event.id);
    }
    events
}

pub(crate) fn text(text: impl ToString) -> Value {
    Value::Text(text.to_string())
}

/// A row whose MAC is its last column's number: the store doesn't know what a MAC is.
pub(crate) fn row(mac: u8, values: impl Into<Vec<Value>>) -> RawRow {
    RawRow { values: values.into(), mac: [mac; 32] }
}

pub(crate) fn setting(name: &str, mac: u8) -> RawRow {
    row(mac, [text(name), Value::Blob(vec![mac; 3])])
}

pub(crate) fn vault(id: &str, name: &str) -> RawRow {
    row(7, [text(id), text(name), text(""), text("user:u"), Value::Integer(-1)])
}

pub(crate) fn secret(vault: &str, path: &str, deleted_at: Value) -> RawRow {
    let id = text(format!("{vault}:{path}"));
    let rest = [id, 1.into(), deleted_at, 0.into(), 2.into(), text("kv"), text("{}"), 3.into(), Value::Null];
    row(7, [vec![text(vault), text(path)], rest.to_vec()].concat())
}

pub(crate) fn agent(id: &str, name: &str, digest: u8) -> RawRow {
    let digest = Value::Blob(vec![digest; 32]);
    let key = [text(id), text(name), text(""), text("ocv_"), digest, 1.into(), Value::Null, Value::Null];
    let rest = [text("[]"), text("[]"), 0.into(), 1.into(), text("user:u"), 1.into()];
    row(7, [key.to_vec(), rest.to_vec()].concat())
}

pub(crate) fn binding(id: &str, agent: &str, name: &str) -> RawRow {
    let key = [text(id), text(agent), text(name), text("v"), text("p"), 0.into()];
    let rest = [text("{}"), text("{}"), 1.into(), 1.into(), 1.into()];
    row(7, [key.to_vec(), rest.to_vec()].concat())
}

pub(crate) fn insert(table: &'static Table, row: RawRow) -> Write {
    Write::Insert { table, row }
}

pub(crate) fn batch(writes: impl Into<Vec<Write>>) -> Batch {
    Batch { writes: writes.into(), events: Vec::new() }
}

pub(crate) fn event(number: u64) -> NewEvent {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_be_bytes());
    NewEvent {
        id,
        bytes: format!("event {number}").into_bytes(),
        created_at: i64::try_from(number).unwrap(),
        actor_id: "actor".into(),
        action: "action".into(),
        resource_id: "resource".into(),
        vault_id: None,
        path: None,
    }
}

pub(crate) fn everything(table: &'static Table) -> Query {
    Query { table, equal: Vec::new(), prefix: None }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl Fixture {
    async fn commit(&self, writes: impl Into<Vec<Write>>) -> Result<(), StoreError> {
        self.store.commit(batch(writes)).await
    }

    async fn all(&self, table: &'static Table) -> Vec<RawRow> {
        self.store.select(everything(table)).await.unwrap()
    }
}
