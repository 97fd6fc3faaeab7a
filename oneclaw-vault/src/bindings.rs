//! Bindings: where an agent's credentials may go. Made by the owner, for one agent.

use oneclaw_api::{
    AgentId, Binding, BindingConfig, BindingId, BindingSecret, Guardrails, NewBinding, NewSecret,
    PrincipalId, Problem, SecretPath, UpdateBinding, VaultId,
};

use crate::audit::Action;
use crate::authenticate::Caller;
use crate::authorize::Use;
use crate::database::is;
use crate::home::is_name;
use crate::rows::{BindingRow, Stored, VaultRow};
use crate::vault::Vault;
use crate::vaults::DEFAULT_NAME;

impl Vault {
    pub(crate) async fn list_bindings(
        &self,
        caller: &Caller,
        agent: AgentId,
    ) -> Result<Vec<Binding>, Problem> {
        self.own_or_owner(caller, agent, Action::BindingList).await?;
        let mut rows: Vec<BindingRow> = self
            .database()
            .all(vec![is("agent_id", agent)])
            .await?
            .into_iter()
            .map(|stored| stored.row)
            .collect();
        rows.sort_by(|a, b| a.name.cmp(&b.name));
        let event = self.caller_event(caller, Action::BindingList).on(agent).counted(rows.len());
        self.database().commit(Vec::new(), &event).await?;
        Ok(rows.into_iter().map(binding).collect())
    }

    pub(crate) async fn create_binding(
        &self,
        caller: &Caller,
        agent: AgentId,
        new: NewBinding,
    ) -> Result<Binding, Problem> {
        self.owner_only(caller, Action::BindingCreate).await?;
        self.stored_agent(agent).await?;
        let NewBinding { name, config, guardrails, secret } = new;
        if !is_name(&name) {
            return Err(Problem::bad_field(
                "name",
                "must have 1 to 64 characters of A-Z, a-z, 0-9, `_` and `-`",
            ));
        }
        if self.named_binding(agent, &name).await?.is_some() {
            return Err(Problem::conflict(
                "the agent has a binding of this name; remove it first, or take another name",
            ));
        }
        let id = BindingId::random();
        let is_inline = matches!(secret, BindingSecret::Inline(_));
        let (vault_id, path) = self.place(caller, agent, id, &config, &guardrails, secret).await?;
        let now = self.now();
        let row = BindingRow {
            id,
            agent_id: agent,
            name,
            vault_id,
            path,
            is_inline,
            config,
            guardrails,
            is_active: true,
            created_at: now,
            updated_at: now,
        };
        let mut event = self.caller_event(caller, Action::BindingCreate).on(id).named(&row.name);
        event.details.vault_id = Some(row.vault_id);
        event.details.path = Some(row.path.clone());
        self.database().commit(vec![self.database().insert(&row)], &event).await?;
        Ok(binding(row))
    }

    pub(crate) async fn binding_info(
        &self,
        caller: &Caller,
        agent: AgentId,
        id: BindingId,
    ) -> Result<Binding, Problem> {
        self.own_or_owner(caller, agent, Action::BindingRead).await?;
        let stored = self.stored_binding(agent, id).await?;
        let event = self.caller_event(caller, Action::BindingRead).on(id);
        self.database().commit(Vec::new(), &event).await?;
        Ok(binding(stored.row))
    }

