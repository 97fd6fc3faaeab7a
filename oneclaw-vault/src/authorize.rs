//! What the caller may do: the only place that makes an [`Authorized`], which everything that opens a value demands.

use std::marker::PhantomData;

use oneclaw_api::{
    AuditDetails, Effect, PathPattern, Permission, PolicyId, Problem, RuleReason, SecretPath, VaultId,
};
use oneclaw_policy::{Ceiling, Decision, Listing, PolicySet, Principal, Reason, Request, Rule, RuleId};

use crate::audit::{Action, Event};
use crate::authenticate::Caller;
use crate::database::is;
use crate::rows::{AgentRow, PolicyRow, Stored, VaultRow};
use crate::vault::Vault;

/// A right, as a type.
pub(crate) trait Right {
    /// What policy must give.
    const PERMISSION: Permission;
}

macro_rules! rights {
    ($($name:ident)*) => {$(
        #[derive(Debug)]
        pub(crate) enum $name {}

        impl Right for $name {
            const PERMISSION: Permission = Permission::$name;
        }
    )*};
}

rights!(List Use Read Write Rotate Delete);

/// Proof that policy gives a caller the right `R` on one path of one vault. Holds the event to be recorded.
#[derive(Debug)]
pub(crate) struct Authorized<R> {
    vault: VaultId,
    path: SecretPath,
    event: Event,
    right: PhantomData<R>,
}

impl<R: Right> Authorized<R> {
    pub(crate) const fn vault(&self) -> VaultId {
        self.vault
    }

    pub(crate) const fn path(&self) -> &SecretPath {
        &self.path
    }

    /// Returns the event of the decision, to be recorded with what is done about it.
    pub(crate) fn event(&self) -> Event {
        self.event.clone()
    }
}

/// Everything a decision about a caller in a vault is made from.
pub(crate) struct Authority {
    rules: PolicySet,
    principal: Principal,
    is_creator: bool,
    vault_bound: bool,
    scopes: Option<Vec<PathPattern>>,
    now: i64,
}

impl Authority {
    pub(crate) fn decide(&self, permission: Permission, path: &SecretPath) -> Decision {
        oneclaw_policy::decide(
            &self.rules,
            &Request {
                principal: &self.principal,
                permission,
                path,
                now: self.now,
                is_creator: self.is_creator,
                ceiling: self.ceiling(),
            },
        )
    }

    /// Tells which of a listing's paths the caller may list.
    pub(crate) fn lists(&self) -> impl Fn(&SecretPath) -> bool + '_ {
        oneclaw_policy::visible(
            &self.rules,
            &Listing {
                principal: &self.principal,
                permission: Permission::List,
                now: self.now,
                is_creator: self.is_creator,
                ceiling: self.ceiling(),
            },
        )
    }

    /// Tells which permissions the caller has on a path.
    pub(crate) fn permissions(&self, path: &SecretPath) -> Vec<Permission> {
        Permission::ALL.into_iter().filter(|permission| self.decide(*permission, path).is_allowed()).collect()
    }

    /// Tells whether some live rule allows the caller something.
    pub(crate) fn grants_anything(&self) -> bool {
        self.rules.iter().any(|rule| rule.effect == Effect::Allow && !rule.is_expired(self.now))
    }

    /// Says why, for people.
    pub(crate) fn explain(&self, decision: &Decision) -> Vec<RuleReason> {
        let why = decision.reason.to_string();
        if decision.rules.is_empty() {
            return vec![RuleReason { policy_id: None, effect: None, why }];
        }
        decision
            .rules
            .iter()
            .map(|id| RuleReason {
                policy_id: id.as_str().parse::<PolicyId>().ok(),
                effect: self.rules.rule(id).map(|rule| rule.effect),
                why: why.clone(),
            })
            .collect()
    }

    fn ceiling(&self) -> Ceiling<'_> {
        Ceiling { vault_bound: self.vault_bound, scopes: self.scopes.as_deref() }
    }
}

impl Vault {
    /// Decides one request and records a denial. Nothing of the secret is looked at before.
    pub(crate) async fn authorize<R: Right>(
        &self,
        caller: &Caller,
        vault: VaultId,
        path: &SecretPath,
        action: Action,
    ) -> Result<Authorized<R>, Problem> {
        let permission = R::PERMISSION;
        let row = self.vault_row(vault).await?;
        if row.is_none() && caller.is_owner {
            return Err(no_such_vault());
        }
        let authority = self.authority(caller, vault, row.as_ref()).await?;
        let decision = authority.decide(permission, path);
        let mut event = self.caller_event(caller, action);
        event.details = AuditDetails {
            decision: if decision.is_allowed() { "allow" } else { "deny" }.to_owned(),
            permission: Some(permission),
            vault_id: Some(vault),
            path: Some(path.clone()),
            policy_ids: decision.rules.iter().map(|id| id.as_str().to_owned()).collect(),
            ..AuditDetails::default()
        };
        if decision.is_allowed() {
            return Ok(Authorized { vault, path: path.clone(), event, right: PhantomData });
        }
        event.details.reason = Some(decision.reason.to_string());
        self.database().commit(Vec::new(), &event).await?;
        Err(denied(caller, permission, path, &decision))
    }

