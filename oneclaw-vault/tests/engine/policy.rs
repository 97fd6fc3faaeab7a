use oneclaw_api::{
    AuditFilter, Effect, Explain, NewAgent, NewPolicy, PathPattern, Permission, PrincipalType, ProblemKind,
    UpdatePolicy, VaultApi, VaultId,
};

use crate::support::{Bench, path, put, read};

#[tokio::test]
async fn use_is_not_read() {
    let bench = Bench::new().await;
    bench.put("api-keys/stripe", "sk-1234567890ab").await;
    let agent = bench.agent("claude").await;
    bench.allow(&agent, "api-keys/*", Permission::Use).await;
    let denied = read(&agent.session, bench.default, "api-keys/stripe").await.unwrap_err();
    assert_eq!(denied.kind(), ProblemKind::Forbidden);
    assert!(denied.detail().contains("oneclaw policy add"), "{denied}");
    let described = agent.session.describe_secret(bench.default, &path("api-keys/stripe")).await.unwrap();
    assert_eq!(described.permissions, [Permission::List, Permission::Use]);
    bench.allow(&agent, "api-keys/*", Permission::Read).await;
    assert_eq!(read(&agent.session, bench.default, "api-keys/stripe").await.unwrap(), "sk-1234567890ab");
}

/// INV-15
#[tokio::test]
async fn a_denied_path_looks_the_same_whether_it_is_there_or_not() {
    let bench = Bench::new().await;
    bench.put("secret/here", "x").await;
    let agent = bench.agent("claude").await;
    bench.allow(&agent, "other/*", Permission::Write).await;
    let nowhere = VaultId::random();
    let refused = |vault, at: &'static str| {
        let session = &agent.session;
        async move { read(session, vault, at).await.unwrap_err() }
    };
    let here = refused(bench.default, "secret/here").await;
    let gone = refused(bench.default, "secret/gone").await;
    assert_eq!(here.detail().replace("here", "gone"), gone.detail());
    assert_eq!(here.kind(), ProblemKind::Forbidden);
    // A vault that is not there is a vault without rules.
    assert_eq!(refused(nowhere, "secret/gone").await, gone);
    assert_eq!(
        put(&agent.session, bench.default, "secret/new", "x").await.unwrap_err().kind(),
        ProblemKind::Forbidden
    );
}

/// INV-14, INV-17
#[tokio::test]
async fn a_list_shows_what_policy_lets_the_agent_see() {
    let bench = Bench::new().await;
    for at in ["a/1", "a/2", "b/1"] {
        bench.put(at, "x").await;
    }
    let agent = bench.agent("claude").await;
    let none = agent.session.list_secrets(bench.default, None).await.unwrap_err();
    let nowhere = agent.session.list_secrets(VaultId::random(), None).await.unwrap_err();
    assert_eq!((none.kind(), none.detail()), (ProblemKind::NotFound, nowhere.detail()));
    bench.allow(&agent, "a/*", Permission::Use).await;
    bench.rule(&agent, "a/2", Permission::List, Effect::Deny).await;
    let listed = agent.session.list_secrets(bench.default, None).await.unwrap();
    assert_eq!(listed.iter().map(|meta| meta.path.as_str()).collect::<Vec<_>>(), ["a/1"]);
}

/// INV-19
#[tokio::test]
async fn a_change_of_rules_holds_from_the_next_call() {
    let bench = Bench::new().await;
    bench.put("a", "x").await;
    let agent = bench.agent("claude").await;
    let rule = bench.allow(&agent, "a", Permission::Read).await;
    assert!(read(&agent.session, bench.default, "a").await.is_ok());
    let update = UpdatePolicy { permissions: Some(vec![Permission::Use]), ..UpdatePolicy::default() };
    bench.owner.update_policy(bench.default, rule.id, update).await.unwrap();
    assert!(read(&agent.session, bench.default, "a").await.is_err());
    let update = UpdatePolicy { permissions: Some(vec![Permission::Read]), ..UpdatePolicy::default() };
    bench.owner.update_policy(bench.default, rule.id, update).await.unwrap();
    assert!(read(&agent.session, bench.default, "a").await.is_ok());
    bench.owner.delete_policy(bench.default, rule.id).await.unwrap();
    assert!(read(&agent.session, bench.default, "a").await.is_err());
    assert_eq!(
        bench.owner.delete_policy(bench.default, rule.id).await.unwrap_err().kind(),
        ProblemKind::NotFound
    );
}

