//! The quickstart at a terminal: asks what to store, for which service and which client, and proves it.

use oneclaw_api::{
    Agent, AgentCreated, AuthType, BindingConfig, BindingSecret, Guardrails, NewAgent, NewBinding, NewPolicy,
    NewSecret, PathPattern, Permission, PrincipalId, Problem, ProblemKind, SecretPath, SecretValue,
    UpdateAgent, VaultApi, VaultId,
};
use oneclaw_mcp::{McpClient, client_config, config_path};
use oneclaw_vault::{Home, Vault};
use secrecy::ExposeSecret;

use super::demo::demo;
use super::interruptible;
use super::preset::{PRESETS, Preset};
use super::proof::{Call, Proof, prove};
use super::report::Report;
use crate::commands::mcp::{install, launch};
use crate::connection;
use crate::failure::{Failure, FailureKind};
use crate::guard_rail;
use crate::invocation::Invocation;
use crate::prompt;

/// A shorter value can't be bound.
const MIN_VALUE_BYTES: usize = 12;

/// What the person chose.
struct Wanted {
    service: Service,
    path: SecretPath,
    agent: String,
}

/// The service, as a preset or as an address.
struct Service {
    name: String,
    config: BindingConfig,
    guardrails: Guardrails,
    preset: Option<Preset>,
}

/// Asks, makes what was asked for, and proves the promise on a temporary home and on the vault that was made.
pub(super) async fn interactive(invocation: &Invocation) -> Result<Report, Failure> {
    if connection::base_url().is_some() {
        return Err(Failure::usage(
            "the quickstart makes a vault here, and ONECLAW_BASE_URL names one elsewhere",
        )
        .hint("unset ONECLAW_BASE_URL, or add --demo to see the proof alone"));
    }
    guard_rail::check("make a vault and an agent")?;
    let output = invocation.output;
    let home = Home::locate()?;
    let vault = if home.is_initialised() {
        output.say(format!("your vault is in {}\n", home.directory().display()));
        Vault::open(&home).await?
    } else {
        let vault = Vault::init(&home).await?;
        output.say(format!("made a vault in {}\n", home.directory().display()));
        vault
    };
    let owner = vault.owner();
    let id = owner.list_vaults().await?.first().map(|vault| vault.id);
    let id = id.ok_or_else(|| Failure::not_found("there is no vault that you may see"))?;
    let service = ask_service()?;
    let path = ask_path(&service.name)?;
    let value = ask_value(&path)?;
    let client = ask_client()?;
    let agent = prompt::line("What is the agent called?", client.map_or("agent", McpClient::as_str))?;
    let wanted = Wanted { service, path, agent };
    owner
        .put_secret(id, &wanted.path, NewSecret::new(SecretValue::from_bytes(value.expose_secret())))
        .await?;
    let agent = make_agent(&home, &owner, id, &wanted).await?;
    bind(&owner, &agent, id, &wanted).await?;
    output.say(format!(
        "\n{} is stored; {} may use it on {}, and never sees it\n",
        wanted.path, wanted.agent, wanted.service.config.base_url
    ));
    configure(invocation, client, &wanted.agent)?;
    let call = match &wanted.service.preset {
        Some(preset)
            if prompt::confirm(
                &format!("Call {}{} once, to see it work?", preset.url, preset.harmless),
                true,
            )? =>
        {
            Some(Call { arguments: preset.harmless_call(), must_be_200: false })
        }
        _ => None,
    };
    let demo_report = interruptible(demo(invocation)).await?;
    output.say(format!("{}\n", demo_report.render()));
    if demo_report.first_failure().is_some() {
        return Ok(demo_report);
    }
    let mut report = Report::new(format!("oneclaw quickstart · {} and {}", wanted.agent, wanted.path));
    let as_agent = vault.agent_session(home.agent_key(&wanted.agent)?);
    let proof = Proof {
        home: None,
        owner: &owner,
        as_agent: &as_agent,
        agent: &wanted.agent,
        path: &wanted.path,
        value: &value,
        call,
    };
    // A check that failed is in the report.
    let _stopped = interruptible(async { Ok(prove(&mut report, &proof).await) }).await?;
    Ok(report)
}

fn ask_client() -> Result<Option<McpClient>, Failure> {
    let names: Vec<_> = McpClient::ALL.iter().map(|client| client.as_str()).chain(["another one"]).collect();
    Ok(McpClient::ALL.get(prompt::choice("Which client is it for?", &names)?).copied())
}

fn ask_service() -> Result<Service, Failure> {
    let titles: Vec<_> = PRESETS.iter().map(|preset| preset.title).chain(["another one"]).collect();
    match PRESETS.get(prompt::choice("Which service is the key for?", &titles)?) {
        Some(preset) => Ok(of_preset(preset.clone())),
        None => ask_address(),
    }
}

fn ask_path(service: &str) -> Result<SecretPath, Failure> {
    loop {
        let text = prompt::line("Where is the key kept?", &format!("api-keys/{service}"))?;
        match SecretPath::parse(&text) {
            Ok(path) => return Ok(path),
            Err(error) => invalid(&error.to_string()),
        }
    }
}

