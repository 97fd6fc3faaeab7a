//! An embedded vault with secrets, an agent with rights to some of them, and a binding.

use std::sync::Arc;

use oneclaw_api::{
    Agent, AgentCreated, ApiKey, AuthType, BindingConfig, BindingSecret, Effect, Guardrails, NewAgent,
    NewBinding, NewPolicy, NewSecret, Permission, PrincipalType, SecretPath, SecretValue, VaultApi, VaultId,
};
use oneclaw_mcp::{Options, Server};
use oneclaw_vault::{Home, Session, Vault};
use serde_json::json;
use tempfile::TempDir;

use crate::upstream;

/// Values that must never be in anything the server writes.
pub(crate) const EARLIER: &str = "sk-Earlier+/7Qm2vXt8Lp4Zc9";
pub(crate) const CURRENT: &str = "sk-Current\"\\9Wn5bRk3Hd7Yf1+/z";
pub(crate) const VARIABLE: &str = "postgres://u:Xq83hfK2Pz@db/<main>";
pub(crate) const HIDDEN: &str = "hidden-6Tg4Vb8Nj2Mk5Sx0";
pub(crate) const CANARIES: [&str; 4] = [EARLIER, CURRENT, VARIABLE, HIDDEN];

pub(crate) struct World {
    pub(crate) directory: TempDir,
    pub(crate) vault: Vault,
    pub(crate) id: VaultId,
    pub(crate) agent: Agent,
    key: ApiKey,
}

impl World {
    pub(crate) async fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let home = Home::at(directory.path());
        let vault = Vault::init(&home).await.unwrap();
        let owner = vault.owner();
        let id = owner.list_vaults().await.unwrap()[0].id;
        put(&owner, id, "api-keys/echo", EARLIER, "api_key").await;
        put(&owner, id, "api-keys/echo", CURRENT, "api_key").await;
        put(&owner, id, "env/prod", &json!({ "DB_URL": VARIABLE, "MODE": "x" }).to_string(), "env_bundle")
            .await;
        put(&owner, id, "hidden/other", HIDDEN, "password").await;
        let new =
            NewAgent { name: "claude".to_owned(), execution_intents_enabled: true, ..NewAgent::default() };
        let AgentCreated { agent, api_key: key } = owner.create_agent(new).await.unwrap();
        home.save_agent_key("claude", &key).unwrap();
        let world = Self { directory, vault, id, agent, key };
        world.allow("api-keys/*", Permission::Use).await;
        world.allow("env/*", Permission::Use).await;
        world.allow("own/**", Permission::Write).await;
        world.bind("echo", "api-keys/echo").await;
        world
    }

    pub(crate) fn owner(&self) -> Session {
        self.vault.owner()
    }

    pub(crate) async fn allow(&self, pattern: &str, permission: Permission) {
        let new = NewPolicy {
            secret_path_pattern: pattern.parse().unwrap(),
            principal_type: PrincipalType::Agent,
            principal_id: self.agent.id.to_string(),
            permissions: vec![permission],
            conditions: None,
            expires_at: None,
            effect: Effect::Allow,
            priority: 0,
        };
        self.owner().create_policy(self.id, new).await.unwrap();
    }

    async fn bind(&self, name: &str, secret: &str) {
        let new = NewBinding {
            name: name.to_owned(),
            config: BindingConfig {
                base_url: upstream::echo().await,
                auth_type: AuthType::Bearer,
                auth_header: None,
                auth_format: None,
                auth_query: None,
                auth_user: None,
            },
            guardrails: Guardrails {
                allowed_methods: Some(vec!["GET".to_owned(), "POST".to_owned()]),
                allow_private_networks: Some(true),
                max_requests_per_minute: Some(6_000),
                ..Guardrails::default()
            },
            secret: BindingSecret::VaultRef { vault_id: self.id, path: path(secret) },
        };
        self.owner().create_binding(self.agent.id, new).await.unwrap();
    }

    /// The server as its operator starts it.
    pub(crate) fn server(&self, options: Options) -> Server {
        let (vault, key) = (self.vault.clone(), self.key.expose_key().to_owned());
        Server::new(
            move || {
                let session = vault.agent_session(ApiKey::parse(&key).unwrap());
                async move { Ok(Arc::new(session) as Arc<dyn VaultApi>) }
            },
            options,
        )
    }

    pub(crate) fn key(&self) -> &str {
        self.key.expose_key()
    }
}

pub(crate) fn path(text: &str) -> SecretPath {
    SecretPath::parse(text).unwrap()
}

pub(crate) async fn put(owner: &Session, vault: VaultId, at: &str, value: &str, kind: &str) {
    let new = NewSecret {
        kind: Some(kind.to_owned()),
        ..NewSecret::new(SecretValue::from_bytes(value.as_bytes()))
    };
    owner.put_secret(vault, &path(at), new).await.unwrap();
}
