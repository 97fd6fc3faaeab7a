use futures_util::FutureExt;
use oneclaw_api::SecretMeta;
use serde::Serialize;

use super::{Call, Effect, Tool};
use crate::answer::Answer;
use crate::connection::Session;
use crate::parameter::{Kind, Parameter};
use crate::refusal::Refusal;

/// The most lines of one answer: a model that wants more names a prefix.
const MAX_LINES: usize = 500;

pub(super) const TOOL: Tool = Tool {
    name: "list_secrets",
    title: "List secrets",
    description: "Lists the secrets you may know of: path, type, version and expiry, never a value. Start here to find \
                  the path of a credential.",
    parameters: &[
        Parameter::optional(
            "prefix",
            Kind::AnyText,
            "Only paths that start with this text, for example api-keys/.",
        ),
        Parameter::VAULT,
    ],
    effect: Effect::ShowsMetadata,
    run: |call| run(call).boxed(),
};

async fn run(mut call: Call<'_>) -> Result<Answer, Refusal> {
    let prefix = call.arguments.text("prefix").filter(|prefix| !prefix.is_empty());
    let named = call.arguments.text("vault");
    let session = call.session().await?;
    let vault = match session.vault(named.as_deref()).await {
        // A list is filtered, not denied.
        Err(Refusal::NoVault) => return Ok(Answer::text(Refusal::NoVault.to_string())),
        vault => vault?,
    };
    let secrets = session.api().list_secrets(vault.id, prefix.as_deref()).await?;
    if secrets.is_empty() {
        return Ok(Answer::text(match prefix {
            Some(_) => "No secrets with that prefix that you may see.".to_owned(),
            None => "No secrets found in this vault.".to_owned(),
        }));
    }
    let mut text = format!("Found {} secret(s):", secrets.len());
    for SecretMeta { path, kind, version, expires_at, .. } in secrets.iter().take(MAX_LINES) {
        let expires = expires_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        text.push_str(&format!("\n- {path}  (type: {kind}, version: {version}, expires: {expires})"));
    }
    if let Some(more) = secrets.len().checked_sub(MAX_LINES).filter(|more| *more > 0) {
        text.push_str(&format!("\n… and {more} more: name a prefix to see fewer."));
    }
    Ok(Answer::text(text))
}

#[derive(Serialize)]
struct Entry<'a> {
    path: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    version: u32,
    expires_at: Option<String>,
}

/// Lists the default vault as the JSON of the resource `vault://secrets`.
pub(crate) async fn listing(session: &Session) -> Result<String, Refusal> {
    let vault = match session.vault(None).await {
        Err(Refusal::NoVault) => return Ok("[]".to_owned()),
        vault => vault?,
    };
    let secrets = session.api().list_secrets(vault.id, None).await?;
    let entries: Vec<_> = secrets
        .iter()
        .map(|SecretMeta { path, kind, version, expires_at, .. }| Entry {
            path: path.as_str(),
            kind,
            version: *version,
            expires_at: expires_at.map(|at| at.to_string()),
        })
        .collect();
    serde_json::to_string(&entries).map_err(|_| Refusal::Internal)
}
