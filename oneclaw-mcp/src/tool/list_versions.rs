use futures_util::FutureExt;
use oneclaw_api::SecretMeta;

use super::{Call, Effect, Tool};
use crate::answer::Answer;
use crate::parameter::Parameter;
use crate::refusal::Refusal;

pub(super) const TOOL: Tool = Tool {
    name: "list_versions",
    title: "List the versions of a secret",
    description: "Lists the versions of a secret, newest first: when each was made, where its value came from, whether it \
                  is switched off, expired or was exposed to a conversation. Never a value.",
    parameters: &[Parameter::PATH, Parameter::VAULT],
    effect: Effect::ShowsMetadata,
    run: |call| run(call).boxed(),
};

async fn run(mut call: Call<'_>) -> Result<Answer, Refusal> {
    let target = call.arguments.target()?;
    let session = call.session().await?;
    let vault = session.vault(target.vault.as_deref()).await?;
    let versions = session.api().list_versions(vault.id, &target.path).await?;
    let mut text = format!("Found {} version(s) of '{}':", versions.len(), target.path);
    for meta in &versions {
        let SecretMeta { version, kind, created_at, expires_at, is_disabled, origin, exposed_at, .. } = meta;
        text.push_str(&format!("\n- version {version}  (type: {kind}, created: {created_at}"));
        if let Some(origin) = origin {
            text.push_str(&format!(", origin: {}", origin.as_str()));
        }
        if let Some(at) = expires_at {
            text.push_str(&format!(", expires: {at}"));
        }
        if let Some(at) = exposed_at {
            text.push_str(&format!(", exposed: {at}"));
        }
        text.push_str(if *is_disabled { ", switched off)" } else { ")" });
    }
    Ok(Answer::text(text))
}
