//! Policy rules.

use jiff::Timestamp;
use oneclaw_api::{
    Explain, Explanation, NewPolicy, Permission, Policy, PolicyId, PrincipalId, Problem, UpdatePolicy,
    VaultId,
};
use serde_json::{Map, Value as Json};

use crate::audit::Action;
use crate::authenticate::Caller;
use crate::authorize::{effect, no_such_vault};
use crate::database::is;
use crate::rows::{AgentRow, PolicyRow, Stored, UserRow};
use crate::vault::Vault;

impl Vault {
    pub(crate) async fn list_policies(
        &self,
        caller: &Caller,
        vault: VaultId,
    ) -> Result<Vec<Policy>, Problem> {
        let row = self.vault_row(vault).await?;
        let owned =
            row.as_ref().is_some_and(|stored| caller.is_owner || stored.row.created_by == caller.principal);
        let authority = self.authority(caller, vault, row.as_ref()).await?;
        if !self.is_visible(caller, row.as_ref(), &authority) {
            return Err(no_such_vault());
        }
        let mut conditions = vec![is("vault_id", vault)];
        if !owned {
            conditions.push(is("principal", caller.principal));
        }
        let mut rows: Vec<PolicyRow> =
            self.database().all(conditions).await?.into_iter().map(|stored| stored.row).collect();
        rows.sort_by_key(|row| row.created_at);
        let event = self.caller_event(caller, Action::PolicyList).on(vault).counted(rows.len());
        self.database().commit(Vec::new(), &event).await?;
        Ok(rows.into_iter().map(policy).collect())
    }

    pub(crate) async fn create_policy(
        &self,
        caller: &Caller,
        vault: VaultId,
        new: NewPolicy,
    ) -> Result<Policy, Problem> {
        self.owned_vault(caller, vault, Action::PolicyCreate).await?;
        let NewPolicy {
            secret_path_pattern,
            principal_type,
            principal_id,
            permissions,
            conditions,
            expires_at,
            effect,
            priority,
        } = new;
        let principal = PrincipalId::from_parts(principal_type, &principal_id)
            .map_err(|_| Problem::bad_field("principal_id", "must be the UUID of a person or an agent"))?;
        if !self.principal_exists(principal).await? {
            return Err(Problem::bad_field(
                "principal_id",
                "names nobody here; list the agents to see their ids",
            ));
        }
        check_conditions(conditions.as_ref())?;
        let now = self.now();
        let row = PolicyRow {
            id: PolicyId::random(),
            vault_id: vault,
            principal,
            pattern: secret_path_pattern,
            permissions: check_permissions(permissions)?,
            effect,
            priority,
            expires_at: check_expiry(expires_at, now)?,
            created_by: caller.principal,
            created_at: now,
        };
        let mut event = self.caller_event(caller, Action::PolicyCreate).on(row.id);
        event.details.vault_id = Some(vault);
        self.database().commit(vec![self.database().insert(&row)], &event).await?;
        Ok(policy(row))
    }

    pub(crate) async fn update_policy(
        &self,
        caller: &Caller,
        vault: VaultId,
        id: PolicyId,
        update: UpdatePolicy,
    ) -> Result<Policy, Problem> {
        self.owned_vault(caller, vault, Action::PolicyUpdate).await?;
        let stored = self.stored_policy(vault, id).await?;
        let UpdatePolicy { permissions, conditions, expires_at, effect, priority } = update;
        check_conditions(conditions.as_ref())?;
        let former = stored.row.clone();
        let row = PolicyRow {
            permissions: permissions.map_or(Ok(former.permissions), check_permissions)?,
            effect: effect.unwrap_or(former.effect),
            priority: priority.unwrap_or(former.priority),
            expires_at: check_expiry(expires_at, self.now())?.or(former.expires_at),
            ..stored.row.clone()
        };
        let mut event = self.caller_event(caller, Action::PolicyUpdate).on(id);
        event.details.vault_id = Some(vault);
        self.database().commit(vec![self.database().replace(&stored, &row)], &event).await?;
        Ok(policy(row))
    }

    pub(crate) async fn delete_policy(
        &self,
        caller: &Caller,
        vault: VaultId,
        id: PolicyId,
    ) -> Result<(), Problem> {
        self.owned_vault(caller, vault, Action::PolicyDelete).await?;
        let stored = self.stored_policy(vault, id).await?;
        let mut event = self.caller_event(caller, Action::PolicyDelete).on(id);
        event.details.vault_id = Some(vault);
        Ok(self.database().commit(vec![stored.remove()], &event).await?)
    }

