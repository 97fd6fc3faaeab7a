use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Effect, PathPattern, Permission, PolicyId, PrincipalId, PrincipalType, SecretPath, VaultId};

/// A policy rule as the API shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Its id.
    pub id: PolicyId,
    /// The vault it holds in.
    pub vault_id: VaultId,
    /// The paths it speaks of.
    pub secret_path_pattern: PathPattern,
    /// Whether it names a person or an agent.
    pub principal_type: PrincipalType,
    /// Bare UUID of whom it names.
    pub principal_id: String,
    /// What it allows or denies.
    pub permissions: Vec<Permission>,
    /// Conditions; always empty for now.
    #[serde(default)]
    pub conditions: Map<String, Value>,
    /// When it stops to hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Bare UUID of who made it.
    #[serde(default)]
    pub created_by: String,
    /// Whether a person or an agent made it.
    pub created_by_type: PrincipalType,
    /// When it was made.
    pub created_at: Timestamp,
    /// Allow unless said.
    #[serde(default = "allow", skip_serializing_if = "is_allow")]
    pub effect: Effect,
    /// The highest priority decides; 0 unless said.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub priority: i32,
}

/// The reply of listing policies.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PolicyList {
    /// The rules of the vault.
    pub policies: Vec<Policy>,
}

/// What a new rule is made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewPolicy {
    /// The paths it speaks of.
    pub secret_path_pattern: PathPattern,
    /// Whether it names a person or an agent.
    pub principal_type: PrincipalType,
    /// Bare UUID of whom it names.
    pub principal_id: String,
    /// What it allows or denies; at least one.
    pub permissions: Vec<Permission>,
    /// Conditions; an unknown one is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Map<String, Value>>,
    /// When it stops to hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Allow unless said.
    #[serde(default = "allow")]
    pub effect: Effect,
    /// The highest priority decides; 0 unless said.
    #[serde(default)]
    pub priority: i32,
}

impl NewPolicy {
    /// Makes a rule that allows `permissions`, with neither condition nor expiry.
    #[must_use]
    pub fn allow(principal: PrincipalId, pattern: PathPattern, permissions: Vec<Permission>) -> Self {
        Self {
            secret_path_pattern: pattern,
            principal_type: principal.kind(),
            principal_id: principal.id(),
            permissions,
            conditions: None,
            expires_at: None,
            effect: Effect::Allow,
            priority: 0,
        }
    }
}

/// What changes in a rule; absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UpdatePolicy {
    /// What it allows or denies; at least one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<Permission>>,
    /// Conditions; an unknown one is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Map<String, Value>>,
    /// When it stops to hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Allow or deny.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// The highest priority decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
}

/// A question: would this be allowed?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explain {
    /// Whether it is about a person or an agent.
    pub principal_type: PrincipalType,
    /// Bare UUID of whom it is about.
    pub principal_id: String,
    /// What is asked for.
    pub permission: Permission,
    /// On which path.
    pub path: SecretPath,
}

/// The answer, with the rules that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Allow or deny.
    pub decision: Effect,
    /// Why: one reason at least; a policy's id where a rule decided.
    pub reasons: Vec<RuleReason>,
}

/// One reason of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleReason {
    /// The rule, where one decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_id: Option<PolicyId>,
    /// What the rule does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// In words.
    pub why: String,
}

const fn allow() -> Effect {
    Effect::Allow
}

const fn is_allow(effect: &Effect) -> bool {
    matches!(effect, Effect::Allow)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
const fn is_zero(priority: &i32) -> bool {
    *priority == 0
}
