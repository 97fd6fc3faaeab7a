//! The way to the vault: the one at ONECLAW_BASE_URL, else the embedded one. Commands are given a
//! [`VaultApi`] and never ask which it is.

use std::env;
use std::sync::Arc;

use oneclaw_api::{Agent, AgentId, ApiKey, Binding, PrincipalId, Problem, VaultApi, VaultId};
use oneclaw_client::Client;
use oneclaw_vault::{Home, Vault};
use zeroize::Zeroizing;

use crate::failure::{Failure, FailureKind};

/// Where the remote vault is.
const BASE_URL: &str = "ONECLAW_BASE_URL";
/// A person's key for it.
const USER_KEY: &str = "ONECLAW_API_KEY";
/// An agent's key for it, or for the embedded one.
const AGENT_KEY: &str = "ONECLAW_AGENT_API_KEY";

/// The vault as this run's caller sees it.
pub(crate) struct Connection {
    api: Arc<dyn VaultApi>,
    home: Option<Home>,
    vault: Option<String>,
}

impl Connection {
    /// Opens the embedded vault, or prepares a client for the remote one.
    pub(crate) async fn open(vault: Option<String>) -> Result<Self, Failure> {
        if let Some(base_url) = base_url() {
            return Ok(Self { api: remote(&base_url)?, home: None, vault });
        }
        let home = Home::locate()?;
        let embedded = Vault::open(&home).await?;
        let api: Arc<dyn VaultApi> = match key_from(AGENT_KEY)? {
            Some(key) => Arc::new(embedded.agent_session(key)),
            None => Arc::new(embedded.owner()),
        };
        Ok(Self { api, home: Some(home), vault })
    }

    /// Returns the vault's interface.
    pub(crate) fn api(&self) -> &dyn VaultApi {
        self.api.as_ref()
    }

    /// Returns the home that keeps agents' keys, for an embedded vault.
    pub(crate) const fn home(&self) -> Option<&Home> {
        self.home.as_ref()
    }

    /// Tells whether a vault was named, on the command line or in the environment.
    pub(crate) const fn names_a_vault(&self) -> bool {
        self.vault.is_some()
    }

    /// Finds the vault that is meant: the named one, else the single one an agent is bound to, else the one named
    /// `default`, else the first.
    pub(crate) async fn vault(&self) -> Result<VaultId, Failure> {
        match &self.vault {
            Some(named) => self.vault_named(named).await,
            None => {
                if let [bound] = self.api.whoami().await?.vault_ids.as_slice() {
                    return Ok(*bound);
                }
                let vaults = self.api.list_vaults().await?;
                let default = vaults.iter().find(|vault| vault.name == "default").or_else(|| vaults.first());
                default.map(|vault| vault.id).ok_or_else(|| {
                    Failure::not_found("there is no vault that you may see")
                        .hint("make one: oneclaw vault create NAME")
                })
            }
        }
    }

    /// Finds a vault by its name or id.
    pub(crate) async fn vault_named(&self, named: &str) -> Result<VaultId, Failure> {
        if let Ok(id) = named.parse::<VaultId>() {
            return Ok(self.api.vault(id).await?.id);
        }
        let vaults = self.api.list_vaults().await?;
        vaults.iter().find(|vault| vault.name == named).map(|vault| vault.id).ok_or_else(|| {
            Failure::not_found("there is no vault of that name")
                .hint("`oneclaw vault list` shows them; name one with --vault or ONECLAW_VAULT_ID")
        })
    }

    /// Finds an agent by its name or id; an agent finds itself.
    pub(crate) async fn agent(&self, named: &str) -> Result<Agent, Failure> {
        if let Ok(id) = named.parse::<AgentId>() {
            return Ok(self.api.agent(id).await?);
        }
        if let PrincipalId::Agent(own) = self.api.whoami().await?.principal {
            let own = self.api.agent(own).await?;
            if own.name == named {
                return Ok(own);
            }
        }
        let agents = self.api.list_agents().await?;
        agents.into_iter().find(|agent| agent.name == named).ok_or_else(|| {
            Failure::not_found("there is no agent of that name")
                .hint("`oneclaw agent list` shows them; make one: oneclaw agent add NAME --use 'api-keys/*'")
        })
    }

    /// Finds a binding of an agent by its name or id.
    pub(crate) async fn binding(&self, agent: &Agent, named: &str) -> Result<Binding, Failure> {
        let bindings = self.api.list_bindings(agent.id).await?;
        bindings
            .into_iter()
            .find(|binding| binding.name == named || binding.id.to_string() == named)
            .ok_or_else(|| {
                Failure::not_found("the agent has no binding of that name")
                    .hint(format!("`oneclaw binding list --agent {}` shows them", agent.name))
            })
    }
}

/// Returns where the remote vault is, if one is named.
pub(crate) fn base_url() -> Option<String> {
    env::var(BASE_URL).ok().filter(|url| !url.is_empty())
}

/// Tells whether this run acts as an agent, whom policy limits, and not as the owner.
pub(crate) fn is_agent() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    is_set(AGENT_KEY) && !(base_url().is_some() && is_set(USER_KEY))
}

fn remote(base_url: &str) -> Result<Arc<dyn VaultApi>, Failure> {
    let key = match key_from(USER_KEY)? {
        Some(key) => Some(key),
        None => key_from(AGENT_KEY)?,
    };
    let key = key.ok_or_else(|| {
        Failure::from(Problem::unauthorized(format!("{BASE_URL} is set, and no key for the vault there")))
            .hint(format!("set {USER_KEY} to a key of yours (`oneclaw key add` at the vault) or {AGENT_KEY} to an agent's"))
    })?;
    let client = Client::builder().base_url(base_url).user_key(key).build().map_err(|error| {
        Failure::of_text(FailureKind::Usage, &error.to_string())
            .or_hint(format!("{BASE_URL} is https://host, http://127.0.0.1:PORT or unix:PATH"))
    })?;
    Ok(Arc::new(client))
}

fn key_from(variable: &str) -> Result<Option<ApiKey>, Failure> {
    let text = Zeroizing::new(env::var(variable).unwrap_or_default());
    if text.is_empty() {
        return Ok(None);
    }
    ApiKey::parse(&text).map(Some).map_err(|error| {
        Failure::from(Problem::unauthorized(format!("{variable} does not hold an API key: {error}")))
    })
}
