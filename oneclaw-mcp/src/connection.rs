use std::fmt;
use std::future::Future;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use oneclaw_api::{Identity, Problem, ProblemKind, Reference, SecretPath, Vault, VaultApi, VaultId};
use tokio::sync::{Mutex, OnceCell};

use crate::refusal::Refusal;

type Connect = dyn Fn() -> BoxFuture<'static, Result<Arc<dyn VaultApi>, Problem>> + Send + Sync;

/// The way to the vault: opened by the first call, opened again after a failure.
pub(crate) struct Connection {
    connect: Box<Connect>,
    /// The vault the operator named.
    named: Option<String>,
    open: Mutex<Option<Arc<Session>>>,
}

impl Connection {
    pub(crate) fn new<F>(connect: impl Fn() -> F + Send + Sync + 'static, named: Option<String>) -> Self
    where
        F: Future<Output = Result<Arc<dyn VaultApi>, Problem>> + Send + 'static,
    {
        Self { connect: Box::new(move || connect().boxed()), named, open: Mutex::new(None) }
    }

    /// Returns the open session, or opens one; calls that come at the same time wait for one opening.
    pub(crate) async fn session(&self) -> Result<Arc<Session>, Refusal> {
        let mut open = self.open.lock().await;
        if let Some(session) = open.as_ref() {
            return Ok(Arc::clone(session));
        }
        let session = Arc::new(Session {
            api: (self.connect)().await.map_err(Refusal::Opening)?,
            named: self.named.clone(),
            identity: OnceCell::new(),
            default_vault: Mutex::new(None),
        });
        *open = Some(Arc::clone(&session));
        Ok(session)
    }

    /// Learns from what the vault refused: a key it no longer accepts is read anew by the next call, and a default vault
    /// that is gone is looked for again.
    pub(crate) async fn heed(&self, refusal: &Refusal) {
        let Refusal::Vault(problem) = refusal else { return };
        let mut open = self.open.lock().await;
        match (problem.kind(), open.as_ref()) {
            (ProblemKind::Unauthorized, _) => *open = None,
            (ProblemKind::NotFound, Some(session)) => *session.default_vault.lock().await = None,
            _ => {}
        }
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("named", &self.named).finish_non_exhaustive()
    }
}

/// The vault as the owner of one key sees it.
pub(crate) struct Session {
    api: Arc<dyn VaultApi>,
    named: Option<String>,
    identity: OnceCell<Identity>,
    default_vault: Mutex<Option<ChosenVault>>,
}

impl Session {
    pub(crate) fn api(&self) -> &dyn VaultApi {
        self.api.as_ref()
    }

    pub(crate) async fn identity(&self) -> Result<&Identity, Refusal> {
        Ok(self.identity.get_or_try_init(|| self.api.whoami()).await?)
    }

    /// Finds the vault that a call means: the one it names, else the one the operator named, else the single one the
    /// agent is bound to, else the one named `default`, else the first.
    pub(crate) async fn vault(&self, named: Option<&str>) -> Result<ChosenVault, Refusal> {
        if let Some(named) = named {
            return self.named_vault(named).await;
        }
        let mut default = self.default_vault.lock().await;
        if let Some(vault) = default.as_ref() {
            return Ok(vault.clone());
        }
        let found = self.find_default().await?;
        *default = Some(found.clone());
        Ok(found)
    }

    async fn find_default(&self) -> Result<ChosenVault, Refusal> {
        if let Some(named) = &self.named {
            return self.named_vault(named).await;
        }
        if let [bound] = self.identity().await?.vault_ids.as_slice() {
            // Its name makes a better reference, where the agent may see it.
            return Ok(match self.api.vault(*bound).await {
                Ok(vault) => ChosenVault::from(&vault),
                Err(_) => ChosenVault::from(*bound),
            });
        }
        let vaults = self.api.list_vaults().await?;
        let default = vaults.iter().find(|vault| vault.name == "default").or_else(|| vaults.first());
        default.map(ChosenVault::from).ok_or(Refusal::NoVault)
    }

    async fn named_vault(&self, named: &str) -> Result<ChosenVault, Refusal> {
        if let Ok(id) = named.parse::<VaultId>() {
            return Ok(ChosenVault::from(id));
        }
        let vaults = self.api.list_vaults().await?;
        vaults.iter().find(|vault| vault.name == named).map(ChosenVault::from).ok_or(Refusal::UnknownVault)
    }
}

/// A vault, and how references name it.
#[derive(Debug, Clone)]
pub(crate) struct ChosenVault {
    pub(crate) id: VaultId,
    name: Option<String>,
}

impl ChosenVault {
    /// Makes the reference to a version of a secret in this vault.
    pub(crate) fn reference(&self, path: &SecretPath, version: u32) -> Result<Reference, Refusal> {
        let by_name =
            self.name.as_ref().map(|name| Reference::new(name.as_str(), path.clone(), Some(version)));
        if let Some(Ok(reference)) = by_name {
            return Ok(reference);
        }
        Reference::new(self.id.to_string(), path.clone(), Some(version)).map_err(|_| Refusal::Internal)
    }
}

impl From<&Vault> for ChosenVault {
    fn from(vault: &Vault) -> Self {
        Self { id: vault.id, name: Some(vault.name.clone()) }
    }
}

impl From<VaultId> for ChosenVault {
    fn from(id: VaultId) -> Self {
        Self { id, name: None }
    }
}
