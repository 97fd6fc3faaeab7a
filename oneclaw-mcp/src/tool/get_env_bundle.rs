use futures_util::FutureExt;
use oneclaw_api::EnvBundle;
use serde::Serialize;

use super::{Call, Effect, Tool};
use crate::answer::{Answer, revealed_bundle};
use crate::parameter::{Kind, Parameter};
use crate::refusal::Refusal;

pub(super) const TOOL: Tool = Tool {
    name: "get_env_bundle",
    title: "List the names in an environment bundle",
    description: "Lists the names of the variables in an environment bundle, with a reference to each. The values stay in \
                  the vault; a person runs a program with them: `oneclaw run`.",
    parameters: &[
        Parameter::PATH,
        Parameter::optional(
            "reveal",
            Kind::Flag,
            "Asks for the values. Refused unless the operator of this server allows it and policy grants read.",
        ),
        Parameter::VAULT,
    ],
    effect: Effect::TouchesSecret,
    run: |call| run(call).boxed(),
};

#[derive(Serialize)]
struct Shown {
    reference: String,
    variables: Vec<Variable>,
    note: &'static str,
}

#[derive(Serialize)]
struct Variable {
    name: String,
    reference: String,
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
        let bundle = EnvBundle::parse(&read.value).map_err(|_| Refusal::NotABundle)?;
        return revealed_bundle(permit, &bundle);
    }
    let meta = session.api().describe_secret(vault.id, &target.path).await?.meta;
    if target.version.is_some_and(|version| version != meta.version) {
        return Err(Refusal::CurrentOnly);
    }
    let names = session.api().env_bundle_names(vault.id, &target.path).await?;
    let reference = vault.reference(&meta.path, meta.version)?;
    let variables = names
        .into_iter()
        .map(|name| {
            let reference = reference.clone().with_field(&name).map_err(|_| Refusal::Internal)?.to_string();
            Ok(Variable { name, reference })
        })
        .collect::<Result<_, Refusal>>()?;
    Answer::json(&Shown {
        reference: reference.to_string(),
        variables,
        note: "The values stay in the vault and are not part of any answer here.",
    })
}
