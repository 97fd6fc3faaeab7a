//! One suite for every implementation of `VaultApi`: what holds in process holds over the wire.

use oneclaw_api::{
    ApiKey, AuditFilter, AuthType, BindingConfig, BindingSecret, Charset, Effect, ExecuteRequest,
    ExecuteStatus, Explain, Guardrails, NewAgent, NewApiKey, NewBinding, NewSecret, NewVault, Origin,
    Permission, PrincipalType, Problem, ProblemKind, Rotation, UpdateAgent, UpdateBinding, UpdatePolicy,
    VaultApi, VaultId,
};
use secrecy::ExposeSecret;

use crate::setting::{Setting, path, rule_for, value};
use crate::upstream;

const KEY: &str = "sk-canary-conformance-7391";

/// Opens the vault as the holder of a key, in the way that is tested.
type Open<'a> = &'a (dyn Fn(ApiKey) -> Box<dyn VaultApi> + Sync);

#[tokio::test]
async fn in_process() {
    let setting = Setting::start().await;
    let vault = setting.vault.clone();
    let open = move |key: ApiKey| -> Box<dyn VaultApi> { Box::new(vault.agent_session(key)) };
    suite(&setting.vault.owner(), &open).await;
}

#[tokio::test]
async fn over_a_port() {
    let setting = Setting::start().await;
    let open = |key: ApiKey| -> Box<dyn VaultApi> { Box::new(setting.client(&setting.base_url, key)) };
    suite(open(setting.owner_key().await).as_ref(), &open).await;
    setting.stop().await;
}

#[tokio::test]
async fn over_a_unix_socket() {
    let setting = Setting::start().await;
    let open = |key: ApiKey| -> Box<dyn VaultApi> { Box::new(setting.client(&setting.socket_url, key)) };
    suite(open(setting.owner_key().await).as_ref(), &open).await;
    setting.stop().await;
}

async fn suite(owner: &dyn VaultApi, open: Open<'_>) {
    let vault = identity_and_vaults(owner).await;
    secrets(owner, vault).await;
    versions(owner, vault).await;
    policies_and_agents(owner, vault, open).await;
    bindings(owner, vault, open).await;
    audit_and_keys(owner).await;
}

#[track_caller]
fn refused<T>(outcome: Result<T, Problem>, kind: ProblemKind) {
    let problem = outcome.err().unwrap();
    assert_eq!(problem.kind(), kind, "{problem}");
    assert!(!problem.detail().contains("canary"), "{problem}");
}

async fn identity_and_vaults(owner: &dyn VaultApi) -> VaultId {
    let me = owner.whoami().await.unwrap();
    assert_eq!(me.principal.kind(), PrincipalType::User);
    assert_eq!(owner.health().await.unwrap().status, "healthy");

    let new = NewVault { name: "second".to_owned(), description: "with \"quotes\"".to_owned() };
    let second = owner.create_vault(new.clone()).await.unwrap();
    assert_eq!((second.name.as_str(), second.description.as_str()), ("second", "with \"quotes\""));
    assert_eq!(second.created_by, me.principal.id());
    refused(owner.create_vault(new).await, ProblemKind::Conflict);
    let vaults = owner.list_vaults().await.unwrap();
    assert_eq!(vaults.iter().map(|vault| vault.name.as_str()).collect::<Vec<_>>(), ["default", "second"]);
    assert_eq!(owner.vault(second.id).await.unwrap(), second);
    owner.delete_vault(second.id).await.unwrap();
    refused(owner.vault(second.id).await, ProblemKind::NotFound);
    refused(owner.vault(VaultId::random()).await, ProblemKind::NotFound);
    vaults[0].id
}

