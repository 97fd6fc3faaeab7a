use futures_util::FutureExt;

use super::{Call, Effect, Tool};
use crate::answer::Answer;
use crate::parameter::Parameter;
use crate::refusal::Refusal;

pub(super) const TOOL: Tool = Tool {
    name: "delete_secret",
    title: "Delete a secret",
    description: "Deletes a secret with all its versions. Whatever uses it stops working, and you can't bring it back: ask \
                  the user first.",
    parameters: &[Parameter::PATH, Parameter::VAULT],
    effect: Effect::Removes,
    run: |call| run(call).boxed(),
};

async fn run(mut call: Call<'_>) -> Result<Answer, Refusal> {
    let target = call.arguments.target()?;
    let session = call.session().await?;
    let vault = session.vault(target.vault.as_deref()).await?;
    session.api().delete_secret(vault.id, &target.path, target.version).await?;
    Ok(Answer::text(format!("Secret '{}' deleted, all versions.", target.path)))
}
