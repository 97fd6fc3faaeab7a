mod reveal;

use rmcp::model::{CallToolResult, ContentBlock};
use serde::Serialize;

use crate::refusal::Refusal;

pub(crate) use reveal::{revealed_bundle, revealed_secret};

/// What a tool answers: text that was never part of a secret.
///
/// A secret value has neither `Display` nor `Serialize`, so no constructor here takes one. The one exception is the
/// child module `reveal`, which is asked only after the operator permitted it and the vault granted `read`.
#[derive(Debug)]
pub(crate) struct Answer {
    text: String,
    is_error: bool,
}

impl Answer {
    /// Answers with a sentence or a few lines.
    pub(crate) const fn text(text: String) -> Self {
        Self { text, is_error: false }
    }

    /// Answers with indented JSON.
    pub(crate) fn json<T: Serialize>(value: &T) -> Result<Self, Refusal> {
        serde_json::to_string_pretty(value).map(Self::text).map_err(|_| Refusal::Internal)
    }

    /// Says that what the answer tells of did not work.
    pub(crate) const fn failed(mut self) -> Self {
        self.is_error = true;
        self
    }

    /// Says what went wrong, for a model to act on.
    pub(crate) const fn error(text: String) -> Self {
        Self { text, is_error: true }
    }

    pub(crate) fn into_result(self) -> CallToolResult {
        let content = vec![ContentBlock::text(self.text)];
        if self.is_error { CallToolResult::error(content) } else { CallToolResult::success(content) }
    }
}
