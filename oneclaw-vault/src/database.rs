//! Typed access to the store: every row that comes out has its MAC checked, every row that goes in gets one.

use std::sync::Arc;

use oneclaw_api::Problem;
use oneclaw_crypto::RowMacKey;

use crate::audit::Event;
use crate::rows::{Row, Stored, insert, query};
use crate::store::{Batch, Query, Store, StoreError, Value, Write};

/// A column that must have a value.
pub(crate) type Condition = (&'static str, Value);

#[derive(Debug)]
pub(crate) struct Database {
    store: Arc<dyn Store>,
    mac: RowMacKey,
}

impl Database {
    pub(crate) fn new(store: Arc<dyn Store>, mac: RowMacKey) -> Self {
        Self { store, mac }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// Returns the one row that fits, if there is one.
    pub(crate) async fn one<R: Row>(&self, equal: Vec<Condition>) -> Result<Option<Stored<R>>, Problem> {
        Ok(self.all(equal).await?.into_iter().next())
    }

    /// Lists the rows that fit, by primary key.
    pub(crate) async fn all<R: Row>(&self, equal: Vec<Condition>) -> Result<Vec<Stored<R>>, Problem> {
        self.select(query::<R>(equal)).await
    }

    /// Lists the rows that fit and whose `column` starts with `prefix`, by primary key.
    pub(crate) async fn with_prefix<R: Row>(
        &self,
        equal: Vec<Condition>,
        column: &'static str,
        prefix: &str,
    ) -> Result<Vec<Stored<R>>, Problem> {
        self.select(Query { prefix: Some((column, prefix.to_owned())), ..query::<R>(equal) }).await
    }

    pub(crate) fn insert<R: Row>(&self, row: &R) -> Write {
        insert(&self.mac, row)
    }

    pub(crate) fn replace<R: Row>(&self, stored: &Stored<R>, row: &R) -> Write {
        stored.replace(&self.mac, row)
    }

    /// Makes writes durable together with their event, or changes nothing.
    pub(crate) async fn commit(&self, writes: Vec<Write>, event: &Event) -> Result<(), StoreError> {
        self.store.commit(Batch { writes, events: vec![event.to_new()] }).await
    }

    async fn select<R: Row>(&self, query: Query) -> Result<Vec<Stored<R>>, Problem> {
        let rows = self.store.select(query).await?;
        rows.into_iter().map(|raw| Stored::verify(&self.mac, raw).map_err(Problem::from)).collect()
    }
}

/// The condition that a column has the text of an id or a name.
pub(crate) fn is(column: &'static str, text: impl ToString) -> Condition {
    (column, Value::Text(text.to_string()))
}

/// The condition that a column has a number.
pub(crate) fn is_number(column: &'static str, number: u32) -> Condition {
    (column, Value::Integer(number.into()))
}

/// The condition that a column has these bytes.
pub(crate) fn is_bytes(column: &'static str, bytes: &[u8]) -> Condition {
    (column, Value::Blob(bytes.to_vec()))
}
