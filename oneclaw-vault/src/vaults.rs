//! Vaults.

use std::collections::BTreeSet;

use oneclaw_api::{NewVault, Problem, Vault as VaultInfo, VaultId};

use crate::audit::Action;
use crate::authenticate::Caller;
use crate::authorize::{Authority, no_such_vault};
use crate::database::is;
use crate::rows::{BindingRow, PolicyRow, SecretRow, Stored, VaultRow, VersionRow};
use crate::vault::Vault;

/// The vault that front ends take when none is named.
pub(crate) const DEFAULT_NAME: &str = "default";

impl Vault {
    pub(crate) async fn list_vaults(&self, caller: &Caller) -> Result<Vec<VaultInfo>, Problem> {
        let granted: BTreeSet<VaultId> = self
            .database()
            .all::<PolicyRow>(vec![is("principal", caller.principal)])
            .await?
            .into_iter()
            .filter(|stored| self.grants(&stored.row))
            .map(|stored| stored.row.vault_id)
            .collect();
        let mut vaults: Vec<VaultRow> = self
            .database()
            .all::<VaultRow>(Vec::new())
            .await?
            .into_iter()
            .map(|stored| stored.row)
            .filter(|row| {
                let owned = caller.is_owner || row.created_by == caller.principal;
                (owned || granted.contains(&row.id)) && is_bound(caller, row.id)
            })
            .collect();
        vaults.sort_by_key(|row| (row.name != DEFAULT_NAME, row.created_at));
        let event = self.caller_event(caller, Action::VaultList).counted(vaults.len());
        self.database().commit(Vec::new(), &event).await?;
        Ok(vaults.into_iter().map(info).collect())
    }

    pub(crate) async fn create_vault(&self, caller: &Caller, new: NewVault) -> Result<VaultInfo, Problem> {
        let NewVault { name, description } = new;
        if name.trim() != name || !(1..=255).contains(&name.len()) || name.chars().any(char::is_control) {
            return Err(Problem::bad_field(
                "name",
                "must have 1 to 255 characters, none of them a control character",
            ));
        }
        if description.len() > 1000 {
            return Err(Problem::bad_field("description", "has more than 1000 bytes"));
        }
        if caller.agent.as_ref().is_some_and(|agent| !agent.row.vault_ids.is_empty()) {
            let why = "the agent is bound to its vaults and may not make others";
            return Err(self.refuse_ownership(caller, Action::VaultCreate, why).await);
        }
        let row = VaultRow {
            id: VaultId::random(),
            name,
            description,
            created_by: caller.principal,
            created_at: self.now(),
        };
        let event = self.caller_event(caller, Action::VaultCreate).on(row.id).named(&row.name);
        self.database().commit(vec![self.database().insert(&row)], &event).await?;
        Ok(info(row))
    }

    pub(crate) async fn vault_info(&self, caller: &Caller, vault: VaultId) -> Result<VaultInfo, Problem> {
        let row = self.vault_row(vault).await?;
        let authority = self.authority(caller, vault, row.as_ref()).await?;
        let visible = self.is_visible(caller, row.as_ref(), &authority);
        let mut event = self.caller_event(caller, Action::VaultRead).on(vault);
        if !visible {
            event.details.decision = "deny".to_owned();
        }
        self.database().commit(Vec::new(), &event).await?;
        match row {
            Some(stored) if visible => Ok(info(stored.row)),
            _ => Err(no_such_vault()),
        }
    }

    pub(crate) async fn delete_vault(&self, caller: &Caller, vault: VaultId) -> Result<(), Problem> {
        let stored = self.owned_vault(caller, vault, Action::VaultDelete).await?;
        let mut writes = vec![stored.remove()];
        for policy in self.database().all::<PolicyRow>(vec![is("vault_id", vault)]).await? {
            writes.push(policy.remove());
        }
        for binding in self.database().all::<BindingRow>(vec![is("vault_id", vault)]).await? {
            writes.push(binding.remove());
        }
        for secret in self.database().all::<SecretRow>(vec![is("vault_id", vault)]).await? {
            for version in self.database().all::<VersionRow>(vec![is("secret_id", secret.row.id)]).await? {
                writes.push(version.remove());
            }
            writes.push(secret.remove());
        }
        let event = self.caller_event(caller, Action::VaultDelete).on(vault).named(&stored.row.name);
        Ok(self.database().commit(writes, &event).await?)
    }

    /// Tells whether a caller may know of a vault: it owns it, or a rule gives it something there.
    pub(crate) fn is_visible(
        &self,
        caller: &Caller,
        row: Option<&Stored<VaultRow>>,
        authority: &Authority,
    ) -> bool {
        row.is_some_and(|stored| {
            let owned = caller.is_owner || stored.row.created_by == caller.principal;
            is_bound(caller, stored.row.id) && (owned || authority.grants_anything())
        })
    }

    fn grants(&self, row: &PolicyRow) -> bool {
        row.effect == oneclaw_api::Effect::Allow && row.expires_at.is_none_or(|expiry| self.now() < expiry)
    }
}

fn is_bound(caller: &Caller, vault: VaultId) -> bool {
    caller
        .agent
        .as_ref()
        .is_none_or(|stored| stored.row.vault_ids.is_empty() || stored.row.vault_ids.contains(&vault))
}

fn info(row: VaultRow) -> VaultInfo {
    VaultInfo {
        id: row.id,
        name: row.name,
        description: row.description,
        created_by: row.created_by.id(),
        created_by_type: row.created_by.kind(),
        created_at: row.created_at,
    }
}