#[tokio::test]
async fn a_rule_expires_with_the_clock() {
    let bench = Bench::new().await;
    bench.put("a", "x").await;
    let agent = bench.agent("claude").await;
    let rule = bench.allow(&agent, "a", Permission::Read).await;
    let update = UpdatePolicy {
        expires_at: Some(oneclaw_api::Clock::now(&*bench.clock) + jiff::SignedDuration::from_secs(10)),
        ..UpdatePolicy::default()
    };
    bench.owner.update_policy(bench.default, rule.id, update).await.unwrap();
    bench.clock.advance(9);
    assert!(read(&agent.session, bench.default, "a").await.is_ok());
    bench.clock.advance(1);
    assert!(read(&agent.session, bench.default, "a").await.is_err());
}

/// INV-16
#[tokio::test]
async fn an_owners_work_is_not_an_agents() {
    let bench = Bench::new().await;
    let agent = bench.agent("claude").await;
    bench.allow(&agent, "**", Permission::Write).await;
    bench.allow(&agent, "**", Permission::Read).await;
    let new = NewPolicy {
        secret_path_pattern: PathPattern::parse("**").unwrap(),
        principal_type: PrincipalType::Agent,
        principal_id: agent.id.to_string(),
        permissions: vec![Permission::Share],
        conditions: None,
        expires_at: None,
        effect: Effect::Allow,
        priority: 0,
    };
    let session = &agent.session;
    let refusals = [
        session.create_policy(bench.default, new).await.err(),
        session.list_agents().await.err(),
        session.create_agent(NewAgent { name: "x".to_owned(), ..NewAgent::default() }).await.err(),
        session.rotate_agent_key(agent.id).await.err(),
        session.delete_agent(agent.id).await.err(),
        session.delete_vault(bench.default).await.err(),
        session.verify_audit(None).await.err(),
        session.list_api_keys().await.err(),
    ];
    for (index, refusal) in refusals.into_iter().enumerate() {
        assert_eq!(refusal.map(|problem| problem.kind()), Some(ProblemKind::Forbidden), "operation {index}");
    }
    // Its own rules it may see, and nobody else's.
    let other = bench.agent("other").await;
    bench.allow(&other, "x", Permission::Use).await;
    let seen = session.list_policies(bench.default).await.unwrap();
    assert!(seen.iter().all(|policy| policy.principal_id == agent.id.to_string()));
    assert_eq!(bench.owner.list_policies(bench.default).await.unwrap().len(), 3);
}

#[tokio::test]
async fn explain_tells_the_rules_that_decided() {
    let bench = Bench::new().await;
    let agent = bench.agent("claude").await;
    let allow = bench.allow(&agent, "api-keys/*", Permission::Use).await;
    let question = |permission, at| Explain {
        principal_type: PrincipalType::Agent,
        principal_id: agent.id.to_string(),
        permission,
        path: path(at),
    };
    let explained =
        bench.owner.explain(bench.default, question(Permission::Use, "api-keys/a")).await.unwrap();
    assert_eq!(explained.decision, Effect::Allow);
    assert_eq!(explained.reasons[0].policy_id, Some(allow.id));
    let explained =
        agent.session.explain(bench.default, question(Permission::Read, "api-keys/a")).await.unwrap();
    assert_eq!((explained.decision, explained.reasons[0].policy_id), (Effect::Deny, None));
    let deny = bench.rule(&agent, "api-keys/a", Permission::Use, Effect::Deny).await;
    let explained =
        bench.owner.explain(bench.default, question(Permission::Use, "api-keys/a")).await.unwrap();
    assert_eq!((explained.decision, explained.reasons[0].policy_id), (Effect::Deny, Some(deny.id)));
    let other = bench.agent("other").await;
    let refused =
        other.session.explain(bench.default, question(Permission::Use, "api-keys/a")).await.unwrap_err();
    assert_eq!(refused.kind(), ProblemKind::Forbidden);
}

