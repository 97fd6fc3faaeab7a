use futures_util::FutureExt;
use oneclaw_api::{NewSecret, Origin};

use super::{Call, Effect, Tool, stored};
use crate::answer::Answer;
use crate::parameter::{Kind, Parameter};
use crate::refusal::Refusal;

pub(super) const KINDS: &[&str] =
    &["api_key", "password", "private_key", "certificate", "file", "note", "ssh_key", "env_bundle"];

/// What is said of a value that came through a conversation.
pub(super) const EXPOSED: &str = "The value has been in a conversation, so this version is marked as exposed: rotate it \
                                  soon, with rotate_and_store without a value or at the service that issued it.";

pub(super) const TOOL: Tool = Tool {
    name: "put_secret",
    title: "Store a secret",
    description: "Stores a secret. Don't ask the user for the value in the conversation: call this without value and it \
                  says how a person stores it at a terminal. A value that is given here is stored, marked as exposed, \
                  and must be rotated. To have the vault generate a value, use rotate_and_store.",
    parameters: &[
        Parameter::PATH,
        Parameter::optional(
            "value",
            Kind::Text,
            "The value. Leave it out unless it is in the conversation already.",
        ),
        Parameter::optional("type", Kind::Choice(KINDS), "What it is. A new version keeps the type it had."),
        Parameter::optional(
            "metadata",
            Kind::Object,
            "Notes to keep beside it, such as owner or service. Never secret.",
        ),
        Parameter::optional("expires_at", Kind::Text, "When it stops answering, as 2027-01-31T12:00:00Z."),
        Parameter::optional(
            "max_access_count",
            Kind::Integer { min: 1, max: i32::MAX.unsigned_abs() },
            "How often it may be read.",
        ),
        Parameter::VAULT,
    ],
    effect: Effect::Adds,
    run: |call| run(call).boxed(),
};

async fn run(mut call: Call<'_>) -> Result<Answer, Refusal> {
    let target = call.arguments.target()?;
    let value = call.arguments.value("value").ok_or(Refusal::AskPerson)?;
    let expires_at = match call.arguments.text("expires_at") {
        Some(text) => Some(text.parse().map_err(|_| Refusal::Date)?),
        None => None,
    };
    let session = call.session().await?;
    let vault = session.vault(target.vault.as_deref()).await?;
    let new = NewSecret {
        kind: call.arguments.text("type"),
        metadata: call.arguments.object("metadata"),
        expires_at,
        max_access_count: call.arguments.integer("max_access_count"),
        origin: Origin::Agent,
        if_match: target.version,
        ..NewSecret::new(value)
    };
    let meta = session.api().put_secret(vault.id, &target.path, new).await?;
    Ok(Answer::text(format!("{} {EXPOSED}", stored(&meta))))
}
