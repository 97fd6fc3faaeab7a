use http::header::{CONTENT_TYPE, HeaderMap};
use serde_json::{Map, Value};

use super::Withheld;
use crate::Scrubber;
use crate::scrub::REPLACEMENT;

/// Scrubs a decoded body: parsed where it is JSON, else text; nothing where it is empty.
pub(super) fn scrub(
    scrubber: &Scrubber,
    headers: &HeaderMap,
    body: &[u8],
    redactions: &mut u32,
) -> Result<Option<Value>, Withheld> {
    if body.is_empty() {
        return Ok(None);
    }
    let scrubbed = scrubber.scrub(body);
    *redactions = redactions.saturating_add(scrubbed.redactions);
    let text = String::from_utf8(scrubbed.bytes).map_err(|_| Withheld::Binary { len: body.len() })?;
    if is_json(headers)
        && let Ok(mut value) = serde_json::from_str(&text)
    {
        // What the parser decodes is looked at again: an escape may hide what the text does not show.
        scrub_json(scrubber, &mut value, redactions);
        return Ok(Some(value));
    }
    Ok(Some(Value::String(text)))
}

fn scrub_json(scrubber: &Scrubber, value: &mut Value, redactions: &mut u32) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => {
            if scrubber.count(number.to_string().as_bytes()) > 0 {
                *redactions = redactions.saturating_add(1);
                *value = Value::String(REPLACEMENT.to_owned());
            }
        }
        Value::String(text) => scrub_text(scrubber, text, redactions),
        Value::Array(items) => {
            for item in items {
                scrub_json(scrubber, item, redactions);
            }
        }
        Value::Object(map) => {
            let mut scrubbed = Map::new();
            for (mut name, mut member) in std::mem::take(map) {
                scrub_text(scrubber, &mut name, redactions);
                scrub_json(scrubber, &mut member, redactions);
                scrubbed.insert(name, member);
            }
            *map = scrubbed;
        }
    }
}

fn scrub_text(scrubber: &Scrubber, text: &mut String, redactions: &mut u32) {
    let scrubbed = scrubber.scrub(text.as_bytes());
    if scrubbed.redactions > 0 {
        *redactions = redactions.saturating_add(scrubbed.redactions);
        *text = String::from_utf8_lossy(&scrubbed.bytes).into_owned();
    }
}

/// Tells whether the reply says that it is JSON (RFC 6839, section 3.1, for the suffix).
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) else { return false };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || essence == "text/json" || essence.ends_with("+json")
}
