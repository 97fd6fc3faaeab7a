use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use oneclaw_api::{
    Agent, AgentCreated, AgentId, AgentKeyRotated, ApiKey, ApiKeyCreated, ApiKeyId, ApiKeyKind, ApiKeyRecord,
    AuditFilter, AuditPage, AuditVerification, Binding, BindingId, ExecuteReply, ExecuteRequest, Explain,
    Explanation, Health, Identity, NewAgent, NewApiKey, NewBinding, NewPolicy, NewSecret, NewVault, Policy,
    PolicyId, PrincipalId, Problem, ProblemKind, Rotation, SecretDescription, SecretMeta, SecretPath,
    SecretRead, TokenCache, UpdateAgent, UpdateBinding, UpdatePolicy, Vault as VaultInfo, VaultApi, VaultId,
};

use crate::authenticate::Caller;
use crate::token::Claims;
use crate::vault::Vault;

/// The vault as one caller sees it.
///
/// Every call re-reads the caller's record and its rules: what is revoked or denied meanwhile holds from the next call
/// on.
pub struct Session {
    vault: Vault,
    credential: Credential,
    ip: Option<IpAddr>,
}

/// What the caller showed.
enum Credential {
    /// It opened the home: it is the owner.
    Home,
    /// An agent's key, exchanged for tokens as they expire.
    AgentKey { key: ApiKey, tokens: TokenCache },
    /// A person's key.
    UserKey(ApiKey),
    /// A token whose signature was checked.
    Token { claims: Box<Claims>, principal: PrincipalId },
}

impl Session {
    pub(crate) fn of_owner(vault: Vault) -> Self {
        Self { vault, credential: Credential::Home, ip: None }
    }

    pub(crate) fn with_agent_key(vault: Vault, key: ApiKey) -> Self {
        let tokens = TokenCache::new(Arc::clone(vault.clock()));
        Self { vault, credential: Credential::AgentKey { key, tokens }, ip: None }
    }

    pub(crate) fn with_user_key(vault: Vault, key: ApiKey, ip: Option<IpAddr>) -> Self {
        Self { vault, credential: Credential::UserKey(key), ip }
    }

    pub(crate) fn with_claims(
        vault: Vault,
        claims: Claims,
        principal: PrincipalId,
        ip: Option<IpAddr>,
    ) -> Self {
        Self { vault, credential: Credential::Token { claims: Box::new(claims), principal }, ip }
    }

    /// Finds out who the caller is now.
    pub(crate) async fn caller(&self) -> Result<Caller, Problem> {
        match &self.credential {
            Credential::Home => self.vault.owner_caller().await,
            Credential::UserKey(key) => self.vault.key_caller(key, self.ip).await,
            Credential::Token { claims, principal } => {
                self.vault.live_caller(claims, *principal, self.ip).await
            }
            Credential::AgentKey { key, tokens } => {
                if key.kind() != ApiKeyKind::Agent {
                    return Err(Problem::unauthorized(
                        "the API key is a person's; an agent's starts with `ocv_`",
                    ));
                }
                let exchange =
                    || async { Ok(self.vault.exchange(key.expose_key(), None, self.ip).await?.token) };
                let token = tokens.token(exchange).await?;
                let caller = match self.vault.verify_token(token.expose_token()) {
                    Ok((claims, principal)) => self.vault.live_caller(&claims, principal, self.ip).await,
                    Err(problem) => Err(problem),
                };
                if caller.as_ref().is_err_and(|problem| problem.kind() == ProblemKind::Unauthorized) {
                    tokens.forget(&token).await;
                }
                caller
            }
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.credential {
            Credential::Home => "Session(owner)",
            Credential::AgentKey { .. } => "Session(agent key)",
            Credential::UserKey(_) => "Session(user key)",
            Credential::Token { .. } => "Session(token)",
        })
    }
}

#[async_trait]
impl VaultApi for Session {
    async fn whoami(&self) -> Result<Identity, Problem> {
        let caller = self.caller().await?;
        Ok(Identity {
            principal: caller.principal,
            org: self.vault.org(),
            name: caller.name,
            vault_ids: caller.agent.map(|stored| stored.row.vault_ids.clone()).unwrap_or_default(),
        })
    }

    async fn health(&self) -> Result<Health, Problem> {
        Ok(self.vault.health().await)
    }

    async fn list_vaults(&self) -> Result<Vec<VaultInfo>, Problem> {
        self.vault.list_vaults(&self.caller().await?).await
    }

    async fn create_vault(&self, new: NewVault) -> Result<VaultInfo, Problem> {
        self.vault.create_vault(&self.caller().await?, new).await
    }

    async fn vault(&self, vault: VaultId) -> Result<VaultInfo, Problem> {
        self.vault.vault_info(&self.caller().await?, vault).await
    }

    async fn delete_vault(&self, vault: VaultId) -> Result<(), Problem> {
        self.vault.delete_vault(&self.caller().await?, vault).await
    }

    async fn list_secrets(&self, vault: VaultId, prefix: Option<&str>) -> Result<Vec<SecretMeta>, Problem> {
        self.vault.list_secrets(&self.caller().await?, vault, prefix).await
    }