    pub(crate) async fn explain(
        &self,
        caller: &Caller,
        vault: VaultId,
        question: Explain,
    ) -> Result<Explanation, Problem> {
        let Explain { principal_type, principal_id, permission, path } = question;
        let principal = PrincipalId::from_parts(principal_type, &principal_id)
            .map_err(|_| Problem::bad_field("principal_id", "must be the UUID of a person or an agent"))?;
        let row = self.vault_row(vault).await?;
        let authority = if principal == caller.principal {
            self.authority(caller, vault, row.as_ref()).await?
        } else {
            let stored = self.owned_vault(caller, vault, Action::PolicyExplain).await?;
            let agent = self.agent_row(principal).await?;
            let is_creator = stored.row.created_by == principal || self.is_owner(principal).await?;
            self.authority_of(&principal.to_string(), agent.as_ref(), vault, is_creator).await?
        };
        let decision = authority.decide(permission, &path);
        let mut event = self.caller_event(caller, Action::PolicyExplain).on(principal.id());
        event.details.vault_id = Some(vault);
        event.details.path = Some(path);
        event.details.permission = Some(permission);
        self.database().commit(Vec::new(), &event).await?;
        Ok(Explanation { decision: effect(&decision), reasons: authority.explain(&decision) })
    }

    async fn stored_policy(&self, vault: VaultId, id: PolicyId) -> Result<Stored<PolicyRow>, Problem> {
        self.database()
            .one::<PolicyRow>(vec![is("id", id)])
            .await?
            .filter(|stored| stored.row.vault_id == vault)
            .ok_or_else(|| {
                Problem::not_found("there is no such policy in this vault; list them to see their ids")
            })
    }

    async fn principal_exists(&self, principal: PrincipalId) -> Result<bool, Problem> {
        Ok(match principal {
            PrincipalId::Agent(id) => self.database().one::<AgentRow>(vec![is("id", id)]).await?.is_some(),
            PrincipalId::User(id) => self.database().one::<UserRow>(vec![is("id", id)]).await?.is_some(),
        })
    }

    async fn agent_row(&self, principal: PrincipalId) -> Result<Option<AgentRow>, Problem> {
        match principal.agent() {
            Some(id) => {
                Ok(self.database().one::<AgentRow>(vec![is("id", id)]).await?.map(|stored| stored.row))
            }
            None => Ok(None),
        }
    }

    async fn is_owner(&self, principal: PrincipalId) -> Result<bool, Problem> {
        match principal {
            PrincipalId::Agent(_) => Ok(false),
            PrincipalId::User(id) => Ok(self
                .database()
                .one::<UserRow>(vec![is("id", id)])
                .await?
                .is_some_and(|stored| stored.row.is_owner)),
        }
    }
}

fn policy(row: PolicyRow) -> Policy {
    Policy {
        id: row.id,
        vault_id: row.vault_id,
        secret_path_pattern: row.pattern,
        principal_type: row.principal.kind(),
        principal_id: row.principal.id(),
        permissions: row.permissions,
        conditions: Map::new(),
        expires_at: row.expires_at,
        created_by: row.created_by.id(),
        created_by_type: row.created_by.kind(),
        created_at: row.created_at,
        effect: row.effect,
        priority: row.priority,
    }
}

fn check_permissions(mut permissions: Vec<Permission>) -> Result<Vec<Permission>, Problem> {
    if permissions.is_empty() {
        return Err(Problem::bad_field(
            "permissions",
            "must name at least one of list, use, read, write, rotate, delete, share",
        ));
    }
    permissions.sort_unstable();
    permissions.dedup();
    Ok(permissions)
}

fn check_conditions(conditions: Option<&Map<String, Json>>) -> Result<(), Problem> {
    // A condition that is not understood must not be stored as if it limited anything.
    if conditions.is_none_or(Map::is_empty) {
        return Ok(());
    }
    Err(Problem::bad_field("conditions", "are not supported by this version; leave them out"))
}

fn check_expiry(expires_at: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>, Problem> {
    if expires_at.is_some_and(|expiry| expiry <= now) {
        return Err(Problem::bad_field("expires_at", "is in the past"));
    }
    Ok(expires_at)
}
