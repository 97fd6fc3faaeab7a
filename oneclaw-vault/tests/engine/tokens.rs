use oneclaw_api::{
    ApiKey, ApiKeyKind, AuditFilter, NewAgent, NewApiKey, Permission, ProblemKind, UpdateAgent, VaultApi,
};

use crate::support::{Bench, read};

#[tokio::test]
async fn a_token_is_exchanged_again_before_it_expires() {
    let bench = Bench::new().await;
    bench.put("a", "x").await;
    let agent = bench
        .agent_with(NewAgent {
            name: "claude".to_owned(),
            token_ttl_seconds: Some(65),
            ..NewAgent::default()
        })
        .await;
    bench.allow(&agent, "a", Permission::Read).await;
    let exchanges = || async {
        let filter = AuditFilter { action: Some("auth.success".to_owned()), ..AuditFilter::default() };
        bench.owner.audit_events(filter).await.unwrap().count
    };
    read(&agent.session, bench.default, "a").await.unwrap();
    bench.clock.advance(4);
    read(&agent.session, bench.default, "a").await.unwrap();
    assert_eq!(exchanges().await, 1);
    bench.clock.advance(1);
    read(&agent.session, bench.default, "a").await.unwrap();
    assert_eq!(exchanges().await, 2);
    bench.clock.advance(3600);
    read(&agent.session, bench.default, "a").await.unwrap();
    assert_eq!(exchanges().await, 3);
}

#[tokio::test]
async fn a_token_holds_until_it_expires() {
    let bench = Bench::new().await;
    let agent = bench
        .agent_with(NewAgent {
            name: "claude".to_owned(),
            token_ttl_seconds: Some(65),
            ..NewAgent::default()
        })
        .await;
    let grant = bench.vault.exchange(&agent.key, None, None).await.unwrap();
    assert_eq!((grant.expires_in, grant.agent), (65, Some(agent.id)));
    let session = bench.vault.authenticate(grant.token.expose_token(), None).await.unwrap();
    bench.clock.advance(64);
    assert!(session.whoami().await.is_ok());
    bench.clock.advance(1);
    assert_eq!(session.whoami().await.unwrap_err().kind(), ProblemKind::Unauthorized);
    let late = bench.vault.authenticate(grant.token.expose_token(), None).await.unwrap_err();
    assert_eq!(late.kind(), ProblemKind::Unauthorized);
}

/// INV-19
#[tokio::test]
async fn what_is_revoked_is_dead_from_the_next_call() {
    let bench = Bench::new().await;
    let agent = bench.agent("claude").await;
    let token = || async { bench.vault.exchange(&agent.key, None, None).await.unwrap().token };
    let session = |token: oneclaw_api::Token| {
        let vault = &bench.vault;
        async move { vault.authenticate(token.expose_token(), None).await }
    };
    let first = token().await;
    let held = session(first.clone()).await.unwrap();
    // A token by itself.
    bench.vault.revoke_token(first.expose_token()).await.unwrap();
    assert!(held.whoami().await.is_err());
    assert!(session(first).await.is_err());
    // All tokens of an agent that is switched off, and its key.
    let second = token().await;
    let held = session(second.clone()).await.unwrap();
    bench
        .owner
        .update_agent(agent.id, UpdateAgent { is_active: Some(false), ..UpdateAgent::default() })
        .await
        .unwrap();
    assert!(held.whoami().await.is_err());
    assert_eq!(
        bench.vault.exchange(&agent.key, None, None).await.unwrap_err().kind(),
        ProblemKind::Unauthorized
    );
    bench
        .owner
        .update_agent(agent.id, UpdateAgent { is_active: Some(true), ..UpdateAgent::default() })
        .await
        .unwrap();
    assert!(held.whoami().await.is_ok());
    // A key that was rotated, with the tokens it gave.
    let rotated = bench.owner.rotate_agent_key(agent.id).await.unwrap();
    assert!(held.whoami().await.is_err());
    assert!(bench.vault.exchange(&agent.key, None, None).await.is_err());
    let third = bench.vault.exchange(rotated.api_key.expose_key(), None, None).await.unwrap().token;
    let held = session(third).await.unwrap();
    // An agent that was removed.
    bench.owner.delete_agent(agent.id).await.unwrap();
    assert!(held.whoami().await.is_err());
    assert!(bench.vault.exchange(rotated.api_key.expose_key(), None, None).await.is_err());
}

