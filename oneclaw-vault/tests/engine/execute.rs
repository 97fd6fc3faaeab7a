use oneclaw_api::{
    AuditFilter, AuthType, Binding, BindingConfig, BindingSecret, ExecuteRequest, ExecuteStatus, Guardrails,
    NewBinding, Permission, ProblemKind, SecretValue, UpdateAgent, UpdateBinding, VaultApi,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{Bench, TestAgent, path};

const VALUE: &str = "sk-live-4eC39HqLyjWDarjt";

/// An upstream that answers every request with its own head, the credential included. Returns its address.
async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    match stream.read_u8().await {
                        Ok(byte) => head.push(byte),
                        Err(_) => return,
                    }
                }
                let reply = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    head.len()
                );
                let _ = stream.write_all(reply.as_bytes()).await;
                let _ = stream.write_all(&head).await;
            });
        }
    });
    format!("http://{address}/v1/")
}

fn config(base_url: &str) -> BindingConfig {
    BindingConfig {
        base_url: base_url.to_owned(),
        auth_type: AuthType::Header,
        auth_header: Some("Authorization".to_owned()),
        auth_format: Some("Bearer {value}".to_owned()),
        auth_query: None,
        auth_user: None,
    }
}

fn loopback() -> Guardrails {
    Guardrails { allow_private_networks: Some(true), ..Guardrails::default() }
}

fn get(binding: &str) -> ExecuteRequest {
    ExecuteRequest {
        binding: binding.to_owned(),
        method: "GET".to_owned(),
        path: "charges".to_owned(),
        query: Vec::new(),
        headers: Default::default(),
        body: None,
    }
}

async fn bind(bench: &Bench, agent: &TestAgent, name: &str, base_url: &str) -> Binding {
    let secret = BindingSecret::VaultRef { vault_id: bench.default, path: path("api-keys/stripe") };
    let new = NewBinding { name: name.to_owned(), config: config(base_url), guardrails: loopback(), secret };
    bench.owner.create_binding(agent.id, new).await.unwrap()
}

#[tokio::test]
async fn an_agent_uses_a_value_it_never_sees() {
    let bench = Bench::new().await;
    bench.put("api-keys/stripe", VALUE).await;
    let agent = bench.agent("claude").await;
    bench.allow(&agent, "api-keys/*", Permission::Use).await;
    let upstream = echo().await;
    let binding = bind(&bench, &agent, "stripe", &upstream).await;
    for name in ["stripe", &binding.id.to_string()] {
        let reply = agent.session.execute(agent.id, get(name)).await.unwrap();
        assert_eq!(reply.status, ExecuteStatus::Succeeded, "{:?}", reply.error);
        assert!(reply.redactions_applied >= 1);
        let text = serde_json::to_string(&reply).unwrap();
        assert!(text.contains("Bearer [REDACTED]"), "{text}");
        assert!(!text.contains(VALUE));
    }
    let described = agent.session.describe_secret(bench.default, &path("api-keys/stripe")).await.unwrap();
    assert_eq!(described.bindings[0].name, "stripe");
    // Each call has a start and an end in the log, joined by its id.
    let events = |action: &'static str| {
        let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
        let owner = &bench.owner;
        async move { owner.audit_events(filter).await.unwrap().events }
    };
    let (starts, ends) = (events("execute.start").await, events("execute.end").await);
    assert_eq!((starts.len(), ends.len()), (2, 2));
    assert_eq!(starts[0].details.execution_id, ends[0].details.execution_id);
    assert_eq!((ends[0].details.status, starts[0].details.host.as_deref()), (Some(200), Some("127.0.0.1")));
    assert!(starts[0].sequence < ends[0].sequence);
}

#[tokio::test]
async fn each_missing_link_refuses_with_a_remedy() {
    let bench = Bench::new().await;
    bench.put("api-keys/stripe", VALUE).await;
    let agent = bench.agent("claude").await;
    let none = agent.session.execute(agent.id, get("stripe")).await.unwrap_err();
    assert_eq!(none.kind(), ProblemKind::NotFound);
    assert!(none.detail().contains("oneclaw binding add"));
    let binding = bind(&bench, &agent, "stripe", &echo().await).await;
    let other = agent.session.execute(agent.id, get("github")).await.unwrap_err();
    assert!(other.detail().contains("stripe"), "{other}");
    // Policy does not give `use`.
    let denied = agent.session.execute(agent.id, get("stripe")).await.unwrap_err();
    assert_eq!(denied.kind(), ProblemKind::Forbidden);
    bench.allow(&agent, "api-keys/*", Permission::Use).await;
    assert!(agent.session.execute(agent.id, get("stripe")).await.is_ok());
    // The method is not permitted.
    let post = ExecuteRequest { method: "POST".to_owned(), ..get("stripe") };
    let refused = agent.session.execute(agent.id, post).await.unwrap_err();
    assert!(matches!(refused.kind(), ProblemKind::Forbidden | ProblemKind::BadRequest), "{refused:?}");
    // The binding is off, the agent's flag is off, the secret is deleted.
    let off = UpdateBinding { is_active: Some(false), ..UpdateBinding::default() };
    bench.owner.update_binding(agent.id, binding.id, off).await.unwrap();
    assert_eq!(
        agent.session.execute(agent.id, get("stripe")).await.unwrap_err().kind(),
        ProblemKind::Forbidden
    );
    let on = UpdateBinding { is_active: Some(true), ..UpdateBinding::default() };
    bench.owner.update_binding(agent.id, binding.id, on).await.unwrap();
    let flag = UpdateAgent { execution_intents_enabled: Some(false), ..UpdateAgent::default() };
    bench.owner.update_agent(agent.id, flag).await.unwrap();
    assert_eq!(
        agent.session.execute(agent.id, get("stripe")).await.unwrap_err().kind(),
        ProblemKind::Forbidden
    );
    let flag = UpdateAgent { execution_intents_enabled: Some(true), ..UpdateAgent::default() };
    bench.owner.update_agent(agent.id, flag).await.unwrap();
    bench.owner.delete_secret(bench.default, &path("api-keys/stripe"), None).await.unwrap();
    assert_eq!(agent.session.execute(agent.id, get("stripe")).await.unwrap_err().kind(), ProblemKind::Gone);
}

