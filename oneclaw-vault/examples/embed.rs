//! Embeds a vault: stores a secret, lets an agent use it but not read it, and looks at the audit log.
//!
//! `cargo run -p oneclaw-vault --example embed`

use oneclaw_api::{
    AuditFilter, NewAgent, NewPolicy, NewSecret, PathPattern, Permission, PrincipalId, ProblemKind,
    SecretPath, SecretValue, VaultApi,
};
use oneclaw_vault::{Home, Vault};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = tempfile::tempdir()?;
    let vault = Vault::init(&Home::at(directory.path().join("home"))).await?;
    let owner = vault.owner();
    let default = owner.list_vaults().await?.first().ok_or("no vault")?.id;

    let path = SecretPath::parse("api-keys/stripe")?;
    let new = NewSecret::new(SecretValue::from_bytes(b"sk-example-4eC39HqLyjW"));
    let stored = owner.put_secret(default, &path, new).await?;
    println!("stored {path}, version {}", stored.version);

    let made = owner.create_agent(NewAgent { name: "claude".to_owned(), ..NewAgent::default() }).await?;
    let rule = NewPolicy::allow(
        PrincipalId::Agent(made.agent.id),
        PathPattern::parse("api-keys/*")?,
        vec![Permission::Use],
    );
    owner.create_policy(default, rule).await?;

    let agent = vault.agent_session(made.api_key);
    println!("claude sees {} secret(s)", agent.list_secrets(default, None).await?.len());
    match agent.read_secret(default, &path, None).await {
        Err(problem) if problem.kind() == ProblemKind::Forbidden => {
            println!("claude asks for the value: {problem}")
        }
        _ => return Err("an agent read a value that it may only use".into()),
    }

    let page = owner.audit_events(AuditFilter { limit: Some(3), ..AuditFilter::default() }).await?;
    for event in page.events {
        println!("#{} {} {}", event.sequence, event.action, event.details.decision);
    }
    println!("chain valid: {}", owner.verify_audit(None).await?.chain_valid);
    Ok(())
}