fn of_preset(preset: Preset) -> Service {
    let texts = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
    Service {
        name: preset.name.to_owned(),
        config: header_config(preset.url.to_owned(), preset.header, preset.format),
        guardrails: Guardrails {
            allowed_methods: texts(preset.methods),
            allowed_request_headers: preset.request_header.and_then(|(name, _)| texts(&[name])),
            ..Guardrails::default()
        },
        preset: Some(preset),
    }
}

fn ask_address() -> Result<Service, Failure> {
    let url = loop {
        let url = prompt::line("What is its address?", "https://")?;
        if url.len() > "https://".len() && url.starts_with("https://") {
            break url;
        }
        invalid("an address starts with https:// and a host");
    };
    let name = prompt::line("What do you call it?", "service")?;
    let format = prompt::line("How does it want the key? Authorization:", "Bearer {value}")?;
    Ok(Service {
        name,
        config: header_config(url, "Authorization", &format),
        guardrails: Guardrails::default(),
        preset: None,
    })
}

fn header_config(base_url: String, header: &str, format: &str) -> BindingConfig {
    BindingConfig {
        base_url,
        auth_type: AuthType::Header,
        auth_header: Some(header.to_owned()),
        auth_format: Some(format.to_owned()),
        auth_query: None,
        auth_user: None,
    }
}

fn ask_value(path: &SecretPath) -> Result<SecretValue, Failure> {
    loop {
        let value = prompt::hidden(&format!("The key, to be stored at {path}"))?;
        if value.len() >= MIN_VALUE_BYTES {
            return Ok(SecretValue::new(value));
        }
        invalid(&format!(
            "a key has at least {MIN_VALUE_BYTES} characters, or it could be guessed from replies"
        ));
    }
}

fn invalid(why: &str) {
    crate::output::Output::new(false).say(format!("  {why}"));
}

/// Makes the agent, or takes the one of that name, and lets it use the secret.
async fn make_agent(
    home: &Home,
    owner: &dyn VaultApi,
    vault: VaultId,
    wanted: &Wanted,
) -> Result<Agent, Failure> {
    let known =
        owner.list_agents().await?.into_iter().find(|agent| agent.name == wanted.agent && agent.is_active);
    let agent = match known {
        Some(agent) => {
            if home.agent_key(&agent.name).is_err() {
                return Err(Failure::new(
                    FailureKind::Findings,
                    "the agent exists, and its key is not kept here",
                )
                .hint(format!("give it a new one: oneclaw agent rotate-key {}", agent.name)));
            }
            let update = UpdateAgent { execution_intents_enabled: Some(true), ..UpdateAgent::default() };
            owner.update_agent(agent.id, update).await?
        }
        None => {
            let new = NewAgent {
                name: wanted.agent.clone(),
                execution_intents_enabled: true,
                ..NewAgent::default()
            };
            let AgentCreated { agent, api_key } = owner.create_agent(new).await?;
            home.save_agent_key(&agent.name, &api_key)?;
            agent
        }
    };
    let pattern = PathPattern::parse(wanted.path.as_str()).map_err(Problem::from)?;
    let rule = NewPolicy::allow(PrincipalId::Agent(agent.id), pattern, vec![Permission::Use]);
    owner.create_policy(vault, rule).await?;
    Ok(agent)
}

/// Binds the secret to the service, in place of a binding of that name.
async fn bind(
    owner: &dyn VaultApi,
    agent: &Agent,
    vault_id: VaultId,
    wanted: &Wanted,
) -> Result<(), Failure> {
    let new = || NewBinding {
        name: wanted.service.name.clone(),
        config: wanted.service.config.clone(),
        guardrails: wanted.service.guardrails.clone(),
        secret: BindingSecret::VaultRef { vault_id, path: wanted.path.clone() },
    };
    match owner.create_binding(agent.id, new()).await {
        Err(problem) if problem.kind() == ProblemKind::Conflict => {
            let bindings = owner.list_bindings(agent.id).await?;
            if let Some(old) = bindings.iter().find(|binding| binding.name == wanted.service.name) {
                owner.delete_binding(agent.id, old.id).await?;
            }
            owner.create_binding(agent.id, new()).await?;
        }
        made => drop(made?),
    }
    Ok(())
}

/// Shows the client's configuration, and writes it where that is wanted.
fn configure(invocation: &Invocation, client: Option<McpClient>, agent: &str) -> Result<(), Failure> {
    let launch = launch::of_agent(agent.to_owned(), None)?;
    let shown = client.unwrap_or(McpClient::ClaudeDesktop);
    invocation.output.say(client_config(shown, &launch));
    let Some((client, path)) = client.and_then(|client| Some((client, config_path(client)?))) else {
        return Ok(());
    };
    if prompt::confirm(&format!("Write this into {}?", path.display()), true)? {
        oneclaw_mcp::install(client, &path, &launch).map_err(|error| install::failure(&error))?;
        invocation.output.say(format!("written; restart {client} to use it\n"));
    }
    Ok(())
}
