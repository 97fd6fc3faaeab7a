use async_trait::async_trait;
use oneclaw_api::{
    Agent, AgentCreated, AgentId, AgentKeyRotated, ApiKeyCreated, ApiKeyId, ApiKeyRecord, AuditFilter,
    AuditPage, AuditVerification, Binding, BindingId, ExecuteReply, ExecuteRequest, Explain, Explanation,
    Health, Identity, NewAgent, NewApiKey, NewBinding, NewPolicy, NewSecret, NewVault, Policy, PolicyId,
    Problem, Rotation, SecretDescription, SecretMeta, SecretPath, SecretRead, UpdateAgent, UpdateBinding,
    UpdatePolicy, Vault, VaultApi, VaultId,
};

use crate::Client;
use crate::client::{agents, audit, auth, bindings, execute, health, policies, secrets, vaults, versions};

#[async_trait]
impl VaultApi for Client {
    async fn whoami(&self) -> Result<Identity, Problem> {
        auth::whoami(self).await
    }

    async fn health(&self) -> Result<Health, Problem> {
        health::health(self).await
    }

    async fn list_vaults(&self) -> Result<Vec<Vault>, Problem> {
        vaults::list(self).await
    }

    async fn create_vault(&self, new: NewVault) -> Result<Vault, Problem> {
        vaults::create(self, &new).await
    }

    async fn vault(&self, vault: VaultId) -> Result<Vault, Problem> {
        vaults::show(self, vault).await
    }

    async fn delete_vault(&self, vault: VaultId) -> Result<(), Problem> {
        vaults::delete(self, vault).await
    }

    async fn list_secrets(&self, vault: VaultId, prefix: Option<&str>) -> Result<Vec<SecretMeta>, Problem> {
        secrets::list(self, vault, prefix).await
    }

    async fn put_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        new: NewSecret,
    ) -> Result<SecretMeta, Problem> {
        secrets::put(self, vault, path, &new).await
    }

    async fn read_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        version: Option<u32>,
    ) -> Result<SecretRead, Problem> {
        match version {
            None => secrets::read(self, vault, path).await,
            Some(version) => versions::read(self, vault, path, version).await,
        }
    }

    async fn describe_secret(&self, vault: VaultId, path: &SecretPath) -> Result<SecretDescription, Problem> {
        secrets::describe(self, vault, path).await
    }

    async fn list_versions(&self, vault: VaultId, path: &SecretPath) -> Result<Vec<SecretMeta>, Problem> {
        versions::list(self, vault, path).await
    }

    async fn rotate_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        rotation: Rotation,
    ) -> Result<SecretMeta, Problem> {
        secrets::rotate(self, vault, path, &rotation).await
    }

    async fn rollback_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        version: u32,
        if_match: Option<u32>,
    ) -> Result<SecretMeta, Problem> {
        versions::rollback(self, vault, path, version, if_match).await
    }

    async fn disable_version(&self, vault: VaultId, path: &SecretPath, version: u32) -> Result<(), Problem> {
        versions::disable(self, vault, path, version).await
    }

    async fn delete_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        if_match: Option<u32>,
    ) -> Result<(), Problem> {
        secrets::delete(self, vault, path, if_match).await
    }

    async fn env_bundle_names(&self, vault: VaultId, path: &SecretPath) -> Result<Vec<String>, Problem> {
        secrets::bundle_names(self, vault, path).await
    }

    async fn list_policies(&self, vault: VaultId) -> Result<Vec<Policy>, Problem> {
        policies::list(self, vault).await
    }

    async fn create_policy(&self, vault: VaultId, new: NewPolicy) -> Result<Policy, Problem> {
        policies::create(self, vault, &new).await
    }

    async fn update_policy(
        &self,
        vault: VaultId,
        policy: PolicyId,
        update: UpdatePolicy,
    ) -> Result<Policy, Problem> {
        policies::update(self, vault, policy, &update).await
    }

    async fn delete_policy(&self, vault: VaultId, policy: PolicyId) -> Result<(), Problem> {
        policies::delete(self, vault, policy).await
    }

    async fn explain(&self, vault: VaultId, question: Explain) -> Result<Explanation, Problem> {
        policies::explain(self, vault, &question).await
    }

    async fn list_agents(&self) -> Result<Vec<Agent>, Problem> {
        agents::list(self).await
    }

    async fn create_agent(&self, new: NewAgent) -> Result<AgentCreated, Problem> {
        agents::create(self, &new).await
    }

    async fn agent(&self, agent: AgentId) -> Result<Agent, Problem> {
        agents::show(self, agent).await
    }

    async fn update_agent(&self, agent: AgentId, update: UpdateAgent) -> Result<Agent, Problem> {
        agents::update(self, agent, &update).await
    }

    async fn delete_agent(&self, agent: AgentId) -> Result<(), Problem> {
        agents::delete(self, agent).await
    }

    async fn rotate_agent_key(&self, agent: AgentId) -> Result<AgentKeyRotated, Problem> {
        agents::rotate_key(self, agent).await
    }

    async fn list_bindings(&self, agent: AgentId) -> Result<Vec<Binding>, Problem> {
        bindings::list(self, agent).await
    }

    async fn create_binding(&self, agent: AgentId, new: NewBinding) -> Result<Binding, Problem> {
        bindings::create(self, agent, &new).await
    }

    async fn binding(&self, agent: AgentId, binding: BindingId) -> Result<Binding, Problem> {
        bindings::show(self, agent, binding).await
    }

    async fn update_binding(
        &self,
        agent: AgentId,
        binding: BindingId,
        update: UpdateBinding,
    ) -> Result<Binding, Problem> {
        bindings::update(self, agent, binding, &update).await
    }

    async fn delete_binding(&self, agent: AgentId, binding: BindingId) -> Result<(), Problem> {
        bindings::delete(self, agent, binding).await
    }

    async fn execute(&self, agent: AgentId, request: ExecuteRequest) -> Result<ExecuteReply, Problem> {
        execute::execute(self, agent, &request).await
    }

    async fn audit_events(&self, filter: AuditFilter) -> Result<AuditPage, Problem> {
        audit::events(self, &filter).await
    }

    async fn verify_audit(&self, limit: Option<u64>) -> Result<AuditVerification, Problem> {
        audit::verify(self, limit).await
    }

    async fn list_api_keys(&self) -> Result<Vec<ApiKeyRecord>, Problem> {
        auth::list_api_keys(self).await
    }

    async fn create_api_key(&self, new: NewApiKey) -> Result<ApiKeyCreated, Problem> {
        auth::create_api_key(self, &new).await
    }

    async fn revoke_api_key(&self, key: ApiKeyId) -> Result<(), Problem> {
        auth::revoke_api_key(self, key).await
    }
}
