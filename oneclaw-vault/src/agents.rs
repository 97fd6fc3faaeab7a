//! Agents and their keys.

use jiff::Timestamp;
use oneclaw_api::{
    Agent, AgentCreated, AgentId, AgentKeyRotated, ApiKey, ApiKeyKind, NewAgent, PathPattern, PrincipalId,
    Problem, ProblemKind, UpdateAgent, VaultId,
};

use crate::audit::Action;
use crate::authenticate::Caller;
use crate::database::is;
use crate::home::is_name;
use crate::rows::{AgentRow, BindingRow, PolicyRow, Stored, VaultRow};
use crate::token::MAX_TTL_SECONDS;
use crate::vault::Vault;

/// A token that lives no longer than this is exchanged anew at every request.
const MIN_TTL_SECONDS: u32 = 61;

impl Vault {
    pub(crate) async fn list_agents(&self, caller: &Caller) -> Result<Vec<Agent>, Problem> {
        self.owner_only(caller, Action::AgentList).await?;
        let mut rows: Vec<AgentRow> =
            self.database().all(Vec::new()).await?.into_iter().map(|stored| stored.row).collect();
        rows.sort_by_key(|row| row.created_at);
        let event = self.caller_event(caller, Action::AgentList).counted(rows.len());
        self.database().commit(Vec::new(), &event).await?;
        Ok(rows.into_iter().map(agent).collect())
    }

    pub(crate) async fn create_agent(&self, caller: &Caller, new: NewAgent) -> Result<AgentCreated, Problem> {
        self.owner_only(caller, Action::AgentRegister).await?;
        let NewAgent {
            name,
            description,
            scopes,
            vault_ids,
            token_ttl_seconds,
            execution_intents_enabled,
            api_key_expires_at,
        } = new;
        let api_key = new_key()?;
        let row = AgentRow {
            id: AgentId::random(),
            name: check_name(name)?,
            description: check_description(description)?,
            key_prefix: api_key.display_prefix().to_owned(),
            key_digest: self.api_key_digest(&api_key),
            key_generation: 1,
            key_expires_at: check_expiry(api_key_expires_at, self.now())?,
            token_ttl_seconds: check_ttl(token_ttl_seconds)?,
            scopes: check_scopes(scopes)?,
            vault_ids: self.check_vaults(vault_ids).await?,
            may_execute: execution_intents_enabled,
            is_active: true,
            created_by: caller.principal.id(),
            created_at: self.now(),
        };
        let event = self.caller_event(caller, Action::AgentRegister).on(row.id).named(&row.name);
        self.database().commit(vec![self.database().insert(&row)], &event).await?;
        Ok(AgentCreated { agent: agent(row), api_key })
    }

    pub(crate) async fn agent_info(&self, caller: &Caller, id: AgentId) -> Result<Agent, Problem> {
        if caller.principal != PrincipalId::Agent(id) {
            self.owner_only(caller, Action::AgentRead).await?;
        }
        let stored = self.stored_agent(id).await?;
        let event = self.caller_event(caller, Action::AgentRead).on(id);
        self.database().commit(Vec::new(), &event).await?;
        Ok(agent(stored.row))
    }

    pub(crate) async fn update_agent(
        &self,
        caller: &Caller,
        id: AgentId,
        update: UpdateAgent,
    ) -> Result<Agent, Problem> {
        self.owner_only(caller, Action::AgentUpdate).await?;
        let stored = self.stored_agent(id).await?;
        let UpdateAgent {
            name,
            description,
            scopes,
            is_active,
            vault_ids,
            token_ttl_seconds,
            execution_intents_enabled,
            api_key_expires_at,
        } = update;
        let former = stored.row.clone();
        let row = AgentRow {
            name: name.map_or(Ok(former.name), check_name)?,
            description: description.map_or(Ok(former.description), check_description)?,
            scopes: scopes.map_or(Ok(former.scopes), check_scopes)?,
            is_active: is_active.unwrap_or(former.is_active),
            vault_ids: match vault_ids {
                Some(vault_ids) => self.check_vaults(vault_ids).await?,
                None => former.vault_ids,
            },
            token_ttl_seconds: check_ttl(token_ttl_seconds)?.or(former.token_ttl_seconds),
            may_execute: execution_intents_enabled.unwrap_or(former.may_execute),
            key_expires_at: check_expiry(api_key_expires_at, self.now())?.or(former.key_expires_at),
            ..stored.row.clone()
        };
        let event = self.caller_event(caller, Action::AgentUpdate).on(id).named(&row.name);
        self.database().commit(vec![self.database().replace(&stored, &row)], &event).await?;
        Ok(agent(row))
    }

