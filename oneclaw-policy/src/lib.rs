#![doc = include_str!("../README.md")]

mod decide;
mod error;
mod grammar;
mod path;
mod pattern;
mod permission;
mod policy_set;
mod principal;
mod rule;
#[cfg(feature = "serde")]
mod serialised;

// The words of a question and its answer; everything else is how a `PolicySet` comes to be.
pub use crate::decide::{Ceiling, Decision, Listing, Outcome, Reason, Request, decide, visible};
pub use crate::error::{CharacterKind, PathError, PrincipalError, WordError};
pub use crate::path::SecretPath;
pub use crate::pattern::PathPattern;
pub use crate::permission::{Permission, Permissions};
pub use crate::policy_set::PolicySet;
pub use crate::principal::Principal;
pub use crate::rule::{Effect, Rule, RuleId};
