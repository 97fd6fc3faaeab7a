//! Decides a few requests and says why.
//!
//! ```sh
//! cargo run -p oneclaw-policy --example decide
//! ```

use std::error::Error;

use oneclaw_policy::{
    Ceiling, Effect, Listing, PathPattern, Permission, Permissions, PolicySet, Principal, Request, Rule,
    RuleId, SecretPath, decide, visible,
};

fn main() -> Result<(), Box<dyn Error>> {
    let claude = Principal::parse("agent:claude")?;
    let rule =
        |id: &str, effect, permissions: &[Permission], pattern: &str| -> Result<Rule, Box<dyn Error>> {
            Ok(Rule {
                id: RuleId::new(id),
                principal: claude.clone(),
                pattern: PathPattern::parse(pattern)?,
                permissions: Permissions::from_iter(permissions.iter().copied()),
                effect,
                priority: 0,
                expires_at: None,
            })
        };
    let policies = PolicySet::from_iter([
        rule("use-all-keys", Effect::Allow, &[Permission::Use], "api-keys/**")?,
        rule("read-staging", Effect::Allow, &[Permission::Read, Permission::Write], "*/staging/**")?,
        rule("hands-off-root", Effect::Deny, &[Permission::List], "**/root")?,
    ]);
    let now = 1_800_000_000;

    let paths = ["api-keys/stripe", "db/staging/url", "db/production/url", "api-keys/root"]
        .map(SecretPath::parse)
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
    for path in &paths {
        for permission in [Permission::Use, Permission::Read, Permission::Delete] {
            let request = Request {
                principal: &claude,
                permission,
                path,
                now,
                is_creator: false,
                ceiling: Ceiling::NONE,
            };
            let decision = decide(&policies, &request);
            let rules: Vec<&str> = decision.rules.iter().map(RuleId::as_str).collect();
            println!(
                "{permission:<6} {path:<18} {:<5} {} {}",
                decision.outcome,
                decision.reason,
                rules.join(", ")
            );
        }
    }

    let listing = Listing {
        principal: &claude,
        permission: Permission::List,
        now,
        is_creator: false,
        ceiling: Ceiling::NONE,
    };
    let shown = visible(&policies, &listing);
    let listed: Vec<&str> = paths.iter().filter(|path| shown(path)).map(SecretPath::as_str).collect();
    println!("\nlisted: {}", listed.join(", "));
    Ok(())
}