    /// Removes an agent with its rules and bindings. The log keeps its id; its key and tokens are dead.
    pub(crate) async fn delete_agent(&self, caller: &Caller, id: AgentId) -> Result<(), Problem> {
        self.owner_only(caller, Action::AgentDelete).await?;
        let stored = self.stored_agent(id).await?;
        let mut writes = vec![stored.remove()];
        for policy in self.database().all::<PolicyRow>(vec![is("principal", PrincipalId::Agent(id))]).await? {
            writes.push(policy.remove());
        }
        for binding in self.database().all::<BindingRow>(vec![is("agent_id", id)]).await? {
            writes.push(binding.remove());
        }
        let event = self.caller_event(caller, Action::AgentDelete).on(id).named(&stored.row.name);
        Ok(self.database().commit(writes, &event).await?)
    }

    pub(crate) async fn rotate_agent_key(
        &self,
        caller: &Caller,
        id: AgentId,
    ) -> Result<AgentKeyRotated, Problem> {
        self.owner_only(caller, Action::AgentRotateKey).await?;
        let stored = self.stored_agent(id).await?;
        let api_key = new_key()?;
        let row = AgentRow {
            key_prefix: api_key.display_prefix().to_owned(),
            key_digest: self.api_key_digest(&api_key),
            key_generation: stored.row.key_generation + 1,
            // The former key's date says nothing about the new one.
            key_expires_at: None,
            ..stored.row.clone()
        };
        let event = self.caller_event(caller, Action::AgentRotateKey).on(id).named(&row.name);
        self.database().commit(vec![self.database().replace(&stored, &row)], &event).await?;
        Ok(AgentKeyRotated { api_key })
    }

    pub(crate) async fn stored_agent(&self, id: AgentId) -> Result<Stored<AgentRow>, Problem> {
        self.database()
            .one(vec![is("id", id)])
            .await?
            .ok_or_else(|| Problem::not_found("there is no such agent; list the agents to see their ids"))
    }

    async fn check_vaults(&self, vault_ids: Vec<VaultId>) -> Result<Vec<VaultId>, Problem> {
        for vault in &vault_ids {
            if self.database().one::<VaultRow>(vec![is("id", vault)]).await?.is_none() {
                return Err(Problem::bad_field("vault_ids", "names a vault that is not there"));
            }
        }
        Ok(vault_ids)
    }
}

fn agent(row: AgentRow) -> Agent {
    Agent {
        id: row.id,
        name: row.name,
        description: row.description,
        auth_method: "api_key".to_owned(),
        scopes: row.scopes,
        is_active: row.is_active,
        intents_api_enabled: false,
        shroud_enabled: false,
        execution_intents_enabled: row.may_execute,
        token_ttl_seconds: row.token_ttl_seconds,
        vault_ids: row.vault_ids,
        created_by: Some(row.created_by),
        api_key_expires_at: row.key_expires_at,
        created_at: row.created_at,
    }
}

fn new_key() -> Result<ApiKey, Problem> {
    ApiKey::generate(ApiKeyKind::Agent).map_err(|_| {
        Problem::new(ProblemKind::Unavailable, "the random generator does not answer; try again")
    })
}

fn check_name(name: String) -> Result<String, Problem> {
    if is_name(&name) {
        return Ok(name);
    }
    Err(Problem::bad_field("name", "must have 1 to 64 characters of A-Z, a-z, 0-9, `_` and `-`"))
}

fn check_description(description: String) -> Result<String, Problem> {
    if description.len() <= 1000 {
        return Ok(description);
    }
    Err(Problem::bad_field("description", "has more than 1000 bytes"))
}

fn check_ttl(ttl: Option<u32>) -> Result<Option<u32>, Problem> {
    if ttl.is_none_or(|ttl| (MIN_TTL_SECONDS..=MAX_TTL_SECONDS).contains(&ttl)) {
        return Ok(ttl);
    }
    Err(Problem::bad_field("token_ttl_seconds", format!("must be {MIN_TTL_SECONDS} to {MAX_TTL_SECONDS}")))
}

fn check_scopes(scopes: Vec<String>) -> Result<Vec<String>, Problem> {
    let fits = |scope: &String| scope.contains(':') || PathPattern::parse(scope.as_str()).is_ok();
    if scopes.len() > 100 || scopes.iter().any(|scope| scope.len() > 512) {
        return Err(Problem::bad_field("scopes", "must be at most 100 texts of at most 512 bytes"));
    }
    if scopes.iter().all(fits) {
        return Ok(scopes);
    }
    Err(Problem::bad_field("scopes", "must be path patterns such as `api-keys/*`, or labels with a colon"))
}

fn check_expiry(expires_at: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
    if expires_at.is_some_and(|expiry| expiry <= now) {
        return Err(Problem::bad_field("api_key_expires_at", "is in the past"));
    }
    Ok(expires_at)
}
