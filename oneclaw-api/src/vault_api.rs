use async_trait::async_trait;

use crate::{
    Agent, AgentCreated, AgentId, AgentKeyRotated, ApiKeyCreated, ApiKeyId, ApiKeyRecord, AuditFilter,
    AuditPage, AuditVerification, Binding, BindingId, ExecuteReply, ExecuteRequest, Explain, Explanation,
    Health, Identity, NewAgent, NewApiKey, NewBinding, NewPolicy, NewSecret, NewVault, Policy, PolicyId,
    Problem, Rotation, SecretDescription, SecretMeta, SecretPath, SecretRead, UpdateAgent, UpdateBinding,
    UpdatePolicy, Vault, VaultId,
};

/// The vault as one caller sees it: the joint between front ends and the vault.
///
/// The engine implements it in process and the HTTP client over the wire; tools and commands are written against it
/// and never ask which one they have. An implementation stands for one authenticated caller, decides every call anew
/// from the stored policy, and answers a denial with [`ProblemKind::Forbidden`](crate::ProblemKind::Forbidden) before
/// it looks anything up.
///
/// Every method can fail with `Unauthorized` (the key is expired or revoked), `Unavailable` (nothing has changed) and,
/// over the wire, `Unreachable`. What else it can answer is said at each.
#[async_trait]
pub trait VaultApi: Send + Sync {
    /// Tells who the caller is.
    async fn whoami(&self) -> Result<Identity, Problem>;

    /// Tells how the vault is; needs no permission.
    async fn health(&self) -> Result<Health, Problem>;

    /// Lists the vaults the caller may see, `default` first.
    async fn list_vaults(&self) -> Result<Vec<Vault>, Problem>;

    /// Makes a vault; its maker owns it. `Conflict` when the name is taken.
    async fn create_vault(&self, new: NewVault) -> Result<Vault, Problem>;

    /// Shows a vault. `NotFound` when there is none that the caller may see.
    async fn vault(&self, vault: VaultId) -> Result<Vault, Problem>;

    /// Deletes a vault with all it holds; for its owner. `NotFound`.
    async fn delete_vault(&self, vault: VaultId) -> Result<(), Problem>;

    /// Lists secrets whose path starts with `prefix`, by path: those the caller may `list`. Decrypts nothing.
    async fn list_secrets(&self, vault: VaultId, prefix: Option<&str>) -> Result<Vec<SecretMeta>, Problem>;