#[tokio::test]
async fn nobody_executes_anothers_binding() {
    let bench = Bench::new().await;
    bench.put("api-keys/stripe", VALUE).await;
    let agent = bench.agent("claude").await;
    bench.allow(&agent, "api-keys/*", Permission::Use).await;
    bind(&bench, &agent, "stripe", &echo().await).await;
    let other = bench.agent("other").await;
    bench.allow(&other, "api-keys/*", Permission::Use).await;
    for session in [&other.session, &bench.owner] {
        assert_eq!(
            session.execute(agent.id, get("stripe")).await.unwrap_err().kind(),
            ProblemKind::Forbidden
        );
    }
    assert_eq!(other.session.list_bindings(agent.id).await.unwrap_err().kind(), ProblemKind::Forbidden);
    assert_eq!(agent.session.list_bindings(agent.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_unfit_binding_is_refused() {
    let bench = Bench::new().await;
    bench.put("api-keys/stripe", VALUE).await;
    bench.put("api-keys/short", "hunter2").await;
    let agent = bench.agent("claude").await;
    let new = |name: &str, at: &str, config: BindingConfig, guardrails: Guardrails| NewBinding {
        name: name.to_owned(),
        config,
        guardrails,
        secret: BindingSecret::VaultRef { vault_id: bench.default, path: path(at) },
    };
    let fine = || config("https://api.example.com/v1/");
    for (new, kind) in [
        (new("a b", "api-keys/stripe", fine(), Guardrails::default()), ProblemKind::BadRequest),
        (new("x", "api-keys/none", fine(), Guardrails::default()), ProblemKind::NotFound),
        (new("x", "api-keys/short", fine(), Guardrails::default()), ProblemKind::BadRequest),
        (
            new("x", "api-keys/stripe", config("http://127.0.0.1/"), Guardrails::default()),
            ProblemKind::BadRequest,
        ),
        (new("x", "api-keys/stripe", config("http://169.254.169.254/"), loopback()), ProblemKind::BadRequest),
        (new("x", "api-keys/stripe", config("ftp://api.example.com/"), loopback()), ProblemKind::BadRequest),
    ] {
        let config = new.config.base_url.clone();
        let problem = bench.owner.create_binding(agent.id, new).await.unwrap_err();
        assert_eq!(problem.kind(), kind, "{config}: {problem}");
        assert!(!problem.detail().contains("hunter2"));
    }
    bench.owner.create_binding(agent.id, new("x", "api-keys/stripe", fine(), loopback())).await.unwrap();
    let twice = bench.owner.create_binding(agent.id, new("x", "api-keys/stripe", fine(), loopback())).await;
    assert_eq!(twice.unwrap_err().kind(), ProblemKind::Conflict);
    let own = agent.session.create_binding(agent.id, new("y", "api-keys/stripe", fine(), loopback())).await;
    assert_eq!(own.unwrap_err().kind(), ProblemKind::Forbidden);
}

#[tokio::test]
async fn an_inline_credential_becomes_a_secret() {
    let bench = Bench::new().await;
    let agent = bench.agent("claude").await;
    let new = NewBinding {
        name: "inline".to_owned(),
        config: config(&echo().await),
        guardrails: loopback(),
        secret: BindingSecret::Inline(SecretValue::from_bytes(VALUE.as_bytes())),
    };
    let binding = bench.owner.create_binding(agent.id, new).await.unwrap();
    assert_eq!(binding.credential_source_type, "inline");
    assert_eq!(binding.credential_path.as_str(), format!("agents/{}/bindings/{}", agent.id, binding.id));
    bench.allow(&agent, &format!("agents/{}/**", agent.id), Permission::Use).await;
    let reply = agent.session.execute(agent.id, get("inline")).await.unwrap();
    assert_eq!(reply.status, ExecuteStatus::Succeeded, "{:?}", reply.error);
    assert!(!serde_json::to_string(&reply).unwrap().contains(VALUE));
}
