//! What a request may say of a secret.

use oneclaw_api::Problem;
use serde_json::{Map, Value as Json};

/// The most bytes metadata may have as JSON.
const MAX_METADATA_BYTES: usize = 16 * 1024;

pub(super) fn check_match(expected: Option<u32>, current: u32) -> Result<(), Problem> {
    match expected {
        Some(expected) if expected != current => Err(Problem::conflict(format!(
            "the current version is {current}, not {expected}; look again and retry"
        ))),
        _ => Ok(()),
    }
}

pub(super) fn check_kind(kind: Option<&str>) -> Result<(), Problem> {
    let fits = |kind: &str| {
        (1..=64).contains(&kind.len())
            && kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if kind.is_none_or(fits) {
        return Ok(());
    }
    Err(Problem::bad_field("type", "must have 1 to 64 characters of a-z, 0-9 and `_`, such as api_key"))
}

pub(super) fn check_metadata(metadata: Option<&Map<String, Json>>) -> Result<(), Problem> {
    let len =
        metadata.map_or(0, |metadata| serde_json::to_vec(metadata).map_or(usize::MAX, |bytes| bytes.len()));
    if len <= MAX_METADATA_BYTES {
        return Ok(());
    }
    Err(Problem::bad_field("metadata", format!("has more than {MAX_METADATA_BYTES} bytes")))
}
