use futures_util::FutureExt;
use oneclaw_api::{Origin, Permission, SecretDescription, SecretMeta};
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Call, Effect, Tool};
use crate::answer::Answer;
use crate::foreign_text;
use crate::parameter::Parameter;
use crate::refusal::Refusal;

pub(super) const TOOL: Tool = Tool {
    name: "describe_secret",
    title: "Describe a secret",
    description: "Tells what is known of a secret but its value: type, version, origin, metadata, expiry, how often it was \
                  read, what you may do with it, and the names of the bindings that use it. Does not count as an access.",
    parameters: &[Parameter::PATH, Parameter::VAULT],
    effect: Effect::ShowsMetadata,
    run: |call| run(call).boxed(),
};

#[derive(Serialize)]
struct Shown<'a> {
    path: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    version: u32,
    metadata: Map<String, Value>,
    created_at: String,
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exposed_at: Option<String>,
    access_count: u32,
    max_access_count: Option<u32>,
    permissions: &'a [Permission],
    bindings: Vec<String>,
    note: &'static str,
}

async fn run(mut call: Call<'_>) -> Result<Answer, Refusal> {
    let target = call.arguments.target()?;
    let session = call.session().await?;
    let vault = session.vault(target.vault.as_deref()).await?;
    let described = session.api().describe_secret(vault.id, &target.path).await?;
    let SecretDescription { meta, access_count, max_access_count, permissions, bindings } = &described;
    let SecretMeta {
        id: _,
        path,
        kind,
        version,
        metadata,
        created_at,
        expires_at,
        is_disabled: _,
        origin,
        exposed_at,
    } = meta;
    Answer::json(&Shown {
        path: path.as_str(),
        kind,
        version: *version,
        metadata: foreign_text::metadata(metadata),
        created_at: created_at.to_string(),
        expires_at: expires_at.map(|at| at.to_string()),
        origin: *origin,
        exposed_at: exposed_at.map(|at| at.to_string()),
        access_count: *access_count,
        max_access_count: *max_access_count,
        permissions,
        bindings: bindings.iter().map(|binding| foreign_text::line(&binding.name)).collect(),
        note: foreign_text::LABEL,
    })
}
