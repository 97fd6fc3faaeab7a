//! `oneclaw binding add`.

use clap::Args;
use oneclaw_api::{
    Agent, AuthType, BindingConfig, BindingSecret, Effect, Explain, Guardrails, NewBinding, Permission,
    PrincipalType, ResponseMode, SecretPath, UpdateAgent, VaultId,
};

use crate::argument;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// Where the value stands in a header.
const PLACE: &str = "{value}";

/// Where a credential may go and how it gets there.
#[derive(Debug, Args)]
pub(crate) struct BindingAddArgs {
    /// Its name: letters, digits, `_` and `-`
    name: String,
    /// The one agent that may use it
    #[arg(long, value_name = "NAME|ID")]
    agent: String,
    /// The secret whose value is sent
    #[arg(long, value_name = "PATH", value_parser = argument::path)]
    secret: SecretPath,
    /// The address: this prefix and all below it
    #[arg(long)]
    url: String,
    /// The header that carries the value
    #[arg(
        long,
        value_name = "NAME: FORMAT",
        default_value = "Authorization: Bearer {value}",
        value_parser = parse_header
    )]
    header: Header,
    /// A method that is allowed; may be repeated [default: GET and HEAD]
    #[arg(long = "method", value_name = "METHOD")]
    methods: Vec<String>,
    /// A path that is allowed, with * and **; may be repeated [default: all below the address]
    #[arg(long = "path", value_name = "GLOB")]
    paths: Vec<String>,
    /// A request header that the agent may set; may be repeated
    #[arg(long = "request-header", value_name = "NAME")]
    request_headers: Vec<String>,
    /// Give the agent the status of replies and nothing else
    #[arg(long)]
    status_only: bool,
    /// The most calls a minute [default: 60]
    #[arg(long, value_name = "N")]
    per_minute: Option<u32>,
    /// Allow loopback and private addresses, and plain http to loopback
    #[arg(long)]
    allow_loopback: bool,
}

/// A header's name, and its text with `{value}` in it.
#[derive(Debug, Clone)]
struct Header {
    name: String,
    format: String,
}

/// Parses `Name: format`. No message repeats the text: the value may have been put in its place by mistake.
fn parse_header(text: &str) -> Result<Header, &'static str> {
    let (name, format) = text.split_once(':').ok_or("must be of the form `Authorization: Bearer {value}`")?;
    let (name, format) = (name.trim(), format.trim());
    if name.is_empty()
        || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    {
        return Err("must start with the name of a header and a colon");
    }
    if format.matches(PLACE).count() != 1 {
        return Err(
            "must hold `{value}` once, where the vault puts the value; the value itself does not belong here",
        );
    }
    Ok(Header { name: name.to_owned(), format: format.to_owned() })
}

/// Binds a secret to an upstream for an agent, and lets the agent execute bindings.
pub(crate) async fn cmd_binding_add(invocation: &Invocation, args: BindingAddArgs) -> Result<(), Failure> {
    let connection = invocation.connect_guarded(&format!("bind {} for {}", args.secret, args.agent)).await?;
    let vault = connection.vault().await?;
    let agent = connection.agent(&args.agent).await?;
    let path = args.secret.clone();
    let binding = connection.api().create_binding(agent.id, new_binding(args, vault)).await?;
    if !agent.execution_intents_enabled {
        let update = UpdateAgent { execution_intents_enabled: Some(true), ..UpdateAgent::default() };
        connection.api().update_agent(agent.id, update).await?;
    }
    invocation.output.show(&binding, || format!("{} for {}", binding.name, agent.name))?;
    invocation.output.say(format!("{} may be sent to {} and below", path, binding.config.base_url));
    if may_use(&connection, vault, &agent, &path).await? {
        invocation.output.next(format!("oneclaw mcp print CLIENT --agent {}", agent.name));
    } else {
        invocation.output.say(format!("{} may not use {path} yet", agent.name));
        invocation
            .output
            .next(format!("oneclaw policy add --agent {} --permission use --path {path}", agent.name));
    }
    Ok(())
}

fn new_binding(args: BindingAddArgs, vault_id: VaultId) -> NewBinding {
    let BindingAddArgs {
        name,
        agent: _,
        secret,
        url,
        header,
        methods,
        paths,
        request_headers,
        status_only,
        per_minute,
        allow_loopback,
    } = args;
    let given = |texts: Vec<String>| (!texts.is_empty()).then_some(texts);
    NewBinding {
        name,
        config: BindingConfig {
            base_url: url,
            auth_type: AuthType::Header,
            auth_header: Some(header.name),
            auth_format: Some(header.format),
            auth_query: None,
            auth_user: None,
        },
        guardrails: Guardrails {
            allowed_methods: given(methods.iter().map(|method| method.to_ascii_uppercase()).collect()),
            allowed_paths: given(paths),
            allowed_request_headers: given(request_headers),
            response_mode: status_only.then_some(ResponseMode::StatusOnly),
            max_requests_per_minute: per_minute,
            allow_private_networks: allow_loopback.then_some(true),
            ..Guardrails::default()
        },
        secret: BindingSecret::VaultRef { vault_id, path: secret },
    }
}

async fn may_use(
    connection: &Connection,
    vault: VaultId,
    agent: &Agent,
    path: &SecretPath,
) -> Result<bool, Failure> {
    let question = Explain {
        principal_type: PrincipalType::Agent,
        principal_id: agent.id.to_string(),
        permission: Permission::Use,
        path: path.clone(),
    };
    Ok(connection.api().explain(vault, question).await?.decision == Effect::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_a_name_and_one_place_for_the_value() {
        let header = parse_header("Authorization: Bearer {value}").unwrap();
        assert_eq!((header.name.as_str(), header.format.as_str()), ("Authorization", "Bearer {value}"));
        assert_eq!(parse_header("X-Key:{value}").unwrap().format, "{value}");
        for text in
            ["", "Bearer {value}", ": {value}", "X Y: {value}", "X: y", "X: {value}{value}", "X: hunter2"]
        {
            let error = parse_header(text).unwrap_err();
            assert!(!error.contains("hunter2"), "{text}");
        }
    }
}
