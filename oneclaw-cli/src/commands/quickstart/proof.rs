//! The proof: a real server, spoken to as a client would, and every byte of it looked at.

use oneclaw_api::{Problem, ProblemKind, SecretPath, SecretValue, Vault, VaultApi};
use oneclaw_vault::Home;
use serde_json::{Value, json};

use super::leak_count::{LeakCounter, verdict};
use super::mcp_child::McpChild;
use super::report::{Report, Stopped, USE};

/// What is proved, and on which vault.
pub(super) struct Proof<'a> {
    /// The home of the embedded vault, where it is not the one of this process.
    pub(super) home: Option<&'a Home>,
    /// The vault as its owner sees it.
    pub(super) owner: &'a dyn VaultApi,
    /// The same vault as the agent sees it.
    pub(super) as_agent: &'a dyn VaultApi,
    /// The agent's name.
    pub(super) agent: &'a str,
    /// Where the secret is.
    pub(super) path: &'a SecretPath,
    /// What must not be seen.
    pub(super) value: &'a SecretValue,
    /// The call that uses it; none where the person doesn't want one.
    pub(super) call: Option<Call>,
}

/// A call through a binding.
#[derive(Debug, Clone)]
pub(super) struct Call {
    /// The arguments of `execute_http`.
    pub(super) arguments: Value,
    /// Whether any reply but 200 fails the proof: it does where the upstream is ours.
    pub(super) must_be_200: bool,
}

/// Proves the promise, check by check; a check that others need stops them when it fails.
pub(super) async fn prove(report: &mut Report, proof: &Proof<'_>) -> Result<(), Stopped> {
    let mut server = match McpChild::start(proof.home.map(Home::directory), proof.agent).await {
        Ok(server) => server,
        Err(why) => return report.check("mcp server", Err(why)),
    };
    let tools = server.tools().await;
    report.check("tools/list", tools.and_then(|tools| listed(&tools, &server.protocol)))?;
    let vault = match first_vault(proof.as_agent).await {
        Ok(vault) => vault,
        Err(problem) => return report.check("vault", Err(problem.to_string())),
    };
    let answer = server.call("get_secret", json!({ "path": proof.path })).await;
    report.check("get_secret", answer.and_then(reference))?;
    if let Some(call) = &proof.call {
        let answer = server.call("execute_http", call.arguments.clone()).await;
        report.check(USE, answer.and_then(|answer| executed(answer, call.must_be_200)))?;
    }
    let over_mcp = server.call("get_secret", json!({ "path": proof.path, "reveal": true })).await;
    let in_vault = proof.as_agent.read_secret(vault.id, proof.path, None).await.map(drop);
    report.check("read the value", over_mcp.and_then(|answer| refused(answer, in_vault)))?;
    let traffic = match server.finish().await {
        Ok(traffic) => traffic,
        Err(why) => return report.check("mcp server", Err(why)),
    };
    let counter = match LeakCounter::new(proof.value) {
        Ok(counter) => counter,
        Err(why) => return report.check("leaks", Err(why)),
    };
    let leaks = counter.count(&traffic);
    report.count(leaks);
    let counted = report.check("leaks", verdict(leaks, counter.planted(&traffic)));
    let audited = report.check("audit", audit(proof.owner).await);
    counted.and(audited)
}

fn listed(tools: &[String], protocol: &str) -> Result<String, String> {
    match ["get_secret", "execute_http"].into_iter().find(|wanted| !tools.iter().any(|tool| tool == wanted)) {
        Some(missing) => Err(format!("{missing} is not among the {} tools", tools.len())),
        None => Ok(format!("{} tools over MCP {protocol}", tools.len())),
    }
}

fn reference(answer: Result<Value, String>) -> Result<String, String> {
    let answer = answer?;
    match answer.get("reference").and_then(Value::as_str) {
        Some(reference) if answer.get("value").is_none() => Ok(format!("{reference}, a reference")),
        _ => Err("no reference came back".to_owned()),
    }
}

fn executed(answer: Result<Value, String>, must_be_200: bool) -> Result<String, String> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(text) if must_be_200 => return Err(text),
        // The network of this machine is no part of the promise.
        Err(text) => return Ok(format!("no reply: {text}")),
    };
    let status = answer.pointer("/result/status").and_then(Value::as_u64).unwrap_or_default();
    let removed = answer.get("redactions_applied").and_then(Value::as_u64).unwrap_or_default();
    match (status, must_be_200, removed) {
        (200, true, 0) => {
            Err("the upstream repeats the key, and nothing was removed from its reply".to_owned())
        }
        (200, _, 0) => Ok("200 from the service".to_owned()),
        (200, _, _) => {
            Ok(format!("200 from the upstream; {removed} echoes of the key removed from its reply"))
        }
        (_, true, _) => Err(format!("the upstream answered {status}")),
        (_, false, _) => {
            Ok(format!("{status} from the service: it was reached, check the key and its rights"))
        }
    }
}

fn refused(over_mcp: Result<Value, String>, in_vault: Result<(), Problem>) -> Result<String, String> {
    match (over_mcp, in_vault) {
        (Ok(_), _) => Err("the MCP server answered a request for the value".to_owned()),
        (Err(_), Ok(())) => Err("the vault gave the agent the value".to_owned()),
        (Err(_), Err(problem)) if problem.kind() == ProblemKind::Forbidden => {
            Ok("refused, by the MCP server and by the vault itself".to_owned())
        }
        (Err(_), Err(problem)) => Err(format!("the vault refused it for another reason: {problem}")),
    }
}

async fn first_vault(api: &dyn VaultApi) -> Result<Vault, Problem> {
    api.list_vaults().await?.into_iter().next().ok_or_else(|| Problem::not_found("the agent sees no vault"))
}

async fn audit(owner: &dyn VaultApi) -> Result<String, String> {
    let verified = owner.verify_audit(None).await.map_err(|problem| problem.to_string())?;
    if verified.chain_valid {
        Ok(format!("{} events, the chain verifies", verified.events_verified))
    } else {
        Err(format!("the chain is broken after {} events", verified.events_verified))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_in_an_answer_is_no_reference() {
        assert!(reference(Ok(json!({ "reference": "oneclaw://default/a@1" }))).is_ok());
        assert!(reference(Ok(json!({ "reference": "oneclaw://default/a@1", "value": "x" }))).is_err());
        assert!(reference(Ok(json!({}))).is_err());
        assert!(reference(Err("no".to_owned())).is_err());
    }

    #[test]
    fn our_own_upstream_must_answer_200_and_its_echo_must_be_removed() {
        let reply = |status: u64, removed: u64| {
            Ok(json!({ "result": { "status": status }, "redactions_applied": removed }))
        };
        for (answer, must_be_200, ok) in [
            (reply(200, 2), true, true),
            (reply(200, 0), true, false),
            (reply(401, 0), true, false),
            (Err("unreachable".to_owned()), true, false),
            (reply(200, 0), false, true),
            (reply(401, 0), false, true),
            (Err("unreachable".to_owned()), false, true),
        ] {
            assert_eq!(executed(answer.clone(), must_be_200).is_ok(), ok, "{answer:?} {must_be_200}");
        }
    }

    #[test]
    fn reading_must_be_refused_twice_and_for_want_of_a_right() {
        let no = || Err("no".to_owned());
        assert!(refused(no(), Err(Problem::forbidden("no"))).is_ok());
        assert!(refused(Ok(json!({})), Err(Problem::forbidden("no"))).is_err());
        assert!(refused(no(), Ok(())).is_err());
        assert!(refused(no(), Err(Problem::not_found("no"))).is_err());
    }
}