    pub(crate) async fn update_binding(
        &self,
        caller: &Caller,
        agent: AgentId,
        id: BindingId,
        update: UpdateBinding,
    ) -> Result<Binding, Problem> {
        self.owner_only(caller, Action::BindingUpdate).await?;
        let stored = self.stored_binding(agent, id).await?;
        let UpdateBinding { config, guardrails, is_active, secret } = update;
        let former = stored.row.clone();
        let config = config.unwrap_or(former.config);
        let guardrails = guardrails.unwrap_or(former.guardrails);
        let is_inline =
            secret.as_ref().map_or(former.is_inline, |secret| matches!(secret, BindingSecret::Inline(_)));
        let secret =
            secret.unwrap_or(BindingSecret::VaultRef { vault_id: former.vault_id, path: former.path });
        let (vault_id, path) = self.place(caller, agent, id, &config, &guardrails, secret).await?;
        let row = BindingRow {
            vault_id,
            path,
            is_inline,
            config,
            guardrails,
            is_active: is_active.unwrap_or(former.is_active),
            updated_at: self.now(),
            ..stored.row.clone()
        };
        let event = self.caller_event(caller, Action::BindingUpdate).on(id).named(&row.name);
        self.database().commit(vec![self.database().replace(&stored, &row)], &event).await?;
        // The owner has looked at it.
        self.resume_binding(id);
        Ok(binding(row))
    }

    pub(crate) async fn delete_binding(
        &self,
        caller: &Caller,
        agent: AgentId,
        id: BindingId,
    ) -> Result<(), Problem> {
        self.owner_only(caller, Action::BindingDelete).await?;
        let stored = self.stored_binding(agent, id).await?;
        let event = self.caller_event(caller, Action::BindingDelete).on(id).named(&stored.row.name);
        Ok(self.database().commit(vec![stored.remove()], &event).await?)
    }

    pub(crate) async fn named_binding(
        &self,
        agent: AgentId,
        name: &str,
    ) -> Result<Option<Stored<BindingRow>>, Problem> {
        self.database().one(vec![is("agent_id", agent), is("name", name)]).await
    }

    async fn own_or_owner(&self, caller: &Caller, agent: AgentId, action: Action) -> Result<(), Problem> {
        if caller.principal == PrincipalId::Agent(agent) {
            return Ok(());
        }
        self.owner_only(caller, action).await
    }

    async fn stored_binding(&self, agent: AgentId, id: BindingId) -> Result<Stored<BindingRow>, Problem> {
        self.database()
            .one::<BindingRow>(vec![is("id", id)])
            .await?
            .filter(|stored| stored.row.agent_id == agent)
            .ok_or_else(|| Problem::not_found("the agent has no such binding; list its bindings"))
    }

    /// Checks a binding with its credential and returns where the credential is; an inline one is stored first.
    async fn place(
        &self,
        caller: &Caller,
        agent: AgentId,
        id: BindingId,
        config: &BindingConfig,
        guardrails: &Guardrails,
        secret: BindingSecret,
    ) -> Result<(VaultId, SecretPath), Problem> {
        let check = self.binding_check(config, guardrails)?;
        match secret {
            BindingSecret::VaultRef { vault_id, path } => {
                // The caller is the owner: nothing is opened for the agent here.
                let authorized =
                    self.authorize::<Use>(caller, vault_id, &path, Action::BindingCreate).await?;
                let (_, version) = self.version(&authorized, None).await?;
                check(&self.open_value(&authorized, &version.row).await?)?;
                Ok((vault_id, path))
            }
            BindingSecret::Inline(value) => {
                check(&value)?;
                let vault = self.default_vault().await?;
                let path = SecretPath::parse(format!("agents/{agent}/bindings/{id}"))?;
                self.put_secret(caller, vault, &path, NewSecret::new(value)).await?;
                Ok((vault, path))
            }
        }
    }

    async fn default_vault(&self) -> Result<VaultId, Problem> {
        self.database()
            .one::<VaultRow>(vec![is("name", DEFAULT_NAME)])
            .await?
            .map(|stored| stored.row.id)
            .ok_or_else(|| Problem::not_found("there is no vault named `default` to keep the credential in"))
    }
}

pub(crate) fn binding(row: BindingRow) -> Binding {
    Binding {
        id: row.id,
        agent_id: row.agent_id,
        binding_type: "http".to_owned(),
        name: row.name,
        config: row.config,
        guardrails: row.guardrails,
        is_active: row.is_active,
        credential_set: true,
        credential_source_type: if row.is_inline { "inline" } else { "vault_ref" }.to_owned(),
        credential_vault_id: row.vault_id,
        credential_path: row.path,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}
