//! Audit events: a closed structure with no room for a value, and its bytes, which the chain covers.

use std::net::IpAddr;

use jiff::Timestamp;
use oneclaw_api::{AuditDetails, AuditEvent, EventId, OrgId, PrincipalId};

use crate::store::{NewEvent, StoredEvent};

mod encoding;

/// What was done or tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    VaultInit,
    VaultCreate,
    VaultList,
    VaultRead,
    VaultDelete,
    SecretList,
    SecretRead,
    SecretWrite,
    SecretDescribe,
    SecretVersions,
    SecretRotate,
    SecretRollback,
    SecretDisable,
    SecretDelete,
    SecretNames,
    PolicyList,
    PolicyCreate,
    PolicyUpdate,
    PolicyDelete,
    PolicyExplain,
    AgentList,
    AgentRegister,
    AgentRead,
    AgentUpdate,
    AgentDelete,
    AgentRotateKey,
    BindingList,
    BindingCreate,
    BindingRead,
    BindingUpdate,
    BindingDelete,
    #[cfg(feature = "broker")]
    ExecuteStart,
    #[cfg(feature = "broker")]
    ExecuteEnd,
    AuditList,
    AuditVerify,
    ApiKeyList,
    ApiKeyCreate,
    ApiKeyRevoke,
    AuthSuccess,
    AuthRevoke,
}

impl Action {
    /// Returns the name on the wire, whose first part is the kind of resource.
    const fn as_str(self) -> &'static str {
        match self {
            Self::VaultInit => "vault.init",
            Self::VaultCreate => "vault.create",
            Self::VaultList => "vault.list",
            Self::VaultRead => "vault.read",
            Self::VaultDelete => "vault.delete",
            Self::SecretList => "secret.list",
            Self::SecretRead => "secret.read",
            Self::SecretWrite => "secret.write",
            Self::SecretDescribe => "secret.describe",
            Self::SecretVersions => "secret.versions",
            Self::SecretRotate => "secret.rotate",
            Self::SecretRollback => "secret.rollback",
            Self::SecretDisable => "secret.disable_version",
            Self::SecretDelete => "secret.delete",
            Self::SecretNames => "secret.names",
            Self::PolicyList => "policy.list",
            Self::PolicyCreate => "policy.create",
            Self::PolicyUpdate => "policy.update",
            Self::PolicyDelete => "policy.delete",
            Self::PolicyExplain => "policy.explain",
            Self::AgentList => "agent.list",
            Self::AgentRegister => "agent.register",
            Self::AgentRead => "agent.read",
            Self::AgentUpdate => "agent.update",
            Self::AgentDelete => "agent.deactivate",
            Self::AgentRotateKey => "agent.rotate_key",
            Self::BindingList => "binding.list",
            Self::BindingCreate => "binding.create",
            Self::BindingRead => "binding.read",
            Self::BindingUpdate => "binding.update",
            Self::BindingDelete => "binding.delete",
            #[cfg(feature = "broker")]
            Self::ExecuteStart => "execute.start",
            #[cfg(feature = "broker")]
            Self::ExecuteEnd => "execute.end",
            Self::AuditList => "audit.list",
            Self::AuditVerify => "audit.verify",
            Self::ApiKeyList => "api_key.list",
            Self::ApiKeyCreate => "api_key.create",
            Self::ApiKeyRevoke => "api_key.revoke",
            Self::AuthSuccess => "auth.success",
            Self::AuthRevoke => "auth.revoke",
        }
    }
}

/// An event before it is chained.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) id: EventId,
    pub(crate) created_at: Timestamp,
    pub(crate) org: OrgId,
    /// Who did it; nobody where the vault itself did.
    pub(crate) actor: Option<PrincipalId>,
    pub(crate) ip: Option<IpAddr>,
    pub(crate) action: Action,
    pub(crate) resource_id: String,
    pub(crate) details: AuditDetails,
}

impl Event {
    /// Notes what it was done to.
    pub(crate) fn on(mut self, resource_id: impl ToString) -> Self {
        self.resource_id = resource_id.to_string();
        self
    }

    /// Notes a name.
    pub(crate) fn named(mut self, name: &str) -> Self {
        self.details.name = Some(name.to_owned());
        self
    }

    /// Notes how many items the answer has.
    pub(crate) fn counted(mut self, count: usize) -> Self {
        self.details.count = u64::try_from(count).ok();
        self
    }

    pub(crate) fn to_new(&self) -> NewEvent {
        NewEvent {
            id: *self.id.as_bytes(),
            bytes: encoding::encode(self),
            created_at: self.created_at.as_microsecond(),
            actor_id: self.actor.map(|actor| actor.id()).unwrap_or_default(),
            action: self.action.as_str().to_owned(),
            resource_id: self.resource_id.clone(),
            vault_id: self.details.vault_id.map(|id| id.to_string()),
            path: self.details.path.as_ref().map(ToString::to_string),
        }
    }
}

/// Decodes a stored event; nothing where its bytes are not an event's.
pub(crate) fn decode(stored: &StoredEvent) -> Option<AuditEvent> {
    encoding::decode(stored)
}
