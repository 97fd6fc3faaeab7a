//! A decision, beside one lookup in a hash table.

use std::collections::HashSet;
use std::hint::black_box;

use anyhow::Result;
use oneclaw_policy::{
    Ceiling, Decision, Effect, PathPattern, Permission, Permissions, PolicySet, Principal, Request, Rule,
    RuleId, SecretPath, decide,
};

use crate::{Ratio, Target};

/// How many rules one principal has.
pub const RULES: [usize; 3] = [10, 1_000, 100_000];

/// A principal with many rules, and a path that none matches: the worst case.
#[derive(Debug)]
pub struct Deciding {
    rules: PolicySet,
    principal: Principal,
    path: SecretPath,
    paths: HashSet<String>,
}

impl Deciding {
    /// Gives a principal `count` rules, a third of them with a wildcard.
    ///
    /// # Errors
    ///
    /// When a pattern is outside the grammar.
    pub fn new(count: usize) -> Result<Self> {
        let principal = Principal::parse("agent:7b0d6f0e-52d5-4c27-a0e5-6a0a3f6c1d11")?;
        let mut rules = PolicySet::new();
        let mut paths = HashSet::new();
        for number in 0..count {
            let pattern = match number % 3 {
                0 => format!("team-{number}/service/*"),
                1 => format!("team-{number}/service/key-{number}"),
                _ => format!("team-{number}/service/key"),
            };
            paths.insert(pattern.clone());
            rules.insert(Rule {
                id: RuleId::new(format!("rule-{number}")),
                principal: principal.clone(),
                pattern: PathPattern::parse(pattern)?,
                permissions: Permissions::from_iter([Permission::Use]),
                effect: Effect::Allow,
                priority: 0,
                expires_at: None,
            });
        }
        let path = SecretPath::parse("nobody/service/key-12345")?;
        Ok(Self { rules, principal, path, paths })
    }

    /// Decides.
    pub fn decide(&self) -> Decision {
        decide(
            &self.rules,
            &Request {
                principal: &self.principal,
                permission: Permission::Use,
                path: &self.path,
                now: 1_800_000_000,
                is_creator: false,
                ceiling: Ceiling::NONE,
            },
        )
    }

    /// Looks the whole path up in a hash table of all patterns.
    #[must_use]
    pub fn floor(&self) -> bool {
        self.paths.contains(self.path.as_str())
    }
}

/// Measures decisions against the floor, and what more rules cost.
///
/// # Errors
///
/// When something can't be set up.
pub fn ratios() -> Result<Vec<Ratio>> {
    let [few, many, most] = RULES;
    let (few, many, most) = (Deciding::new(few)?, Deciding::new(many)?, Deciding::new(most)?);
    Ok(vec![
        // 80 ns where the floor is 6.
        Ratio::measure("policy.decide_1k_vs_floor", Target::AtMost(13.0), decides(&many), finds(&many))?,
        Ratio::measure("policy.growth_10_to_1k", Target::AtMost(3.0), decides(&many), decides(&few))?,
        Ratio::measure("policy.growth_10_to_100k", Target::AtMost(3.0), decides(&most), decides(&few))?,
    ])
}

fn decides(deciding: &Deciding) -> impl FnMut() -> Result<()> {
    move || {
        drop(black_box(black_box(deciding).decide()));
        Ok(())
    }
}

fn finds(deciding: &Deciding) -> impl FnMut() -> Result<()> {
    move || {
        black_box(black_box(deciding).floor());
        Ok(())
    }
}