    /// Gathers what decisions about a caller in a vault are made from; a vault that is not there has no rules.
    pub(crate) async fn authority(
        &self,
        caller: &Caller,
        vault: VaultId,
        row: Option<&Stored<VaultRow>>,
    ) -> Result<Authority, Problem> {
        let is_creator =
            row.is_some_and(|stored| caller.is_owner || stored.row.created_by == caller.principal);
        self.authority_of(
            &caller.principal.to_string(),
            caller.agent.as_ref().map(|stored| &stored.row),
            vault,
            is_creator,
        )
        .await
    }

    /// The same for anybody, such as the one a question is about.
    pub(crate) async fn authority_of(
        &self,
        principal: &str,
        agent: Option<&AgentRow>,
        vault: VaultId,
        is_creator: bool,
    ) -> Result<Authority, Problem> {
        let rows =
            self.database().all::<PolicyRow>(vec![is("vault_id", vault), is("principal", principal)]).await?;
        let principal =
            Principal::parse(principal).map_err(|_| Problem::bad_request("the principal is malformed"))?;
        let rules = rows.into_iter().map(|stored| rule(&stored.row, &principal)).collect();
        Ok(Authority {
            rules,
            principal,
            is_creator,
            vault_bound: agent.is_none_or(|row| row.vault_ids.is_empty() || row.vault_ids.contains(&vault)),
            scopes: agent.and_then(scopes),
            now: self.now().as_second(),
        })
    }

    /// Checks that the caller owns the vault: a person who is the owner, or whoever made it.
    pub(crate) async fn owned_vault(
        &self,
        caller: &Caller,
        vault: VaultId,
        action: Action,
    ) -> Result<Stored<VaultRow>, Problem> {
        let row = self.vault_row(vault).await?;
        match row {
            Some(stored) if caller.is_owner || stored.row.created_by == caller.principal => Ok(stored),
            None if caller.is_owner => Err(no_such_vault()),
            _ => Err(self.refuse_ownership(caller, action, "only the vault's owner may do this").await),
        }
    }

    /// Checks that the caller is the owner.
    pub(crate) async fn owner_only(&self, caller: &Caller, action: Action) -> Result<(), Problem> {
        if caller.is_owner {
            return Ok(());
        }
        Err(self.refuse_ownership(caller, action, "only the owner may do this; ask a person to").await)
    }

    /// Records a denial that no rule is part of, and returns it.
    pub(crate) async fn refuse_ownership(
        &self,
        caller: &Caller,
        action: Action,
        why: &'static str,
    ) -> Problem {
        let mut event = self.caller_event(caller, action);
        event.details.decision = "deny".to_owned();
        event.details.reason = Some(why.to_owned());
        match self.database().commit(Vec::new(), &event).await {
            Ok(()) => Problem::forbidden(why),
            Err(error) => error.into(),
        }
    }

    pub(crate) async fn vault_row(&self, vault: VaultId) -> Result<Option<Stored<VaultRow>>, Problem> {
        self.database().one(vec![is("id", vault)]).await
    }
}

/// What a caller is told of a vault that is not there, or that it may know nothing of.
pub(crate) fn no_such_vault() -> Problem {
    Problem::not_found(
        "there is no such vault, or you have no access to it; list the vaults to see their ids",
    )
}

fn denied(caller: &Caller, permission: Permission, path: &SecretPath, decision: &Decision) -> Problem {
    let name = &caller.name;
    Problem::forbidden(match decision.reason {
        // Clients exchange their key again when they read `scopes do not cover`.
        Reason::OutsideScope => {
            format!(
                "the agent's scopes do not cover `{path}`; the owner changes them with `oneclaw agent update`"
            )
        }
        Reason::VaultNotBound => "the agent is not bound to this vault; ask the vault's owner".to_owned(),
        reason => format!(
            "`{name}` may not {permission} `{path}`: {reason}. The owner allows it with \
             `oneclaw policy add --agent {name} --permission {permission} --path '{path}'`"
        ),
    })
}

fn rule(row: &PolicyRow, principal: &Principal) -> Rule {
    Rule {
        id: RuleId::new(row.id.to_string()),
        principal: principal.clone(),
        pattern: row.pattern.clone(),
        permissions: row.permissions.iter().copied().collect(),
        effect: row.effect,
        priority: row.priority,
        expires_at: row.expires_at.map(|time| time.as_second()),
    }
}

/// Returns an agent's explicit path scopes; texts with a colon are labels and limit nothing.
fn scopes(row: &AgentRow) -> Option<Vec<PathPattern>> {
    let mut globs = row.scopes.iter().filter(|scope| !scope.contains(':')).peekable();
    globs.peek()?;
    // A scope that is no pattern covers nothing; it was refused when it was written.
    Some(globs.filter_map(|scope| PathPattern::parse(scope.as_str()).ok()).collect())
}

/// Tells the effect of a decision.
pub(crate) fn effect(decision: &Decision) -> Effect {
    if decision.is_allowed() { Effect::Allow } else { Effect::Deny }
}