    /// Stores a new version; needs `write`. `Conflict` when `if_match` does not hold.
    async fn put_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        new: NewSecret,
    ) -> Result<SecretMeta, Problem>;

    /// Returns a value, of the latest enabled version unless one is named; needs `read`. `NotFound`, `Gone`.
    async fn read_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        version: Option<u32>,
    ) -> Result<SecretRead, Problem>;

    /// Tells everything about a secret but its value, without counting an access; needs `list`. `NotFound`, `Gone`.
    async fn describe_secret(&self, vault: VaultId, path: &SecretPath) -> Result<SecretDescription, Problem>;

    /// Lists the versions of a secret, newest first; needs `list`. `NotFound`.
    async fn list_versions(&self, vault: VaultId, path: &SecretPath) -> Result<Vec<SecretMeta>, Problem>;

    /// Generates a value and stores it as a new version; needs `rotate`. The value stays in the vault. `NotFound`.
    async fn rotate_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        rotation: Rotation,
    ) -> Result<SecretMeta, Problem>;

    /// Makes an earlier version current again, as a new version; needs `write`. `NotFound`, `Gone`.
    async fn rollback_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        version: u32,
        if_match: Option<u32>,
    ) -> Result<SecretMeta, Problem>;

    /// Switches a version off; needs `write`. `NotFound`.
    async fn disable_version(&self, vault: VaultId, path: &SecretPath, version: u32) -> Result<(), Problem>;

    /// Deletes a secret softly, all versions; needs `delete`. `NotFound`, `Gone`.
    async fn delete_secret(
        &self,
        vault: VaultId,
        path: &SecretPath,
        if_match: Option<u32>,
    ) -> Result<(), Problem>;

    /// Returns the names in an environment bundle; needs `use`. `NotFound`, `Gone`, `BadRequest` when it is no bundle.
    async fn env_bundle_names(&self, vault: VaultId, path: &SecretPath) -> Result<Vec<String>, Problem>;

    /// Lists the rules of a vault: all for its owner, an agent's own for the agent.
    async fn list_policies(&self, vault: VaultId) -> Result<Vec<Policy>, Problem>;

    /// Adds a rule; for the vault's owner. `BadRequest` for an unknown principal or condition.
    async fn create_policy(&self, vault: VaultId, new: NewPolicy) -> Result<Policy, Problem>;

    /// Changes a rule; for the vault's owner. `NotFound`.
    async fn update_policy(
        &self,
        vault: VaultId,
        policy: PolicyId,
        update: UpdatePolicy,
    ) -> Result<Policy, Problem>;

    /// Removes a rule; for the vault's owner. `NotFound`.
    async fn delete_policy(&self, vault: VaultId, policy: PolicyId) -> Result<(), Problem>;

    /// Decides without doing, and says why; for the vault's owner, and for an agent about itself.
    async fn explain(&self, vault: VaultId, question: Explain) -> Result<Explanation, Problem>;

    /// Lists agents; for the owner.
    async fn list_agents(&self) -> Result<Vec<Agent>, Problem>;

    /// Makes an agent, and shows its key this once; for the owner. `Conflict` when the name is taken.
    async fn create_agent(&self, new: NewAgent) -> Result<AgentCreated, Problem>;

    /// Shows an agent: any to the owner, itself to an agent. `NotFound`.
    async fn agent(&self, agent: AgentId) -> Result<Agent, Problem>;

    /// Changes an agent; for the owner. `NotFound`.
    async fn update_agent(&self, agent: AgentId, update: UpdateAgent) -> Result<Agent, Problem>;

    /// Switches an agent off, with its key and its tokens, from the next request on; for the owner. `NotFound`.
    async fn delete_agent(&self, agent: AgentId) -> Result<(), Problem>;

    /// Gives an agent a new key, shown this once; the former key and its tokens are dead. For the owner. `NotFound`.
    async fn rotate_agent_key(&self, agent: AgentId) -> Result<AgentKeyRotated, Problem>;

    /// Lists an agent's bindings: any agent's to the owner, its own to an agent.
    async fn list_bindings(&self, agent: AgentId) -> Result<Vec<Binding>, Problem>;

    /// Binds a secret to an upstream for an agent; for the owner. `BadRequest`, `Conflict` when the name is taken.
    async fn create_binding(&self, agent: AgentId, new: NewBinding) -> Result<Binding, Problem>;

    /// Shows a binding. `NotFound`.
    async fn binding(&self, agent: AgentId, binding: BindingId) -> Result<Binding, Problem>;

    /// Changes a binding; for the owner. `NotFound`.
    async fn update_binding(
        &self,
        agent: AgentId,
        binding: BindingId,
        update: UpdateBinding,
    ) -> Result<Binding, Problem>;

    /// Removes a binding; for the owner. `NotFound`.
    async fn delete_binding(&self, agent: AgentId, binding: BindingId) -> Result<(), Problem>;

    /// Makes a call through a binding; needs `use` on its secret. The reply is scrubbed. `NotFound` for the binding;
    /// what the upstream does is inside the reply.
    async fn execute(&self, agent: AgentId, request: ExecuteRequest) -> Result<ExecuteReply, Problem>;

    /// Lists audit events, newest first: all to the owner, its own to an agent.
    async fn audit_events(&self, filter: AuditFilter) -> Result<AuditPage, Problem>;

    /// Recomputes the audit chain, at most `limit` events from the start; for the owner.
    async fn verify_audit(&self, limit: Option<u64>) -> Result<AuditVerification, Problem>;

    /// Lists the caller's own API keys; for people.
    async fn list_api_keys(&self) -> Result<Vec<ApiKeyRecord>, Problem>;

    /// Makes an API key for the caller, shown this once; for people.
    async fn create_api_key(&self, new: NewApiKey) -> Result<ApiKeyCreated, Problem>;

    /// Revokes one of the caller's API keys; for people. `NotFound`.
    async fn revoke_api_key(&self, key: ApiKeyId) -> Result<(), Problem>;
}
