//! Small random worlds: few names, so that rules meet and collide often.

use std::ops::RangeInclusive;

use oneclaw_policy::{
    Ceiling, Decision, Effect, Listing, PathPattern, Permission, PolicySet, Principal, Request, Rule, RuleId,
    SecretPath, decide, visible,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::reference::{ModelRequest, ModelRule};

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const WORDS: [&str; 7] = ["list", "use", "read", "write", "rotate", "delete", "share"];

pub(crate) fn config(cases: u32) -> ProptestConfig {
    let scale = std::env::var("SCALE").map_or(1, |scale| scale.parse().expect("SCALE is a whole number"));
    ProptestConfig {
        cases: cases.saturating_mul(scale),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

pub(crate) fn joined(
    segments: &'static [&'static str],
    count: RangeInclusive<usize>,
) -> impl Strategy<Value = String> {
    vec(select(segments), count).prop_map(|segments| segments.join("/"))
}

pub(crate) fn path() -> impl Strategy<Value = String> {
    joined(&["a", "b", "ab", "a-b"], 1..=4)
}

pub(crate) fn pattern() -> impl Strategy<Value = String> {
    joined(&["a", "b", "ab", "a-b", "*", "**", "**"], 1..=4)
}

pub(crate) fn principal() -> impl Strategy<Value = String> {
    select(&["agent:a", "agent:a", "agent:a", "agent:b"][..]).prop_map(String::from)
}

pub(crate) fn rule() -> impl Strategy<Value = ModelRule> {
    let priority = prop_oneof![8 => -1..=1, 1 => Just(i32::MIN), 1 => Just(i32::MAX)];
    let expiry =
        option::weighted(0.3, prop_oneof![Just(NOW), NOW - 2..=NOW + 2, Just(i64::MIN), Just(i64::MAX)]);
    let permissions = subsequence(WORDS.to_vec(), 0..=3);
    (principal(), pattern(), permissions, any::<bool>(), priority, expiry).prop_map(
        |(principal, pattern, permissions, allows, priority, expires_at)| ModelRule {
            id: String::new(),
            principal,
            pattern,
            permissions,
            allows,
            priority,
            expires_at,
        },
    )
}

pub(crate) fn rules() -> impl Strategy<Value = Vec<ModelRule>> {
    vec(rule(), 0..8).prop_map(|mut rules| {
        for (n, rule) in rules.iter_mut().enumerate() {
            rule.id = format!("r{n}");
        }
        rules
    })
}

pub(crate) fn request() -> impl Strategy<Value = ModelRequest> {
    let bound = prop::bool::weighted(0.95);
    let scopes = option::weighted(0.2, vec(pattern(), 0..3));
    (principal(), select(&WORDS[..]), path(), any::<bool>(), bound, scopes).prop_map(
        |(principal, permission, path, is_creator, vault_bound, scopes)| ModelRequest {
            principal,
            permission,
            path,
            now: NOW,
            is_creator,
            vault_bound,
            scopes,
        },
    )
}

/// The same rule, parsed.
pub(crate) fn parsed(rule: &ModelRule) -> Rule {
    Rule {
        id: RuleId::new(rule.id.as_str()),
        principal: Principal::parse(rule.principal.as_str()).unwrap(),
        pattern: PathPattern::parse(rule.pattern.as_str()).unwrap(),
        permissions: rule.permissions.iter().map(|word| word.parse::<Permission>().unwrap()).collect(),
        effect: if rule.allows { Effect::Allow } else { Effect::Deny },
        priority: rule.priority,
        expires_at: rule.expires_at,
    }
}

pub(crate) fn policy_set(rules: &[ModelRule]) -> PolicySet {
    rules.iter().map(parsed).collect()
}

/// Asks the crate: the decision, and whether a listing would show the path.
pub(crate) fn ask(policies: &PolicySet, request: &ModelRequest) -> (Decision, bool) {
    let principal = &Principal::parse(request.principal.as_str()).unwrap();
    let permission = request.permission.parse().unwrap();
    let path = &SecretPath::parse(request.path.as_str()).unwrap();
    let scopes: Option<Vec<PathPattern>> =
        request.scopes.as_ref().map(|scopes| scopes.iter().map(|scope| scope.parse().unwrap()).collect());
    let ceiling = Ceiling { vault_bound: request.vault_bound, scopes: scopes.as_deref() };
    let &ModelRequest { now, is_creator, .. } = request;
    let shown = visible(policies, &Listing { principal, permission, now, is_creator, ceiling })(path);
    (decide(policies, &Request { principal, permission, path, now, is_creator, ceiling }), shown)
}

pub(crate) fn allowed(policies: &PolicySet, request: &ModelRequest) -> bool {
    ask(policies, request).0.is_allowed()
}
