//! Writing and reading a row's columns one by one.

use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::store::Value;

/// The columns of a row that is being written.
#[derive(Debug, Default)]
pub(crate) struct Values(Vec<Value>);

impl Values {
    pub(crate) fn text(&mut self, text: impl ToString) {
        self.0.push(Value::Text(text.to_string()));
    }

    pub(crate) fn blob(&mut self, bytes: &[u8]) {
        self.0.push(Value::Blob(bytes.to_vec()));
    }

    pub(crate) fn integer(&mut self, number: impl Into<i64>) {
        self.0.push(Value::Integer(number.into()));
    }

    pub(crate) fn optional_integer(&mut self, number: Option<impl Into<i64>>) {
        self.0.push(number.map_or(Value::Null, |number| Value::Integer(number.into())));
    }

    pub(crate) fn flag(&mut self, flag: bool) {
        self.integer(flag);
    }

    /// Microseconds since 1970.
    pub(crate) fn time(&mut self, time: Timestamp) {
        self.integer(time.as_microsecond());
    }

    pub(crate) fn optional_time(&mut self, time: Option<Timestamp>) {
        self.optional_integer(time.map(Timestamp::as_microsecond));
    }

    /// Structured columns are text in JSON; what goes in is our own types, which always encode.
    pub(crate) fn json(&mut self, value: &impl Serialize) {
        self.0.push(serde_json::to_string(value).map_or(Value::Null, Value::Text));
    }

    pub(crate) fn into_vec(self) -> Vec<Value> {
        self.0
    }
}

/// The columns of a row that is being read; nothing where a column is not of the type it must have.
#[derive(Debug)]
pub(crate) struct Reader(std::vec::IntoIter<Value>);

impl Reader {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    pub(crate) fn is_done(&self) -> bool {
        self.0.as_slice().is_empty()
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        match self.0.next()? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn parsed<T: FromStr>(&mut self) -> Option<T> {
        self.text()?.parse().ok()
    }

    /// Reads the name of a variant.
    pub(crate) fn named<T: DeserializeOwned>(&mut self) -> Option<T> {
        serde_json::from_value(serde_json::Value::String(self.text()?)).ok()
    }

    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> Option<T> {
        serde_json::from_str(&self.text()?).ok()
    }

    pub(crate) fn blob(&mut self) -> Option<Vec<u8>> {
        match self.0.next()? {
            Value::Blob(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.blob()?.try_into().ok()
    }

    pub(crate) fn integer<T: TryFrom<i64>>(&mut self) -> Option<T> {
        match self.0.next()? {
            Value::Integer(number) => number.try_into().ok(),
            _ => None,
        }
    }

    pub(crate) fn optional_integer<T: TryFrom<i64>>(&mut self) -> Option<Option<T>> {
        match self.0.next()? {
            Value::Integer(number) => number.try_into().ok().map(Some),
            Value::Null => Some(None),
            _ => None,
        }
    }

    pub(crate) fn flag(&mut self) -> Option<bool> {
        match self.integer::<i64>()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(crate) fn time(&mut self) -> Option<Timestamp> {
        Timestamp::from_microsecond(self.integer()?).ok()
    }

    pub(crate) fn optional_time(&mut self) -> Option<Option<Timestamp>> {
        match self.optional_integer()? {
            Some(micros) => Timestamp::from_microsecond(micros).ok().map(Some),
            None => Some(None),
        }
    }
}
