//! `oneclaw doctor`.

use std::path::Path;

use clap::Args;
use oneclaw_api::VaultApi;
use oneclaw_vault::{Home, Vault, VaultError};
use serde::Serialize;

use crate::connection;
use crate::failure::{Failure, FailureKind};
use crate::invocation::Invocation;
use crate::output::{BAD, GOOD};

/// There is nothing to choose.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {}

#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
}

#[derive(Serialize)]
struct Shown<'a> {
    ok: bool,
    checks: &'a [Check],
}

/// Looks for what is wrong; fails where something is.
pub(crate) async fn cmd_doctor(invocation: &Invocation, _args: &DoctorArgs) -> Result<(), Failure> {
    let checks = match connection::base_url() {
        Some(base_url) => remote(invocation, base_url).await,
        None => embedded().await,
    };
    let failed = checks.iter().filter(|check| !check.ok).count();
    invocation.output.show(&Shown { ok: failed == 0, checks: &checks }, || {
        let width = checks.iter().map(|check| check.name.len()).max().unwrap_or_default();
        let lines: Vec<_> = checks
            .iter()
            .map(|Check { name, ok, detail }| {
                let mark = if *ok { format!("{GOOD}✓{GOOD:#}") } else { format!("{BAD}✗{BAD:#}") };
                format!("{mark} {name:<width$}  {}", crate::failure::visible(detail))
            })
            .collect();
        lines.join("\n")
    })?;
    match failed {
        0 => Ok(()),
        _ => Err(Failure::new(FailureKind::Findings, format!("{failed} of {} checks failed", checks.len()))
            .hint("each line with ✗ says what to do")),
    }
}

async fn embedded() -> Vec<Check> {
    let mut checks = Vec::new();
    let home = match Home::locate() {
        Ok(home) => home,
        Err(error) => {
            checks.push(bad("home", &error));
            return checks;
        }
    };
    checks.push(good("home", home.directory().display()));
    let private = [home.directory().to_owned(), home.config_file(), home.database_file()];
    checks.push(match private.iter().find(|path| is_open_to_others(path)) {
        None => good("permissions", "only you can read the vault's files"),
        Some(path) => bad("permissions", format!("{0} is open to others; run chmod go= {0}", path.display())),
    });
    let vault = match Vault::open(&home).await {
        Ok(vault) => vault,
        Err(error) => {
            checks.push(bad("vault", &error));
            return checks;
        }
    };
    checks.push(good("vault", format!("opens with {} ({})", vault.kek().kek_id, vault.kek().protection)));
    checks.push(good("health", vault.health().await.status));
    let owner = vault.owner();
    checks.push(audit(&owner).await);
    checks.push(agents(&home, &owner).await);
    checks
}

async fn remote(invocation: &Invocation, base_url: String) -> Vec<Check> {
    let mut checks = vec![good("address", base_url)];
    let connection = match invocation.connect().await {
        Ok(connection) => connection,
        Err(failure) => {
            checks.push(bad("key", failure.message()));
            return checks;
        }
    };
    checks.push(match connection.api().health().await {
        Ok(health) => good("health", format!("{}, version {}", health.status, health.version)),
        Err(problem) => bad("health", problem),
    });
    match connection.api().whoami().await {
        Ok(caller) => {
            checks.push(good("caller", format!("{} {}", caller.principal.kind().as_str(), caller.name)));
            if caller.principal.agent().is_none() {
                checks.push(audit(connection.api()).await);
            }
        }
        Err(problem) => checks.push(bad("caller", problem)),
    }
    checks
}

async fn audit(api: &dyn VaultApi) -> Check {
    match api.verify_audit(None).await {
        Ok(verified) if verified.chain_valid => {
            good("audit", format!("{} events, the chain verifies", verified.events_verified))
        }
        Ok(verified) => bad(
            "audit",
            format!("the chain breaks after {} events; run oneclaw audit verify", verified.events_verified),
        ),
        Err(problem) => bad("audit", problem),
    }
}

/// Reads the credential file of every agent that has one.
async fn agents(home: &Home, api: &dyn VaultApi) -> Check {
    let agents = match api.list_agents().await {
        Ok(agents) => agents,
        Err(problem) => return bad("agents", problem),
    };
    let mut kept = 0;
    for agent in agents.iter().filter(|agent| agent.is_active) {
        match home.agent_key(&agent.name) {
            Ok(_) => kept += 1,
            Err(VaultError::NoAgentKey { .. }) => {}
            Err(error) => return bad("agents", error),
        }
    }
    good("agents", format!("{} known, the keys of {kept} are kept here", agents.len()))
}

fn good(name: &'static str, detail: impl std::fmt::Display) -> Check {
    Check { name, ok: true, detail: detail.to_string() }
}

fn bad(name: &'static str, detail: impl std::fmt::Display) -> Check {
    Check { name, ok: false, detail: detail.to_string() }
}

#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).is_ok_and(|data| data.mode() & 0o077 != 0)
}

#[cfg(not(unix))]
const fn is_open_to_others(_path: &Path) -> bool {
    false
}
