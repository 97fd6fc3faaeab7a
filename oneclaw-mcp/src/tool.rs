mod delete_secret;
mod describe_secret;
mod execute_http;
mod get_env_bundle;
mod get_secret;
mod list_bindings;
mod list_secrets;
mod list_vaults;
mod list_versions;
mod put_secret;
mod rollback_secret;
mod rotate_and_store;

use std::sync::{Arc, LazyLock};

use futures_util::future::BoxFuture;
use oneclaw_api::{Clock, SecretMeta};

use crate::answer::Answer;
use crate::arguments::Arguments;
use crate::connection::{Connection, Session};
use crate::options::Options;
use crate::parameter::{self, Parameter};
use crate::refusal::Refusal;

pub(crate) use list_secrets::listing;

/// Every tool, in the order clients see them.
pub(crate) const TOOLS: [&Tool; 12] = [
    &list_secrets::TOOL,
    &get_secret::TOOL,
    &describe_secret::TOOL,
    &list_versions::TOOL,
    &execute_http::TOOL,
    &list_bindings::TOOL,
    &put_secret::TOOL,
    &rotate_and_store::TOOL,
    &rollback_secret::TOOL,
    &delete_secret::TOOL,
    &get_env_bundle::TOOL,
    &list_vaults::TOOL,
];

/// One tool: what clients see of it, and what it does.
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    /// Static, so that what a person approved is what a model reads.
    pub(crate) description: &'static str,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) effect: Effect,
    pub(crate) run: for<'a> fn(Call<'a>) -> BoxFuture<'a, Result<Answer, Refusal>>,
}

/// What a tool does to the world, as clients are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Shows metadata. Clients may call it without asking.
    ShowsMetadata,
    /// May act with a secret or show one: never called read-only, so that clients ask before each call.
    TouchesSecret,
    /// Adds something and destroys nothing.
    Adds,
    /// Takes something away.
    Removes,
    /// Acts outside the vault with a secret.
    ActsOutside,
}

/// One call of a tool.
pub(crate) struct Call<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) options: &'a Options,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) arguments: Arguments,
}

impl Call<'_> {
    /// Opens the vault; a tool looks at its arguments first.
    pub(crate) async fn session(&self) -> Result<Arc<Session>, Refusal> {
        self.connection.session().await
    }
}

/// Finds a tool by its name.
pub(crate) fn find(name: &str) -> Option<&'static Tool> {
    TOOLS.into_iter().find(|tool| tool.name == name)
}

/// The tools as `tools/list` shows them, made once.
pub(crate) fn shown() -> Vec<rmcp::model::Tool> {
    static SHOWN: LazyLock<Vec<rmcp::model::Tool>> = LazyLock::new(|| TOOLS.into_iter().map(show).collect());
    SHOWN.clone()
}

/// Names a version in a sentence's end.
pub(crate) fn stored(meta: &SecretMeta) -> String {
    format!("Secret stored at '{}' (version {}, type: {}).", meta.path, meta.version, meta.kind)
}

fn show(tool: &Tool) -> rmcp::model::Tool {
    let schema = Arc::new(parameter::schema(tool.parameters));
    let mut shown = rmcp::model::Tool::new(tool.name, tool.description, schema);
    shown.title = Some(tool.title.to_owned());
    shown.annotations = Some(tool.effect.annotations());
    shown
}

impl Effect {
    fn annotations(self) -> rmcp::model::ToolAnnotations {
        let hints = rmcp::model::ToolAnnotations::new();
        match self {
            Self::ShowsMetadata => hints.read_only(true).open_world(false),
            Self::TouchesSecret => {
                hints.read_only(false).destructive(false).idempotent(true).open_world(false)
            }
            Self::Adds => hints.read_only(false).destructive(false).idempotent(false).open_world(false),
            Self::Removes => hints.read_only(false).destructive(true).idempotent(true).open_world(false),
            Self::ActsOutside => hints.read_only(false).destructive(true).idempotent(false).open_world(true),
        }
    }
}
