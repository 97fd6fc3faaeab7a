use futures_util::FutureExt;

use super::{Call, Effect, Tool};
use crate::answer::Answer;
use crate::parameter::{Kind, Parameter};
use crate::refusal::Refusal;

pub(super) const TOOL: Tool = Tool {
    name: "rollback_secret",
    title: "Go back to an earlier version",
    description: "Makes the value of an earlier version current again, as a new version. Nothing is lost: every version \
                  stays. Use it when a rotation broke something.",
    parameters: &[
        Parameter::PATH,
        Parameter::required(
            "version",
            Kind::Integer { min: 1, max: u32::MAX },
            "The version to go back to, as list_versions shows it.",
        ),
        Parameter::VAULT,
    ],
    effect: Effect::Adds,
    run: |call| run(call).boxed(),
};

async fn run(mut call: Call<'_>) -> Result<Answer, Refusal> {
    let target = call.arguments.target()?;
    let version = target.version.ok_or(Refusal::UnknownVersion)?;
    let session = call.session().await?;
    let vault = session.vault(target.vault.as_deref()).await?;
    let meta = session.api().rollback_secret(vault.id, &target.path, version, None).await?;
    Ok(Answer::text(format!(
        "Secret '{}' has the value of version {version} again. New version: {}.",
        meta.path, meta.version
    )))
}
