use std::sync::Arc;

use oneclaw_api::{
    AgentCreated, ApiKey, AuditFilter, ManualClock, NewAgent, NewApiKey, NewPolicy, PathPattern, Permission,
    PrincipalType, SecretPath, SecretValue, VaultApi, VaultId,
};
use oneclaw_client::Client;
use oneclaw_server::{Listen, Listener, serve};
use oneclaw_vault::{Home, Options, Session, Vault};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::raw::Raw;

/// A vault in a home of its own, served on a loopback port and on a unix socket, with a clock that stands still.
pub(crate) struct Setting {
    pub(crate) vault: Vault,
    pub(crate) owner: Session,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) base_url: String,
    pub(crate) socket_url: String,
    stops: Vec<oneshot::Sender<()>>,
    servers: Vec<JoinHandle<()>>,
    _home: TempDir,
}

impl Setting {
    pub(crate) async fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new("2026-11-22T12:00:00Z".parse().unwrap()));
        let home = Home::at(directory.path().join("home"));
        let vault = Vault::init_with(&home, Options { clock: clock.clone() }).await.unwrap();
        let owner = vault.owner();
        let mut setting = Self {
            vault,
            owner,
            clock,
            base_url: String::new(),
            socket_url: String::new(),
            stops: Vec::new(),
            servers: Vec::new(),
            _home: directory,
        };
        setting.base_url = setting.listen("127.0.0.1:0").await;
        let socket = format!("unix:{}", setting._home.path().join("vault.sock").display());
        setting.socket_url = setting.listen(&socket).await;
        setting
    }

    async fn listen(&mut self, listen: &str) -> String {
        let listener = Listener::bind(&listen.parse::<Listen>().unwrap()).await.unwrap();
        let base_url = listener.base_url();
        let (stop, stopped) = oneshot::channel();
        self.stops.push(stop);
        self.servers.push(tokio::spawn(serve(self.vault.clone(), listener, async {
            let _ = stopped.await;
        })));
        base_url
    }

    /// Stops the servers and waits until the last answer is out.
    pub(crate) async fn stop(mut self) {
        self.stops.clear();
        for server in self.servers.drain(..) {
            server.await.unwrap();
        }
    }

    pub(crate) async fn default_vault(&self) -> VaultId {
        self.owner.list_vaults().await.unwrap()[0].id
    }

    /// Counts the exchanges of keys that the vault recorded.
    pub(crate) async fn exchanges(&self) -> usize {
        let filter = AuditFilter { action: Some("auth.success".to_owned()), ..AuditFilter::default() };
        self.owner.audit_events(filter).await.unwrap().events.len()
    }

    pub(crate) async fn owner_key(&self) -> ApiKey {
        let new = NewApiKey { name: "tests".to_owned(), expires_at: None };
        self.owner.create_api_key(new).await.unwrap().api_key
    }

    /// Makes an agent with one rule.
    pub(crate) async fn agent(&self, name: &str, rule: Option<(&str, &[Permission])>) -> AgentCreated {
        let new = NewAgent { name: name.to_owned(), execution_intents_enabled: true, ..NewAgent::default() };
        let created = self.owner.create_agent(new).await.unwrap();
        if let Some((pattern, permissions)) = rule {
            let rule = rule_for(&created, pattern, permissions);
            self.owner.create_policy(self.default_vault().await, rule).await.unwrap();
        }
        created
    }

    pub(crate) fn client(&self, base_url: &str, key: ApiKey) -> Client {
        Client::builder().base_url(base_url).user_key(key).clock(self.clock.clone()).build().unwrap()
    }

    /// Speaks raw HTTP as the owner.
    pub(crate) async fn raw_owner(&self) -> Raw {
        Raw::new(&self.base_url).bearer(self.owner_key().await.expose_key())
    }

    /// Speaks raw HTTP as an agent.
    pub(crate) async fn raw_agent(&self, agent: &AgentCreated) -> Raw {
        let grant = self.vault.exchange(agent.api_key.expose_key(), None, None).await.unwrap();
        Raw::new(&self.base_url).bearer(grant.token.expose_token())
    }
}

pub(crate) fn rule_for(agent: &AgentCreated, pattern: &str, permissions: &[Permission]) -> NewPolicy {
    NewPolicy {
        secret_path_pattern: PathPattern::parse(pattern).unwrap(),
        principal_type: PrincipalType::Agent,
        principal_id: agent.agent.id.to_string(),
        permissions: permissions.to_vec(),
        conditions: None,
        expires_at: None,
        effect: oneclaw_api::Effect::Allow,
        priority: 0,
    }
}

pub(crate) fn path(text: &str) -> SecretPath {
    SecretPath::parse(text).unwrap()
}

pub(crate) fn value(text: &str) -> SecretValue {
    SecretValue::from_bytes(text.as_bytes())
}
