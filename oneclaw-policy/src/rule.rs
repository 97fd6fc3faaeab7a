//! One stored policy.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::error::WordError;
use crate::pattern::PathPattern;
use crate::permission::{Permission, Permissions};
use crate::principal::Principal;

/// One stored policy: who may, or may not, do what on which paths, how firmly and until when.
///
/// The fields are public and none has a default, so that whoever makes a rule from a stored row has to
/// consider each of them, also those added later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What the rule is called in decisions.
    pub id: RuleId,
    /// Who the rule is about.
    pub principal: Principal,
    /// The paths the rule is about.
    pub pattern: PathPattern,
    /// What is allowed or denied; see [`Permissions::closure`] and [`Permissions::denied`].
    pub permissions: Permissions,
    /// Whether the rule allows or denies.
    pub effect: Effect,
    /// A higher priority overrules a lower one.
    pub priority: i32,
    /// The Unix time in seconds from which on the rule counts for nothing.
    pub expires_at: Option<i64>,
}

/// What a rule does with what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// The rule grants.
    Allow,
    /// The rule takes away, and wins a tie.
    Deny,
}

/// The name of a rule: an opaque text, unique within a policy set, cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Arc<str>);

impl Rule {
    /// The permissions the rule speaks about: given by an allow, taken by a deny, implications drawn.
    #[must_use]
    pub fn reach(&self) -> Permissions {
        match self.effect {
            Effect::Allow => self.permissions.closure(),
            Effect::Deny => self.permissions.denied(),
        }
    }

    /// Whether the rule speaks about the permission; path and time are not looked at.
    #[must_use]
    pub fn concerns(&self, permission: Permission) -> bool {
        self.reach().contains(permission)
    }

    /// Whether the rule has expired at `now`, a Unix time in seconds; the last second is `expires_at - 1`.
    #[must_use]
    pub fn is_expired(&self, now: i64) -> bool {
        self.expires_at.is_some_and(|expires_at| now >= expires_at)
    }
}

impl Effect {
    /// The effect as it is written in rules.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Effect {
    type Err = WordError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Allow, Self::Deny].into_iter().find(|effect| effect.as_str() == text).ok_or(WordError::Effect)
    }
}

impl RuleId {
    /// Names a rule.
    #[must_use]
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for RuleId {
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

impl From<String> for RuleId {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}

impl FromStr for RuleId {
    type Err = Infallible;

    fn from_str(id: &str) -> Result<Self, Self::Err> {
        Ok(Self::new(id))
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