/// INV-39
#[tokio::test]
async fn every_decision_is_one_event() {
    let bench = Bench::new().await;
    bench.put("a", "x").await;
    let agent = bench.agent("claude").await;
    let rule = bench.allow(&agent, "a", Permission::Read).await;
    let events = |action: &'static str| {
        let filter = AuditFilter {
            actor_id: Some(agent.id.to_string()),
            action: Some(action.to_owned()),
            ..AuditFilter::default()
        };
        let owner = &bench.owner;
        async move { owner.audit_events(filter).await.unwrap().events }
    };
    read(&agent.session, bench.default, "a").await.unwrap();
    let reads = events("secret.read").await;
    assert_eq!(reads.len(), 1);
    assert_eq!(reads[0].details.decision, "allow");
    assert_eq!(reads[0].details.policy_ids, [rule.id.to_string()]);
    assert_eq!(reads[0].details.version, Some(1));
    read(&agent.session, bench.default, "b").await.unwrap_err();
    let reads = events("secret.read").await;
    assert_eq!(reads.len(), 2);
    assert_eq!((reads[0].details.decision.as_str(), reads[0].details.version), ("deny", None));
    assert_eq!(events("auth.success").await.len(), 1);
    let verified = bench.owner.verify_audit(None).await.unwrap();
    assert!(verified.chain_valid);
    // An agent sees its own events only.
    let own = agent.session.audit_events(AuditFilter::default()).await.unwrap();
    assert!(own.events.iter().all(|event| event.actor_id == agent.id.to_string()));
}

#[tokio::test]
async fn scopes_and_vault_bindings_are_ceilings() {
    let bench = Bench::new().await;
    bench.put("a/1", "x").await;
    bench.put("b/1", "x").await;
    let scoped = bench
        .agent_with(NewAgent {
            name: "scoped".to_owned(),
            scopes: vec!["a/*".to_owned(), "vaults:read".to_owned()],
            ..NewAgent::default()
        })
        .await;
    bench.allow(&scoped, "**", Permission::Read).await;
    assert!(read(&scoped.session, bench.default, "a/1").await.is_ok());
    let outside = read(&scoped.session, bench.default, "b/1").await.unwrap_err();
    assert!(outside.detail().contains("scopes do not cover"), "{outside}");
    let other =
        bench.owner.create_vault(oneclaw_api::NewVault { name: "other".to_owned(), ..Default::default() });
    let other = other.await.unwrap().id;
    let bound = bench
        .agent_with(NewAgent { name: "bound".to_owned(), vault_ids: vec![other], ..NewAgent::default() })
        .await;
    bench.allow(&bound, "**", Permission::Read).await;
    assert_eq!(read(&bound.session, bench.default, "a/1").await.unwrap_err().kind(), ProblemKind::Forbidden);
    assert!(bound.session.list_vaults().await.unwrap().is_empty());
}

/// INV-39: while nothing can be recorded, nothing is answered and nothing changes.
#[tokio::test]
async fn what_can_not_be_recorded_does_not_happen() {
    let bench = Bench::new().await;
    bench.put("a", "before").await;
    let agent = bench.agent("claude").await;
    bench.allow(&agent, "a", Permission::Read).await;
    read(&agent.session, bench.default, "a").await.unwrap();
    let events = bench.owner.verify_audit(None).await.unwrap().events_verified;
    let other = rusqlite::Connection::open(bench.home.database_file()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (allowed, denied, written) = tokio::join!(
        read(&agent.session, bench.default, "a"),
        read(&agent.session, bench.default, "b"),
        put(&bench.owner, bench.default, "a", "after"),
    );
    for outcome in [allowed.map(|_| ()), denied.map(|_| ()), written.map(|_| ())] {
        assert_eq!(outcome.unwrap_err().kind(), ProblemKind::Unavailable);
    }
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(read(&bench.owner, bench.default, "a").await.unwrap(), "before");
    let verified = bench.owner.verify_audit(None).await.unwrap();
    assert!(verified.chain_valid);
    // The two verifications and the read: no trace of what was refused.
    assert_eq!(verified.events_verified, events + 2);
}
