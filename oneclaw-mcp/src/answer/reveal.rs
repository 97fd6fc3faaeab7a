//! The one place where a value becomes part of an answer.
//!
//! Both functions ask for [`RevealPermit`], which only the operator's options give out, and for a value that the vault
//! returned, which it does for callers with `read` only.

use std::fmt::Write as _;

use oneclaw_api::{EnvBundle, SecretRead};
use secrecy::ExposeSecret;
use serde_json::json;

use super::Answer;
use crate::options::RevealPermit;
use crate::refusal::Refusal;

/// Answers with a value: one line of JSON with path, type, version and value.
pub(crate) fn revealed_secret(_permit: RevealPermit, read: &SecretRead) -> Result<Answer, Refusal> {
    let value = std::str::from_utf8(read.value.expose_secret()).map_err(|_| Refusal::NotText)?;
    let meta = &read.meta;
    Ok(Answer::text(
        json!({ "path": meta.path, "type": meta.kind, "version": meta.version, "value": value }).to_string(),
    ))
}

/// Answers with the variables of a bundle, in the order they are written, as one JSON object.
pub(crate) fn revealed_bundle(_permit: RevealPermit, bundle: &EnvBundle) -> Result<Answer, Refusal> {
    let mut text = String::from("{");
    for (index, (name, value)) in bundle.entries().enumerate() {
        let value = std::str::from_utf8(value.expose_secret()).map_err(|_| Refusal::NotText)?;
        let comma = if index == 0 { "" } else { "," };
        write!(text, "{comma}\n  {}: {}", json!(name), json!(value)).map_err(|_| Refusal::Internal)?;
    }
    text.push_str("\n}");
    Ok(Answer::text(text))
}
