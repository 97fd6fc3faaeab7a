//! Known answers, made by an independent implementation of the format and kept for ever.

use serde_json::Value;

use crate::{Context, DataKey, SecretBytes};

/// The first vector: one value, one wrap, one API key.
pub(crate) fn suite1() -> Value {
    serde_json::from_str(include_str!("../testdata/envelope-suite1.json")).unwrap()
}

/// More values, and everything that hangs from the root key.
pub(crate) fn more() -> Value {
    serde_json::from_str(include_str!("../testdata/envelope-suite1-more.json")).unwrap()
}

/// Decodes a hexadecimal string.
pub(crate) fn hex(value: &Value) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text(value).as_bytes()).unwrap()
}

/// Decodes a hexadecimal string of a known length.
pub(crate) fn array<const N: usize>(value: &Value) -> [u8; N] {
    hex(value).try_into().unwrap()
}

/// Reads a string.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Decodes a key.
pub(crate) fn key(value: &Value) -> DataKey {
    DataKey::try_from(SecretBytes::copy_from(&hex(value))).unwrap()
}

/// The context of a value of the first vector's secret.
pub(crate) fn value_context(version: u64) -> Context {
    secret_context("oneclaw/value/v1", version)
}

/// The context of the first vector's wrapped key.
pub(crate) fn wrap_context(path: &str) -> Context {
    secret_context("oneclaw/wrap/v1", 1).field(6, path.as_bytes())
}

fn secret_context(label: &'static str, version: u64) -> Context {
    let inputs = &suite1()["inputs"];
    Context::new(label)
        .field(1, &hex(&inputs["org_id"]))
        .field(2, &hex(&inputs["vault_id"]))
        .field(3, &hex(&inputs["secret_id"]))
        .field(4, &version.to_be_bytes())
}
