#![doc = include_str!("../README.md")]

mod agent;
mod api_key;
mod audit;
mod auth;
mod binding;
mod clock;
mod env_bundle;
mod execute;
mod health;
mod ids;
mod json_text;
mod policy;
mod principal;
mod problem;
mod reference;
mod secret;
mod secret_value;
mod token_cache;
mod vault;
mod vault_api;

// The joint of all front ends, and what its methods take and answer.
pub use agent::{Agent, AgentCreated, AgentKeyRotated, AgentList, NewAgent, UpdateAgent};
pub use audit::{AuditDetails, AuditEvent, AuditFilter, AuditPage, AuditScheme, AuditVerification};
pub use auth::{
    AgentTokenRequest, ApiKeyCreated, ApiKeyList, ApiKeyRecord, ApiKeyTokenRequest, Identity, NewApiKey,
    TokenResponse,
};
pub use binding::{
    AuthType, Binding, BindingConfig, BindingList, BindingSecret, Guardrails, NewBinding, ResponseMode,
    UpdateBinding,
};
pub use env_bundle::{EnvBundle, EnvBundleError};
pub use execute::{ExecuteReply, ExecuteRequest, ExecuteStatus, RequestBody, UpstreamReply};
pub use health::Health;
pub use policy::{Explain, Explanation, NewPolicy, Policy, PolicyList, RuleReason, UpdatePolicy};
pub use secret::{
    Charset, DescribedBinding, MAX_VALUE_BYTES, NewSecret, Origin, Rotation, SecretDescription, SecretList,
    SecretMeta, SecretRead, SecretVersionList,
};
pub use vault::{NewVault, Vault, VaultList};
pub use vault_api::VaultApi;

// Names and values.
pub use api_key::{ApiKey, ApiKeyError, ApiKeyKind};
pub use ids::{
    AgentId, ApiKeyId, BindingId, EventId, ExecutionId, IdError, OrgId, PolicyId, SecretId, UserId, VaultId,
};
pub use principal::{PrincipalId, PrincipalType};
pub use reference::{Reference, ReferenceError};
pub use secret_value::SecretValue;

// Time, and the tokens that expire with it.
#[cfg(feature = "test-util")]
pub use clock::ManualClock;
pub use clock::{Clock, SystemClock};
pub use token_cache::{Token, TokenCache};

// The one error of the API.
pub use problem::{Problem, ProblemKind};

// Paths, patterns and permissions are the policy crate's.
pub use oneclaw_policy::{Effect, PathPattern, Permission, SecretPath};
