use oneclaw_api::{NewAgent, NewVault, Permission, ProblemKind, VaultApi, VaultId};

use crate::support::{Bench, put, read};

#[tokio::test]
async fn a_name_is_taken_once_and_free_again_after_removal() {
    let bench = Bench::new().await;
    let agent = bench.agent("claude").await;
    let new = || NewAgent { name: "claude".to_owned(), ..NewAgent::default() };
    assert_eq!(bench.owner.create_agent(new()).await.unwrap_err().kind(), ProblemKind::Conflict);
    bench.allow(&agent, "a", Permission::Read).await;
    bench.owner.delete_agent(agent.id).await.unwrap();
    assert_eq!(bench.owner.agent(agent.id).await.unwrap_err().kind(), ProblemKind::NotFound);
    assert!(bench.owner.list_policies(bench.default).await.unwrap().is_empty());
    let again = bench.owner.create_agent(new()).await.unwrap();
    assert_ne!(again.agent.id, agent.id);
}

#[tokio::test]
async fn bad_agents_are_refused() {
    let bench = Bench::new().await;
    let named = |name: &str| NewAgent { name: name.to_owned(), ..NewAgent::default() };
    let ok = || named("fine");
    for new in [
        named(""),
        named("a b"),
        named("*"),
        named("../x"),
        named(&"a".repeat(65)),
        NewAgent { token_ttl_seconds: Some(60), ..ok() },
        NewAgent { token_ttl_seconds: Some(86_401), ..ok() },
        NewAgent { scopes: vec!["a//b".to_owned()], ..ok() },
        NewAgent { vault_ids: vec![VaultId::random()], ..ok() },
        NewAgent { api_key_expires_at: Some(jiff::Timestamp::UNIX_EPOCH), ..ok() },
        NewAgent { description: "x".repeat(1001), ..ok() },
    ] {
        assert_eq!(bench.owner.create_agent(new).await.unwrap_err().kind(), ProblemKind::BadRequest);
    }
    assert!(bench.owner.list_agents().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_agent_owns_the_vault_it_makes_and_no_other() {
    let bench = Bench::new().await;
    let agent = bench.agent("claude").await;
    let other = bench.agent("other").await;
    let made = agent
        .session
        .create_vault(NewVault { name: "mine".to_owned(), ..NewVault::default() })
        .await
        .unwrap();
    put(&agent.session, made.id, "a", "x").await.unwrap();
    assert!(read(&agent.session, made.id, "a").await.is_ok());
    // Its owner is a person all the same.
    assert!(read(&bench.owner, made.id, "a").await.is_ok());
    assert_eq!(read(&other.session, made.id, "a").await.unwrap_err().kind(), ProblemKind::Forbidden);
    assert_eq!(other.session.vault(made.id).await.unwrap_err().kind(), ProblemKind::NotFound);
    assert_eq!(agent.session.list_vaults().await.unwrap().len(), 1);
    assert_eq!(bench.owner.list_vaults().await.unwrap()[0].name, "default");
    let taken = bench.owner.create_vault(NewVault { name: "mine".to_owned(), ..NewVault::default() }).await;
    assert_eq!(taken.unwrap_err().kind(), ProblemKind::Conflict);
    agent.session.delete_vault(made.id).await.unwrap();
    assert_eq!(bench.owner.vault(made.id).await.unwrap_err().kind(), ProblemKind::NotFound);
}
