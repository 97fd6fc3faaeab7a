//! The proof on a temporary home, with a generated key and an upstream of our own.

use data_encoding::BASE64;
use oneclaw_api::{
    Agent, AgentCreated, AuthType, BindingConfig, BindingSecret, Guardrails, NewAgent, NewBinding, NewPolicy,
    NewSecret, PathPattern, Permission, PrincipalId, Problem, SecretPath, SecretValue, VaultApi, VaultId,
};
use oneclaw_vault::{Home, Vault};
use secrecy::ExposeSecret;
use serde_json::json;
use zeroize::Zeroizing;

use super::proof::{Call, Proof, prove};
use super::report::{Report, Stopped};
use super::upstream::Upstream;
use crate::failure::{Failure, FailureKind};
use crate::invocation::Invocation;

const AGENT: &str = "demo-agent";
const BINDING: &str = "demo";
const PATH: &str = "api-keys/demo";
const PATTERN: &str = "api-keys/*";

/// Proves the promise on a home that is gone afterwards.
pub(super) async fn demo(invocation: &Invocation) -> Result<Report, Failure> {
    invocation.output.say("a vault, an agent and an upstream, all temporary …");
    let mut report = Report::new("oneclaw quickstart · a demo in a temporary home");
    // A check that failed is in the report.
    let _stopped = run(&mut report).await?;
    Ok(report)
}

async fn run(report: &mut Report) -> Result<Result<(), Stopped>, Failure> {
    let directory = tempfile::Builder::new()
        .prefix("oneclaw-demo-")
        .tempdir()
        .map_err(|error| Failure::io("no temporary directory can be made", &error))?;
    let home = Home::at(directory.path().join("home"));
    let vault = Vault::init(&home).await?;
    let owner = vault.owner();
    let value = generated_key()?;
    let id = owner.list_vaults().await?.first().map(|vault| vault.id);
    let id = id.ok_or_else(|| Failure::not_found("the new vault can't be seen"))?;
    let path = SecretPath::parse(PATH).map_err(Problem::from)?;
    owner.put_secret(id, &path, NewSecret::new(SecretValue::from_bytes(value.expose_secret()))).await?;
    let stored = report.check("secret", Ok(format!("{path}, {} bytes, sealed in the vault", value.len())));
    let upstream = upstream(&value).await?;
    let agent = make_agent(&home, &owner, id).await?;
    bind(&owner, &agent, id, &path, upstream.base_url()).await?;
    let may = report.check("agent", Ok(format!("{AGENT} may use {PATTERN}, and read nothing")));
    let refuses = report.check("upstream", refusal(&upstream).await);
    if let Err(stopped) = stored.and(may).and(refuses) {
        return Ok(Err(stopped));
    }
    let as_agent = vault.agent_session(home.agent_key(AGENT)?);
    let call = Call {
        arguments: json!({ "binding": BINDING, "method": "GET", "path": "whoami" }),
        must_be_200: true,
    };
    let proof = Proof {
        home: Some(&home),
        owner: &owner,
        as_agent: &as_agent,
        agent: AGENT,
        path: &path,
        value: &value,
        call: Some(call),
    };
    Ok(prove(report, &proof).await)
}

/// Makes a key that looks like one, with characters that each encoding writes in its own way.
fn generated_key() -> Result<SecretValue, Failure> {
    let mut random = Zeroizing::new([0u8; 24]);
    getrandom::fill(random.as_mut_slice())
        .map_err(|_| Failure::new(FailureKind::Io, "the operating system's random generator fails"))?;
    let text = Zeroizing::new(BASE64.encode(random.as_slice()));
    Ok(SecretValue::new(Zeroizing::new([b"sk-demo-", text.as_bytes()].concat())))
}

async fn upstream(value: &SecretValue) -> Result<Upstream, Failure> {
    let text = std::str::from_utf8(value.expose_secret()).unwrap_or_default();
    let authorization = Zeroizing::new(["Bearer ", text].concat());
    Upstream::start(authorization)
        .await
        .map_err(|error| Failure::io("no local service can be started", &error))
}

async fn refusal(upstream: &Upstream) -> Result<String, String> {
    match upstream.status_without_key().await {
        Ok(status) if status == "401" => Ok(format!("{} answers 401 without the key", upstream.base_url())),
        Ok(status) => Err(format!("it answers {status} without the key")),
        Err(error) => Err(format!("it does not answer: {error}")),
    }
}

async fn make_agent(home: &Home, owner: &dyn VaultApi, vault: VaultId) -> Result<Agent, Failure> {
    let new = NewAgent { name: AGENT.to_owned(), execution_intents_enabled: true, ..NewAgent::default() };
    let AgentCreated { agent, api_key } = owner.create_agent(new).await?;
    home.save_agent_key(AGENT, &api_key)?;
    let pattern = PathPattern::parse(PATTERN).map_err(Problem::from)?;
    let rule = NewPolicy::allow(PrincipalId::Agent(agent.id), pattern, vec![Permission::Use]);
    owner.create_policy(vault, rule).await?;
    Ok(agent)
}

async fn bind(
    owner: &dyn VaultApi,
    agent: &Agent,
    vault_id: VaultId,
    path: &SecretPath,
    base_url: String,
) -> Result<(), Failure> {
    let new = NewBinding {
        name: BINDING.to_owned(),
        config: BindingConfig {
            base_url,
            auth_type: AuthType::Header,
            auth_header: Some("Authorization".to_owned()),
            auth_format: Some("Bearer {value}".to_owned()),
            auth_query: None,
            auth_user: None,
        },
        guardrails: Guardrails { allow_private_networks: Some(true), ..Guardrails::default() },
        secret: BindingSecret::VaultRef { vault_id, path: path.clone() },
    };
    owner.create_binding(agent.id, new).await?;
    Ok(())
}
