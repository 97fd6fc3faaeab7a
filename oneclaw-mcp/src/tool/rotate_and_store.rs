use futures_util::FutureExt;
use oneclaw_api::{Charset, NewSecret, Origin, Rotation};

use super::put_secret::{EXPOSED, KINDS};
use super::{Call, Effect, Tool};
use crate::answer::Answer;
use crate::parameter::{Kind, Parameter};
use crate::refusal::Refusal;

pub(super) const TOOL: Tool = Tool {
    name: "rotate_and_store",
    title: "Rotate a secret",
    description: "Gives a secret a new version. Without value the vault generates one and nobody sees it: right for \
                  passwords and keys that you define yourself. With value, the value is stored, marked as exposed, and \
                  must be rotated again. Earlier versions stay; rollback_secret goes back to one.",
    parameters: &[
        Parameter::PATH,
        Parameter::optional(
            "value",
            Kind::Text,
            "A value from the conversation. Leave it out to generate one.",
        ),
        Parameter::optional(
            "length",
            Kind::Integer { min: 8, max: 1024 },
            "Characters of the generated value; 32 unless said.",
        ),
        Parameter::optional(
            "charset",
            Kind::Choice(&["hex", "base64", "alphanumeric", "ascii"]),
            "Characters it is made of; hex unless said.",
        ),
        Parameter::optional("type", Kind::Choice(KINDS), "A new type. The secret keeps its own unless said."),
        Parameter::VAULT,
    ],
    effect: Effect::Adds,
    run: |call| run(call).boxed(),
};

async fn run(mut call: Call<'_>) -> Result<Answer, Refusal> {
    let target = call.arguments.target()?;
    let value = call.arguments.value("value");
    let length = call.arguments.integer("length");
    let charset = call.arguments.text("charset").as_deref().and_then(charset);
    let kind = call.arguments.text("type");
    if value.is_some() && (length.is_some() || charset.is_some()) {
        return Err(Refusal::ValueAndGenerator);
    }
    let session = call.session().await?;
    let vault = session.vault(target.vault.as_deref()).await?;
    let (meta, how) = if let Some(value) = value {
        let new =
            NewSecret { kind, origin: Origin::Agent, if_match: target.version, ..NewSecret::new(value) };
        (session.api().put_secret(vault.id, &target.path, new).await?, EXPOSED)
    } else {
        let rotation = Rotation { length, charset, kind };
        let meta = session.api().rotate_secret(vault.id, &target.path, rotation).await?;
        (meta, "The vault generated the value; nobody has seen it. Bindings use it from now on.")
    };
    Ok(Answer::text(format!("Secret rotated at '{}'. New version: {}. {how}", meta.path, meta.version)))
}

fn charset(word: &str) -> Option<Charset> {
    match word {
        "hex" => Some(Charset::Hex),
        "base64" => Some(Charset::Base64),
        "alphanumeric" => Some(Charset::Alphanumeric),
        "ascii" => Some(Charset::Ascii),
        _ => None,
    }
}
