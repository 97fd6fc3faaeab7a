use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{AgentId, IdError, UserId};

/// The two kinds of principals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrincipalType {
    /// A person.
    User,
    /// A program that acts for a person.
    Agent,
}

impl PrincipalType {
    /// Returns the name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Agent => "agent",
        }
    }
}

impl FromStr for PrincipalType {
    type Err = crate::Problem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "user" => Ok(Self::User),
            "agent" => Ok(Self::Agent),
            _ => Err(crate::Problem::bad_request("the principal type must be `user` or `agent`")),
        }
    }
}

/// Names a person or an agent; prints as `user:<uuid>` or `agent:<uuid>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalId {
    /// A person.
    User(UserId),
    /// An agent.
    Agent(AgentId),
}

impl PrincipalId {
    /// Puts together a kind and an id as the wire carries them, in two fields.
    ///
    /// # Errors
    ///
    /// Fails when `id` is not a UUID.
    pub fn from_parts(kind: PrincipalType, id: &str) -> Result<Self, IdError> {
        match kind {
            PrincipalType::User => id.parse().map(Self::User),
            PrincipalType::Agent => id.parse().map(Self::Agent),
        }
    }

    /// Returns the kind.
    #[must_use]
    pub const fn kind(&self) -> PrincipalType {
        match self {
            Self::User(_) => PrincipalType::User,
            Self::Agent(_) => PrincipalType::Agent,
        }
    }

    /// Returns the bare UUID in its hyphenated form.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::User(id) => id.to_string(),
            Self::Agent(id) => id.to_string(),
        }
    }

    /// Returns the agent's id, or nothing for a person.
    #[must_use]
    pub const fn agent(&self) -> Option<AgentId> {
        match self {
            Self::User(_) => None,
            Self::Agent(id) => Some(*id),
        }
    }
}

impl fmt::Display for PrincipalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Agent(id) => write!(f, "agent:{id}"),
        }
    }
}

impl FromStr for PrincipalId {
    type Err = crate::Problem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, id) = text.split_once(':').ok_or_else(|| {
            crate::Problem::bad_request("a principal has the form `user:<uuid>` or `agent:<uuid>`")
        })?;
        Ok(Self::from_parts(kind.parse()?, id)?)
    }
}