async fn secrets(owner: &dyn VaultApi, vault: VaultId) {
    let stripe = path("api-keys/stripe");
    let metadata = serde_json::json!({"team": "pay"}).as_object().cloned();
    let awkward = "quote \" backslash \\ newline \n nul \0 é 💡";
    let new = NewSecret {
        kind: Some("api_key".to_owned()),
        metadata: metadata.clone(),
        if_match: Some(0),
        ..NewSecret::new(value(awkward))
    };
    let put = owner.put_secret(vault, &stripe, new).await.unwrap();
    assert_eq!((put.version, put.kind.as_str(), Some(&put.metadata)), (1, "api_key", metadata.as_ref()));
    let read = owner.read_secret(vault, &stripe, None).await.unwrap();
    assert_eq!(read.value.expose_secret(), awkward.as_bytes());
    assert_eq!((read.meta.id, read.meta.version), (put.id, 1));
    assert!(read.created_by.starts_with("user:"));

    refused(
        owner.put_secret(vault, &stripe, NewSecret { if_match: Some(0), ..NewSecret::new(value("x")) }).await,
        ProblemKind::Conflict,
    );
    let second = NewSecret { if_match: Some(1), ..NewSecret::new(value("two")) };
    assert_eq!(owner.put_secret(vault, &stripe, second).await.unwrap().version, 2);
    let described = owner.describe_secret(vault, &stripe).await.unwrap();
    assert_eq!((described.meta.version, described.meta.kind.as_str()), (2, "api_key"));
    assert_eq!(described.meta.origin, Some(Origin::Human));
    assert!(described.permissions.contains(&Permission::Read));

    owner.put_secret(vault, &path("other"), NewSecret::new(value("x"))).await.unwrap();
    let names = async |prefix| {
        let listed = owner.list_secrets(vault, prefix).await.unwrap();
        listed.iter().map(|meta| meta.path.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(None).await, ["api-keys/stripe", "other"]);
    assert_eq!(names(Some("api-keys/")).await, ["api-keys/stripe"]);
    assert!(names(Some("zzz")).await.is_empty());

    let bundle = NewSecret {
        kind: Some("env_bundle".to_owned()),
        ..NewSecret::new(value("DB_URL=postgres://x\nTOKEN=y\n"))
    };
    owner.put_secret(vault, &path("env/prod"), bundle).await.unwrap();
    assert_eq!(owner.env_bundle_names(vault, &path("env/prod")).await.unwrap(), ["DB_URL", "TOKEN"]);
    refused(owner.env_bundle_names(vault, &path("other")).await, ProblemKind::BadRequest);

    refused(owner.read_secret(vault, &path("absent"), None).await, ProblemKind::NotFound);
    refused(owner.describe_secret(vault, &path("absent")).await, ProblemKind::NotFound);
    refused(
        owner.put_secret(vault, &path("empty"), NewSecret::new(value(""))).await,
        ProblemKind::BadRequest,
    );
    let large = "x".repeat(oneclaw_api::MAX_VALUE_BYTES);
    owner.put_secret(vault, &path("large"), NewSecret::new(value(&large))).await.unwrap();
    let read = owner.read_secret(vault, &path("large"), None).await.unwrap();
    assert_eq!(read.value.expose_secret(), large.as_bytes());
    refused(
        owner.put_secret(vault, &path("large"), NewSecret::new(value(&(large + "x")))).await,
        ProblemKind::TooLarge,
    );

    let counted = NewSecret { max_access_count: Some(1), ..NewSecret::new(value("once")) };
    owner.put_secret(vault, &path("once"), counted).await.unwrap();
    owner.read_secret(vault, &path("once"), None).await.unwrap();
    refused(owner.read_secret(vault, &path("once"), None).await, ProblemKind::Gone);
}

async fn versions(owner: &dyn VaultApi, vault: VaultId) {
    let at = path("v/s");
    for text in ["one", "two"] {
        owner.put_secret(vault, &at, NewSecret::new(value(text))).await.unwrap();
    }
    let exposed = NewSecret { origin: Origin::Agent, ..NewSecret::new(value("three")) };
    owner.put_secret(vault, &at, exposed).await.unwrap();
    let rotation = Rotation { length: Some(40), charset: Some(Charset::Alphanumeric), kind: None };
    assert_eq!(owner.rotate_secret(vault, &at, rotation).await.unwrap().version, 4);
    let listed = owner.list_versions(vault, &at).await.unwrap();
    let told: Vec<(u32, Option<Origin>, bool)> =
        listed.iter().map(|meta| (meta.version, meta.origin, meta.exposed_at.is_some())).collect();
    assert_eq!(
        told,
        [
            (4, Some(Origin::Generated), false),
            (3, Some(Origin::Agent), true),
            (2, Some(Origin::Human), false),
            (1, Some(Origin::Human), false),
        ]
    );
    let generated = owner.read_secret(vault, &at, Some(4)).await.unwrap().value;
    assert_eq!(generated.len(), 40);
    assert!(generated.expose_secret().iter().all(u8::is_ascii_alphanumeric));

    refused(owner.rollback_secret(vault, &at, 1, Some(3)).await, ProblemKind::Conflict);
    assert_eq!(owner.rollback_secret(vault, &at, 1, Some(4)).await.unwrap().version, 5);
    assert_eq!(owner.read_secret(vault, &at, None).await.unwrap().value.expose_secret(), b"one");
    owner.disable_version(vault, &at, 5).await.unwrap();
    refused(owner.read_secret(vault, &at, Some(5)).await, ProblemKind::Gone);
    assert_eq!(owner.read_secret(vault, &at, None).await.unwrap().meta.version, 4);
    assert!(owner.list_versions(vault, &at).await.unwrap()[0].is_disabled);
    refused(owner.read_secret(vault, &at, Some(9)).await, ProblemKind::NotFound);
    refused(owner.rollback_secret(vault, &at, 9, None).await, ProblemKind::NotFound);
    refused(
        owner.rotate_secret(vault, &at, Rotation { length: Some(7), ..Rotation::default() }).await,
        ProblemKind::BadRequest,
    );

    refused(owner.delete_secret(vault, &at, Some(1)).await, ProblemKind::Conflict);
    owner.delete_secret(vault, &at, None).await.unwrap();
    refused(owner.read_secret(vault, &at, None).await, ProblemKind::Gone);
    refused(owner.delete_secret(vault, &path("absent"), None).await, ProblemKind::NotFound);
    assert_eq!(owner.put_secret(vault, &at, NewSecret::new(value("again"))).await.unwrap().version, 6);
}

async fn policies_and_agents(owner: &dyn VaultApi, vault: VaultId, open: Open<'_>) {
    let new = NewAgent {
        name: "worker".to_owned(),
        description: "works".to_owned(),
        token_ttl_seconds: Some(120),
        ..NewAgent::default()
    };
    let worker = owner.create_agent(new.clone()).await.unwrap();
    assert!(worker.agent.is_active && worker.agent.token_ttl_seconds == Some(120));
    refused(owner.create_agent(new).await, ProblemKind::Conflict);
    let key = ApiKey::parse(worker.api_key.expose_key()).unwrap();
    let api = open(key);
    let me = api.whoami().await.unwrap();
    assert_eq!((me.principal.agent(), me.name.as_str()), (Some(worker.agent.id), "worker"));
    assert_eq!(api.agent(worker.agent.id).await.unwrap().name, "worker");
    refused(api.list_agents().await, ProblemKind::Forbidden);
    refused(api.create_agent(NewAgent::default()).await, ProblemKind::Forbidden);
    refused(api.list_api_keys().await, ProblemKind::Forbidden);

    let stripe = path("api-keys/stripe");
    refused(api.read_secret(vault, &stripe, None).await, ProblemKind::Forbidden);
    let rule = rule_for(&worker, "api-keys/*", &[Permission::Use]);
    let rule = owner.create_policy(vault, rule).await.unwrap();
    assert_eq!(rule.permissions, [Permission::Use]);
    assert_eq!(owner.list_policies(vault).await.unwrap(), std::slice::from_ref(&rule));
    assert_eq!(api.list_policies(vault).await.unwrap(), std::slice::from_ref(&rule));
    refused(api.read_secret(vault, &stripe, None).await, ProblemKind::Forbidden);
    let described = api.describe_secret(vault, &stripe).await.unwrap();
    assert_eq!(described.permissions, [Permission::List, Permission::Use]);

    let question = |permission| Explain {
        principal_type: PrincipalType::Agent,
        principal_id: worker.agent.id.to_string(),
        permission,
        path: stripe.clone(),
    };
    for asker in [owner, api.as_ref()] {
        let allowed = asker.explain(vault, question(Permission::Use)).await.unwrap();
        assert_eq!((allowed.decision, allowed.reasons[0].policy_id), (Effect::Allow, Some(rule.id)));
        let denied = asker.explain(vault, question(Permission::Read)).await.unwrap();
        assert_eq!(denied.decision, Effect::Deny);
    }

    let update = UpdatePolicy { permissions: Some(vec![Permission::Read]), ..UpdatePolicy::default() };
    let changed = owner.update_policy(vault, rule.id, update).await.unwrap();
    assert_eq!((changed.id, changed.permissions), (rule.id, vec![Permission::Read]));
    assert_eq!(api.read_secret(vault, &stripe, None).await.unwrap().value.expose_secret(), b"two");
    let listed = api.list_secrets(vault, None).await.unwrap();
    assert_eq!(listed.iter().map(|meta| meta.path.as_str()).collect::<Vec<_>>(), ["api-keys/stripe"]);
    refused(api.put_secret(vault, &stripe, NewSecret::new(value("x"))).await, ProblemKind::Forbidden);
    refused(api.delete_policy(vault, rule.id).await, ProblemKind::Forbidden);
    owner.delete_policy(vault, rule.id).await.unwrap();
    refused(api.read_secret(vault, &stripe, None).await, ProblemKind::Forbidden);
    refused(owner.delete_policy(vault, rule.id).await, ProblemKind::NotFound);

    let update = UpdateAgent { description: Some("rests".to_owned()), ..UpdateAgent::default() };
    assert_eq!(owner.update_agent(worker.agent.id, update).await.unwrap().description, "rests");
    assert!(owner.list_agents().await.unwrap().iter().any(|agent| agent.name == "worker"));
    let rotated = owner.rotate_agent_key(worker.agent.id).await.unwrap();
    refused(api.whoami().await, ProblemKind::Unauthorized);
    let api = open(rotated.api_key);
    api.whoami().await.unwrap();
    owner.delete_agent(worker.agent.id).await.unwrap();
    refused(api.whoami().await, ProblemKind::Unauthorized);
    refused(owner.agent(oneclaw_api::AgentId::random()).await, ProblemKind::NotFound);
}

async fn bindings(owner: &dyn VaultApi, vault: VaultId, open: Open<'_>) {
    let base_url = upstream::start(KEY).await;
    let new = NewAgent { name: "caller".to_owned(), execution_intents_enabled: true, ..NewAgent::default() };
    let agent = owner.create_agent(new).await.unwrap();
    let id = agent.agent.id;
    owner.create_policy(vault, rule_for(&agent, "upstream/*", &[Permission::Use])).await.unwrap();
    owner.put_secret(vault, &path("upstream/key"), NewSecret::new(value(KEY))).await.unwrap();
    let config = BindingConfig {
        base_url,
        auth_type: AuthType::Header,
        auth_header: Some("X-Api-Key".to_owned()),
        auth_format: Some("key {value}".to_owned()),
        auth_query: None,
        auth_user: None,
    };
    let guardrails = Guardrails { allow_private_networks: Some(true), ..Guardrails::default() };
    let new = |name: &str, secret| NewBinding {
        name: name.to_owned(),
        config: config.clone(),
        guardrails: guardrails.clone(),
        secret,
    };
    let reference = || BindingSecret::VaultRef { vault_id: vault, path: path("upstream/key") };
    let bound = owner.create_binding(id, new("by-ref", reference())).await.unwrap();
    assert_eq!((bound.credential_source_type.as_str(), bound.credential_set), ("vault_ref", true));
    assert_eq!((&bound.config, &bound.guardrails), (&config, &guardrails));
    refused(owner.create_binding(id, new("by-ref", reference())).await, ProblemKind::Conflict);
    refused(
        owner.create_binding(id, new("short", BindingSecret::Inline(value("canary")))).await,
        ProblemKind::BadRequest,
    );
    let inline = owner.create_binding(id, new("inline", BindingSecret::Inline(value(KEY)))).await.unwrap();
    assert_eq!(inline.credential_source_type, "inline");

    let api = open(ApiKey::parse(agent.api_key.expose_key()).unwrap());
    let names: Vec<String> =
        api.list_bindings(id).await.unwrap().into_iter().map(|binding| binding.name).collect();
    assert_eq!(names, ["by-ref", "inline"]);
    assert_eq!(api.binding(id, bound.id).await.unwrap(), bound);
    refused(api.create_binding(id, new("mine", reference())).await, ProblemKind::Forbidden);

    let request = ExecuteRequest {
        binding: "by-ref".to_owned(),
        method: "GET".to_owned(),
        path: "charges".to_owned(),
        query: vec![("limit".to_owned(), "3".to_owned()), ("limit".to_owned(), "a b".to_owned())],
        headers: std::collections::BTreeMap::new(),
        body: None,
    };
    let reply = api.execute(id, request.clone()).await.unwrap();
    assert_eq!(reply.status, ExecuteStatus::Succeeded, "{reply:?}");
    let result = reply.result.unwrap();
    let echoed = result.body.unwrap().to_string();
    assert_eq!(result.status, 200);
    assert!(echoed.contains("GET /charges?limit=3&limit=a") && !echoed.contains(KEY), "{echoed}");
    assert!(reply.redactions_applied > 0);
    let unbound = ExecuteRequest { binding: "absent".to_owned(), ..request.clone() };
    refused(api.execute(id, unbound).await, ProblemKind::NotFound);
    let posted = ExecuteRequest { method: "POST".to_owned(), ..request.clone() };
    assert!(api.execute(id, posted).await.is_err());

    let off = UpdateBinding { is_active: Some(false), ..UpdateBinding::default() };
    assert!(!owner.update_binding(id, bound.id, off).await.unwrap().is_active);
    assert!(api.execute(id, request).await.is_err());
    owner.delete_binding(id, bound.id).await.unwrap();
    refused(owner.binding(id, bound.id).await, ProblemKind::NotFound);
}

async fn audit_and_keys(owner: &dyn VaultApi) {
    let filter =
        AuditFilter { action: Some("secret.read".to_owned()), limit: Some(3), ..AuditFilter::default() };
    let page = owner.audit_events(filter).await.unwrap();
    assert_eq!((page.count, page.events.len()), (3, 3));
    assert!(page.events.iter().all(|event| event.action == "secret.read"));
    let verified = owner.verify_audit(None).await.unwrap();
    assert!(verified.chain_valid && verified.events_verified > 50, "{verified:?}");

    let before = owner.list_api_keys().await.unwrap().len();
    let new =
        NewApiKey { name: "second".to_owned(), expires_at: Some("2027-01-01T00:00:00Z".parse().unwrap()) };
    let created = owner.create_api_key(new).await.unwrap();
    assert_eq!(created.key.key_prefix, created.api_key.display_prefix());
    assert_eq!(owner.list_api_keys().await.unwrap().len(), before + 1);
    owner.revoke_api_key(created.key.id).await.unwrap();
    let listed = owner.list_api_keys().await.unwrap();
    assert!(listed.iter().all(|key| key.id != created.key.id || !key.is_active));
    refused(owner.revoke_api_key(oneclaw_api::ApiKeyId::random()).await, ProblemKind::NotFound);
}
