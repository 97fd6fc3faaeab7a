use std::sync::Arc;

use jiff::Timestamp;
use oneclaw_api::{
    AgentId, ApiKey, Effect, ManualClock, NewAgent, NewPolicy, NewSecret, PathPattern, Permission, Policy,
    PrincipalType, Problem, SecretMeta, SecretPath, SecretValue, VaultApi, VaultId,
};
use oneclaw_vault::{Home, Options, Session, Vault};
use secrecy::ExposeSecret;
use tempfile::TempDir;

/// A vault in a directory of its own, with a clock that stands still.
pub(crate) struct Bench {
    pub(crate) vault: Vault,
    pub(crate) owner: Session,
    pub(crate) default: VaultId,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) home: Home,
    pub(crate) directory: TempDir,
}

/// An agent with its key and its session.
pub(crate) struct TestAgent {
    pub(crate) id: AgentId,
    pub(crate) key: String,
    pub(crate) session: Session,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let home = Home::at(directory.path().join("home"));
        let clock = Arc::new(ManualClock::new(Timestamp::from_second(1_800_000_000).unwrap()));
        let vault = Vault::init_with(&home, Options { clock: clock.clone() }).await.unwrap();
        let owner = vault.owner();
        let default = owner.list_vaults().await.unwrap()[0].id;
        Self { vault, owner, default, clock, home, directory }
    }

    pub(crate) async fn put(&self, at: &str, value: &str) -> SecretMeta {
        put(&self.owner, self.default, at, value).await.unwrap()
    }

    pub(crate) async fn agent(&self, name: &str) -> TestAgent {
        let new = NewAgent { name: name.to_owned(), execution_intents_enabled: true, ..NewAgent::default() };
        self.agent_with(new).await
    }

    pub(crate) async fn agent_with(&self, new: NewAgent) -> TestAgent {
        let made = self.owner.create_agent(new).await.unwrap();
        let key = made.api_key.expose_key().to_owned();
        TestAgent { id: made.agent.id, session: self.session(&key), key }
    }

    pub(crate) fn session(&self, key: &str) -> Session {
        self.vault.agent_session(ApiKey::parse(key).unwrap())
    }

    pub(crate) async fn rule(
        &self,
        agent: &TestAgent,
        pattern: &str,
        permission: Permission,
        effect: Effect,
    ) -> Policy {
        let new = NewPolicy {
            secret_path_pattern: PathPattern::parse(pattern).unwrap(),
            principal_type: PrincipalType::Agent,
            principal_id: agent.id.to_string(),
            permissions: vec![permission],
            conditions: None,
            expires_at: None,
            effect,
            priority: 0,
        };
        self.owner.create_policy(self.default, new).await.unwrap()
    }

    pub(crate) async fn allow(&self, agent: &TestAgent, pattern: &str, permission: Permission) -> Policy {
        self.rule(agent, pattern, permission, Effect::Allow).await
    }
}

pub(crate) fn path(text: &str) -> SecretPath {
    SecretPath::parse(text).unwrap()
}

pub(crate) async fn put(
    session: &Session,
    vault: VaultId,
    at: &str,
    value: &str,
) -> Result<SecretMeta, Problem> {
    session.put_secret(vault, &path(at), NewSecret::new(SecretValue::from_bytes(value.as_bytes()))).await
}

pub(crate) async fn read(session: &Session, vault: VaultId, at: &str) -> Result<String, Problem> {
    read_version(session, vault, at, None).await
}

pub(crate) async fn read_version(
    session: &Session,
    vault: VaultId,
    at: &str,
    version: Option<u32>,
) -> Result<String, Problem> {
    let read = session.read_secret(vault, &path(at), version).await?;
    Ok(String::from_utf8(read.value.expose_secret().to_vec()).unwrap())
}
