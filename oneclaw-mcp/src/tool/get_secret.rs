use futures_util::FutureExt;
use oneclaw_api::{DescribedBinding, Origin, Permission, SecretDescription, SecretMeta};
use serde::Serialize;

use super::{Call, Effect, Tool};
use crate::answer::{Answer, revealed_secret};
use crate::connection::ChosenVault;
use crate::foreign_text;
use crate::parameter::{Kind, Parameter};
use crate::refusal::Refusal;

pub(super) const TOOL: Tool = Tool {
    name: "get_secret",
    title: "Get a reference to a secret",
    description: "Gives a reference to a secret and says how you can use it: through which bindings, for which addresses \
                  and methods. The value itself stays in the vault; call execute_http with a binding, and the vault \
                  adds the credential to the request for you.",
    parameters: &[
        Parameter::PATH,
        Parameter::optional(
            "version",
            Kind::Integer { min: 1, max: u32::MAX },
            "A version, as list_versions shows it. Leave it out for the current one.",
        ),
        Parameter::optional(
            "reveal",
            Kind::Flag,
            "Asks for the value itself. Refused unless the operator of this server allows it and policy grants read.",
        ),
        Parameter::VAULT,
    ],
    effect: Effect::TouchesSecret,
    run: |call| run(call).boxed(),
};

#[derive(Serialize)]
struct Shown<'a> {
    reference: String,
    path: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    version: u32,
    created_at: String,
    age_days: i64,
    expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Origin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exposed_at: Option<String>,
    permissions: &'a [Permission],
    bindings: Vec<Usable>,
    how_to_use: &'static str,
    note: &'static str,
}

#[derive(Serialize)]
struct Usable {
    binding: String,
    base_url: String,
    methods: Vec<String>,
}

async fn run(mut call: Call<'_>) -> Result<Answer, Refusal> {
    let reveal = call.arguments.flag("reveal");
    let target = call.arguments.target()?;
    let permit = match (reveal, call.options.reveal_permit()) {
        (true, None) => return Err(Refusal::RevealOff),
        (true, Some(permit)) => Some(permit),
        (false, _) => None,
    };
    let session = call.session().await?;
    let vault = session.vault(target.vault.as_deref()).await?;
    if let Some(permit) = permit {
        let read = session.api().read_secret(vault.id, &target.path, target.version).await?;
        return revealed_secret(permit, &read);
    }
    let description = session.api().describe_secret(vault.id, &target.path).await?;
    let meta = match target.version {
        Some(version) if version != description.meta.version => {
            let versions = session.api().list_versions(vault.id, &target.path).await?;
            versions.into_iter().find(|meta| meta.version == version).ok_or(Refusal::UnknownVersion)?
        }
        _ => description.meta.clone(),
    };
    show(&call, &vault, &description, &meta)
}

fn show(
    call: &Call<'_>,
    vault: &ChosenVault,
    description: &SecretDescription,
    meta: &SecretMeta,
) -> Result<Answer, Refusal> {
    let SecretDescription { meta: current, access_count: _, max_access_count: _, permissions, bindings } =
        description;
    let is_current = current.version == meta.version;
    Answer::json(&Shown {
        reference: vault.reference(&meta.path, meta.version)?.to_string(),
        path: meta.path.as_str(),
        kind: &meta.kind,
        version: meta.version,
        created_at: meta.created_at.to_string(),
        age_days: call.clock.now().duration_since(meta.created_at).as_hours() / 24,
        expires_at: meta.expires_at.map(|at| at.to_string()),
        origin: meta.origin,
        exposed_at: meta.exposed_at.map(|at| at.to_string()),
        permissions,
        bindings: if is_current { bindings.iter().map(usable).collect() } else { Vec::new() },
        how_to_use: how_to_use(is_current, bindings, permissions),
        note: "The value stays in the vault and is not part of any answer here.",
    })
}

fn usable(DescribedBinding { name, base_url, methods }: &DescribedBinding) -> Usable {
    Usable {
        binding: foreign_text::line(name),
        base_url: foreign_text::line(base_url),
        methods: methods.iter().map(|method| foreign_text::line(method)).collect(),
    }
}

fn how_to_use(is_current: bool, bindings: &[DescribedBinding], permissions: &[Permission]) -> &'static str {
    if !is_current {
        "Bindings use the current version, and this is an earlier one. rollback_secret makes it current again."
    } else if !bindings.is_empty() {
        "Call execute_http with the name of a binding: the vault adds the credential and sends the request."
    } else if permissions.contains(&Permission::Use) {
        "You may use it, but no binding says where. Ask the user to add one: `oneclaw binding add NAME --agent AGENT \
         --secret PATH --url https://… --header 'Authorization: Bearer {value}'`."
    } else {
        "You may know of it but not use it. Ask the user for the right: `oneclaw policy add --agent AGENT --path \
         PATH --permission use`, and for a binding: `oneclaw binding add`."
    }
}