#[tokio::test]
async fn a_persons_key_works_until_it_is_revoked() {
    let bench = Bench::new().await;
    let made =
        bench.owner.create_api_key(NewApiKey { name: "laptop".to_owned(), expires_at: None }).await.unwrap();
    let key = made.api_key.expose_key();
    let direct = bench.vault.authenticate(key, None).await.unwrap();
    let grant = bench.vault.exchange(key, None, None).await.unwrap();
    assert_eq!((grant.expires_in, grant.agent), (900, None));
    let by_token = bench.vault.authenticate(grant.token.expose_token(), None).await.unwrap();
    for session in [&direct, &by_token] {
        assert!(session.list_agents().await.is_ok());
    }
    bench.owner.revoke_api_key(made.key.id).await.unwrap();
    for session in [&direct, &by_token] {
        assert_eq!(session.list_agents().await.unwrap_err().kind(), ProblemKind::Unauthorized);
    }
    assert!(bench.vault.exchange(key, None, None).await.is_err());
    assert!(!bench.owner.list_api_keys().await.unwrap()[0].is_active);
}

/// INV-22
#[tokio::test]
async fn no_other_bearer_is_accepted() {
    let bench = Bench::new().await;
    let agent = bench.agent("claude").await;
    let token = bench.vault.exchange(&agent.key, None, None).await.unwrap().token;
    let token = token.expose_token();
    assert!(bench.vault.authenticate(token, None).await.is_ok());
    let stranger = Bench::new().await;
    assert!(stranger.vault.authenticate(token, None).await.is_err());
    let (head, rest) = token.split_once('.').unwrap();
    let (claims, signature) = rest.split_once('.').unwrap();
    let mut mutants = vec![
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        format!("{head}.{claims}"),
        format!("{head}.{claims}."),
        format!("{token}."),
        format!("{token}="),
        format!(" {token}"),
        format!("{head}..{signature}"),
        // {"alg":"none","typ":"JWT"} and {"alg":"HS256","typ":"JWT"}
        format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}."),
        format!("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.{claims}.{signature}"),
        agent.key.clone(),
        ApiKey::generate(ApiKeyKind::User).unwrap().expose_key().to_owned(),
        "1ck_".to_owned(),
        "x".repeat(10_000),
    ];
    for at in 0..token.len() {
        let mut bytes = token.as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        mutants.push(String::from_utf8(bytes).unwrap());
        mutants.push(token[..at].to_owned());
    }
    for mutant in mutants {
        let refused = bench.vault.authenticate(&mutant, None).await.map(|_| ()).unwrap_err();
        assert_eq!(refused.kind(), ProblemKind::Unauthorized, "{mutant}");
    }
}

#[tokio::test]
async fn no_other_key_is_exchanged() {
    let bench = Bench::new().await;
    let agent = bench.agent("claude").await;
    let other = bench.agent("other").await;
    let unknown = ApiKey::generate(ApiKeyKind::Agent).unwrap();
    for (key, named) in
        [("", None), ("ocv_short", None), (unknown.expose_key(), None), (agent.key.as_str(), Some(other.id))]
    {
        let refused = bench.vault.exchange(key, named, None).await.unwrap_err();
        assert_eq!(refused.kind(), ProblemKind::Unauthorized);
        assert!(key.is_empty() || !refused.detail().contains(key));
    }
    assert!(bench.vault.exchange(&agent.key, Some(agent.id), None).await.is_ok());
}
