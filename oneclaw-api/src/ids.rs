use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The error of parsing an id that is not a UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the {what} is not a UUID, which has the form 01234567-89ab-4cde-8f01-23456789abcd")]
pub struct IdError {
    what: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident, $what:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes a new random id (UUID version 4, RFC 9562).
            #[must_use]
            pub fn random() -> Self {
                Self(Uuid::new_v4())
            }

            /// Takes the 16 bytes of an id.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// Returns the 16 bytes of the id.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.as_hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            /// Parses the hyphenated form, and only that one.
            fn from_str(text: &str) -> Result<Self, IdError> {
                if text.len() != 36 {
                    return Err(IdError { what: $what });
                }
                Uuid::try_parse(text).map(Self).map_err(|_| IdError { what: $what })
            }
        }
    )*};
}

ids! {
    /// Names an organisation.
    OrgId, "organisation id";
    /// Names a person.
    UserId, "user id";
    /// Names an agent.
    AgentId, "agent id";
    /// Names a vault.
    VaultId, "vault id";
    /// Names a secret: one id for a path, the same through all versions.
    SecretId, "secret id";
    /// Names a policy rule.
    PolicyId, "policy id";
    /// Names a binding.
    BindingId, "binding id";
    /// Names an audit event.
    EventId, "event id";
    /// Names a person's API key.
    ApiKeyId, "API key id";
    /// Names one execution of a binding.
    ExecutionId, "execution id";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_prints_as_it_parses() {
        let id = VaultId::random();
        assert_eq!(id.to_string().parse::<VaultId>(), Ok(id));
        assert_eq!(VaultId::from_bytes(*id.as_bytes()), id);
    }

    #[test]
    fn only_the_hyphenated_form_is_an_id() {
        for text in ["", "x", "0123456789ab4cde8f0123456789abcd", "{01234567-89ab-4cde-8f01-23456789abcd}"] {
            assert!(text.parse::<SecretId>().is_err(), "{text}");
        }
    }
}
