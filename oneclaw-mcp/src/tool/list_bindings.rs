use futures_util::FutureExt;
use oneclaw_api::{Binding, ResponseMode};
use serde::Serialize;

use super::{Call, Effect, Tool};
use crate::answer::Answer;
use crate::foreign_text;
use crate::refusal::Refusal;

pub(super) const TOOL: Tool = Tool {
    name: "list_bindings",
    title: "List bindings",
    description: "Lists your bindings: each lets you call one service with a credential that you never see. Shows the name \
                  that execute_http takes, the base address, and which methods, paths and headers are allowed.",
    parameters: &[],
    effect: Effect::ShowsMetadata,
    run: |call| run(call).boxed(),
};

#[derive(Serialize)]
struct Shown {
    binding: String,
    base_url: String,
    methods: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paths: Option<Vec<String>>,
    request_headers: Vec<String>,
    response: ResponseMode,
    secret: String,
    is_active: bool,
}

async fn run(call: Call<'_>) -> Result<Answer, Refusal> {
    let session = call.session().await?;
    let agent = session.identity().await?.principal.agent().ok_or(Refusal::NotAnAgent)?;
    let bindings = session.api().list_bindings(agent).await?;
    if bindings.is_empty() {
        return Ok(Answer::text(
            "You have no bindings, so you can't call a service with a secret yet. Ask the user to add one: `oneclaw \
             binding add NAME --agent AGENT --secret PATH --url https://… --header 'Authorization: Bearer {value}'`."
                .to_owned(),
        ));
    }
    Answer::json(&bindings.iter().map(show).collect::<Vec<_>>())
}

fn show(binding: &Binding) -> Shown {
    let guardrails = &binding.guardrails;
    let methods = guardrails.allowed_methods.clone().unwrap_or_else(|| vec!["GET".into(), "HEAD".into()]);
    Shown {
        binding: foreign_text::line(&binding.name),
        base_url: foreign_text::line(&binding.config.base_url),
        methods: lines(&methods),
        paths: guardrails.allowed_paths.as_deref().map(lines),
        request_headers: lines(guardrails.allowed_request_headers.as_deref().unwrap_or_default()),
        response: guardrails.response_mode.unwrap_or_default(),
        secret: binding.credential_path.to_string(),
        is_active: binding.is_active,
    }
}

fn lines(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| foreign_text::line(text)).collect()
}
