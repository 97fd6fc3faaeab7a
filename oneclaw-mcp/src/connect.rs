use std::sync::Arc;

use oneclaw_api::{ApiKey, ApiKeyKind, Problem, VaultApi};
use zeroize::Zeroizing;

use crate::{Options, RunError, Server, hide_panic_payloads, serve_stdio};

/// Which vault to open, and as which agent.
#[derive(Clone, Default)]
pub struct ConnectOptions {
    agent: Option<String>,
    api_key: Option<Zeroizing<String>>,
    base_url: Option<String>,
}

impl ConnectOptions {
    /// Reads `ONECLAW_AGENT_API_KEY` and `ONECLAW_BASE_URL`; an empty variable counts as absent.
    #[must_use]
    pub fn from_env() -> Self {
        Self {
            agent: None,
            api_key: variable("ONECLAW_AGENT_API_KEY").map(Zeroizing::new),
            base_url: variable("ONECLAW_BASE_URL"),
        }
    }

    /// Acts as the agent of this name, whose key is in a file of the vault's home that only its owner can read. It goes
    /// before a key from the environment.
    #[must_use]
    pub fn agent(mut self, name: impl Into<String>) -> Self {
        self.agent = Some(name.into());
        self
    }

    /// Uses the vault at this address; without one, the embedded vault.
    #[must_use]
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Opens the vault.
    ///
    /// # Errors
    ///
    /// Says what a person can do when the key or the vault is not there, or is not accepted.
    pub async fn connect(&self) -> Result<Arc<dyn VaultApi>, Problem> {
        let key = self.key()?;
        if key.kind() != ApiKeyKind::Agent {
            return Err(Problem::unauthorized(
                "the key is a person's (`1ck_…`); give this server an agent's, which `oneclaw agent add NAME` makes",
            ));
        }
        match &self.base_url {
            Some(base_url) => remote(base_url, key).await,
            None => embedded(key).await,
        }
    }

    fn key(&self) -> Result<ApiKey, Problem> {
        match (&self.agent, &self.api_key) {
            (Some(name), _) => key_of(name),
            (None, Some(text)) => ApiKey::parse(text.trim())
                .map_err(|error| Problem::unauthorized(format!("ONECLAW_AGENT_API_KEY: {error}"))),
            (None, None) => Err(Problem::unauthorized(RunError::NoKey.to_string())),
        }
    }
}

impl std::fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { agent, api_key: _, base_url } = self;
        f.debug_struct("ConnectOptions")
            .field("agent", agent)
            .field("base_url", base_url)
            .finish_non_exhaustive()
    }
}

/// Serves the tools on standard input and output until the input ends: what `oneclaw-mcp` and `oneclaw mcp serve` do.
///
/// The vault is opened by the first call of a tool. `ONECLAW_VAULT_ID` names the default vault where `options` don't, and
/// `ONECLAW_MCP_REVEAL=allow` is the same as [`Options::allow_reveal`].
/// From here on panics print their place and nothing else.
///
/// # Errors
///
/// Fails when no agent is named, and as [`serve_stdio`] does.
pub async fn run_stdio(connect: ConnectOptions, mut options: Options) -> Result<(), RunError> {
    if connect.agent.is_none() && connect.api_key.is_none() {
        return Err(RunError::NoKey);
    }
    hide_panic_payloads();
    options.allow_reveal |= variable("ONECLAW_MCP_REVEAL").is_some_and(|word| word == "allow");
    options.vault = options.vault.or_else(|| variable("ONECLAW_VAULT_ID"));
    let connect = Arc::new(connect);
    let server = Server::new(
        move || {
            let connect = Arc::clone(&connect);
            async move { connect.connect().await }
        },
        options,
    );
    serve_stdio(server).await
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.trim().is_empty())
}

#[cfg(feature = "embedded")]
fn key_of(agent: &str) -> Result<ApiKey, Problem> {
    Ok(oneclaw_vault::Home::locate()?.agent_key(agent)?)
}

#[cfg(not(feature = "embedded"))]
fn key_of(_agent: &str) -> Result<ApiKey, Problem> {
    Err(Problem::unauthorized("this build reads no credential files: set ONECLAW_AGENT_API_KEY"))
}

#[cfg(feature = "embedded")]
async fn embedded(key: ApiKey) -> Result<Arc<dyn VaultApi>, Problem> {
    let home = oneclaw_vault::Home::locate()?;
    let vault = oneclaw_vault::Vault::open(&home).await?;
    Ok(Arc::new(vault.agent_session(key)))
}

#[cfg(not(feature = "embedded"))]
async fn embedded(_key: ApiKey) -> Result<Arc<dyn VaultApi>, Problem> {
    use oneclaw_api::ProblemKind;
    Err(Problem::new(
        ProblemKind::Unavailable,
        "this build holds no vault: set ONECLAW_BASE_URL to a vault's address",
    ))
}

#[cfg(feature = "remote")]
async fn remote(base_url: &str, key: ApiKey) -> Result<Arc<dyn VaultApi>, Problem> {
    use oneclaw_api::ProblemKind;
    let client = oneclaw_client::Client::builder()
        .base_url(base_url)
        .agent_key(key)
        .build()
        .map_err(|error| Problem::new(ProblemKind::Unreachable, format!("ONECLAW_BASE_URL: {error}")))?;
    Ok(Arc::new(client))
}

#[cfg(not(feature = "remote"))]
async fn remote(_base_url: &str, _key: ApiKey) -> Result<Arc<dyn VaultApi>, Problem> {
    use oneclaw_api::ProblemKind;
    Err(Problem::new(ProblemKind::Unreachable, "this build reaches no remote vault: unset ONECLAW_BASE_URL"))
}