    async fn put_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        new: NewSecret,
    ) -> Result<SecretMeta, Problem> {
        self.vault.put_secret(&self.caller().await?, vault, path, new).await
    }

    async fn read_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        version: Option<u32>,
    ) -> Result<SecretRead, Problem> {
        self.vault.read_secret(&self.caller().await?, vault, path, version).await
    }

    async fn describe_secret(&self, vault: VaultId, path: &SecretPath) -> Result<SecretDescription, Problem> {
        self.vault.describe_secret(&self.caller().await?, vault, path).await
    }

    async fn list_versions(&self, vault: VaultId, path: &SecretPath) -> Result<Vec<SecretMeta>, Problem> {
        self.vault.list_versions(&self.caller().await?, vault, path).await
    }

    async fn rotate_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        rotation: Rotation,
    ) -> Result<SecretMeta, Problem> {
        self.vault.rotate_secret(&self.caller().await?, vault, path, rotation).await
    }

    async fn rollback_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        version: u32,
        if_match: Option<u32>,
    ) -> Result<SecretMeta, Problem> {
        self.vault.rollback_secret(&self.caller().await?, vault, path, version, if_match).await
    }

    async fn disable_version(&self, vault: VaultId, path: &SecretPath, version: u32) -> Result<(), Problem> {
        self.vault.disable_version(&self.caller().await?, vault, path, version).await
    }

    async fn delete_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        if_match: Option<u32>,
    ) -> Result<(), Problem> {
        self.vault.delete_secret(&self.caller().await?, vault, path, if_match).await
    }

    async fn env_bundle_names(&self, vault: VaultId, path: &SecretPath) -> Result<Vec<String>, Problem> {
        self.vault.env_bundle_names(&self.caller().await?, vault, path).await
    }

    async fn list_policies(&self, vault: VaultId) -> Result<Vec<Policy>, Problem> {
        self.vault.list_policies(&self.caller().await?, vault).await
    }

    async fn create_policy(&self, vault: VaultId, new: NewPolicy) -> Result<Policy, Problem> {
        self.vault.create_policy(&self.caller().await?, vault, new).await
    }

    async fn update_policy(
        &self,
        vault: VaultId,
        policy: PolicyId,
        update: UpdatePolicy,
    ) -> Result<Policy, Problem> {
        self.vault.update_policy(&self.caller().await?, vault, policy, update).await
    }

    async fn delete_policy(&self, vault: VaultId, policy: PolicyId) -> Result<(), Problem> {
        self.vault.delete_policy(&self.caller().await?, vault, policy).await
    }

    async fn explain(&self, vault: VaultId, question: Explain) -> Result<Explanation, Problem> {
        self.vault.explain(&self.caller().await?, vault, question).await
    }

    async fn list_agents(&self) -> Result<Vec<Agent>, Problem> {
        self.vault.list_agents(&self.caller().await?).await
    }

    async fn create_agent(&self, new: NewAgent) -> Result<AgentCreated, Problem> {
        self.vault.create_agent(&self.caller().await?, new).await
    }

    async fn agent(&self, agent: AgentId) -> Result<Agent, Problem> {
        self.vault.agent_info(&self.caller().await?, agent).await
    }

    async fn update_agent(&self, agent: AgentId, update: UpdateAgent) -> Result<Agent, Problem> {
        self.vault.update_agent(&self.caller().await?, agent, update).await
    }

    async fn delete_agent(&self, agent: AgentId) -> Result<(), Problem> {
        self.vault.delete_agent(&self.caller().await?, agent).await
    }

    async fn rotate_agent_key(&self, agent: AgentId) -> Result<AgentKeyRotated, Problem> {
        self.vault.rotate_agent_key(&self.caller().await?, agent).await
    }

    async fn list_bindings(&self, agent: AgentId) -> Result<Vec<Binding>, Problem> {
        self.vault.list_bindings(&self.caller().await?, agent).await
    }

    async fn create_binding(&self, agent: AgentId, new: NewBinding) -> Result<Binding, Problem> {
        self.vault.create_binding(&self.caller().await?, agent, new).await
    }

    async fn binding(&self, agent: AgentId, binding: BindingId) -> Result<Binding, Problem> {
        self.vault.binding_info(&self.caller().await?, agent, binding).await
    }

    async fn update_binding(
        &self,
        agent: AgentId,
        binding: BindingId,
        update: UpdateBinding,
    ) -> Result<Binding, Problem> {
        self.vault.update_binding(&self.caller().await?, agent, binding, update).await
    }

    async fn delete_binding(&self, agent: AgentId, binding: BindingId) -> Result<(), Problem> {
        self.vault.delete_binding(&self.caller().await?, agent, binding).await
    }

    async fn execute(&self, agent: AgentId, request: ExecuteRequest) -> Result<ExecuteReply, Problem> {
        self.vault.execute(&self.caller().await?, agent, request).await
    }

    async fn audit_events(&self, filter: AuditFilter) -> Result<AuditPage, Problem> {
        self.vault.audit_events(&self.caller().await?, filter).await
    }

    async fn verify_audit(&self, limit: Option<u64>) -> Result<AuditVerification, Problem> {
        self.vault.verify_audit(&self.caller().await?, limit).await
    }

    async fn list_api_keys(&self) -> Result<Vec<ApiKeyRecord>, Problem> {
        self.vault.list_api_keys(&self.caller().await?).await
    }

    async fn create_api_key(&self, new: NewApiKey) -> Result<ApiKeyCreated, Problem> {
        self.vault.create_api_key(&self.caller().await?, new).await
    }

    async fn revoke_api_key(&self, key: ApiKeyId) -> Result<(), Problem> {
        self.vault.revoke_api_key(&self.caller().await?, key).await
    }
}
