//! The question and its answer.

use std::fmt;

use crate::path::SecretPath;
use crate::pattern::PathPattern;
use crate::permission::Permission;
use crate::policy_set::PolicySet;
use crate::principal::Principal;
use crate::rule::{Effect, Rule, RuleId};

/// One question: may this principal do this to this path, now?
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// What is asked for.
    pub permission: Permission,
    /// What it is asked for.
    pub path: &'a SecretPath,
    /// The Unix time in seconds.
    pub now: i64,
    /// Whether the principal created the vault that the path lies in.
    pub is_creator: bool,
    /// What bounds the principal whatever the rules say.
    pub ceiling: Ceiling<'a>,
}

/// The same question about many paths.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// What is asked for; for what a principal may see it is [`Permission::List`].
    pub permission: Permission,
    /// The Unix time in seconds.
    pub now: i64,
    /// Whether the principal created the vault that the paths lie in.
    pub is_creator: bool,
    /// What bounds the principal whatever the rules say.
    pub ceiling: Ceiling<'a>,
}

/// What bounds a principal whatever the rules say, a vault's creator included.
#[derive(Clone, Copy, Debug)]
pub struct Ceiling<'a> {
    /// Whether the vault is one that the principal is bound to; true for a principal without a binding.
    pub vault_bound: bool,
    /// The only paths the principal may ever reach; `None` is no ceiling, an empty list admits nothing.
    pub scopes: Option<&'a [PathPattern]>,
}

/// The answer, and what made it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Decision {
    /// Whether the request may go on.
    pub outcome: Outcome,
    /// Why.
    pub reason: Reason,
    /// The rules that made the decision, sorted; empty where no rule did.
    pub rules: Vec<RuleId>,
}

/// Whether a request may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It may.
    Allow,
    /// It may not.
    Deny,
}

/// Why a decision came out as it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Allow rules of the highest matching priority.
    AllowedBy,
    /// No rule matched, and the principal created the vault.
    CreatorBypass,
    /// No rule matched.
    NoRuleMatched,
    /// Deny rules of the highest matching priority.
    DeniedBy,
    /// No live rule matched; the allow rules that would have are past their expiry.
    Expired,
    /// The path lies outside the principal's explicit scopes.
    OutsideScope,
    /// The vault lies outside the principal's vault binding.
    VaultNotBound,
}

/// Decides one request.
///
/// The ceilings come first. Then, among the live rules that match, the highest priority decides and deny
/// beats allow on a tie. Where none matches, the creator of the vault passes and everyone else is denied.
pub fn decide(policies: &PolicySet, request: &Request<'_>) -> Decision {
    let &Request { principal, permission, path, now, is_creator, ceiling } = request;
    if let Some(reason) = ceiling.refusal(path) {
        return Decision { outcome: Outcome::Deny, reason, rules: Vec::new() };
    }
    let matching =
        policies.rules_of(principal).filter(|rule| rule.concerns(permission) && rule.pattern.matches(path));
    let live = matching.clone().filter(|rule| !rule.is_expired(now));
    let (outcome, reason, rules) = match live.clone().next() {
        // The first rule has the highest priority, and is a deny if any of that priority is.
        Some(&Rule { priority, effect, .. }) => {
            let determining = live.filter(|rule| rule.priority == priority && rule.effect == effect);
            let (outcome, reason) = match effect {
                Effect::Allow => (Outcome::Allow, Reason::AllowedBy),
                Effect::Deny => (Outcome::Deny, Reason::DeniedBy),
            };
            (outcome, reason, ids(determining))
        }
        None if is_creator => (Outcome::Allow, Reason::CreatorBypass, Vec::new()),
        None => {
            let lapsed = ids(matching.filter(|rule| rule.effect == Effect::Allow));
            let reason = if lapsed.is_empty() { Reason::NoRuleMatched } else { Reason::Expired };
            (Outcome::Deny, reason, lapsed)
        }
    };
    Decision { outcome, reason, rules }
}

/// Tells which paths [`decide`] would allow, without making a [`Decision`] for each.
///
/// The answer is a filter: `rows.retain(|row| shown(&row.path))`.
pub fn visible<'a>(policies: &'a PolicySet, listing: &Listing<'a>) -> impl Fn(&SecretPath) -> bool + use<'a> {
    let Listing { principal, permission, now, is_creator, ceiling } = *listing;
    let live: Vec<&Rule> = policies
        .rules_of(principal)
        .filter(|rule| rule.concerns(permission) && !rule.is_expired(now))
        .collect();
    move |path| {
        ceiling.refusal(path).is_none()
            && live
                .iter()
                .find(|rule| rule.pattern.matches(path))
                .map_or(is_creator, |rule| rule.effect == Effect::Allow)
    }
}

impl<'a> Ceiling<'a> {
    /// No ceiling: the vault is bound, the scopes are open.
    pub const NONE: Ceiling<'static> = Ceiling { vault_bound: true, scopes: None };

    fn refusal(&self, path: &SecretPath) -> Option<Reason> {
        if !self.vault_bound {
            return Some(Reason::VaultNotBound);
        }
        match self.scopes {
            Some(scopes) if !scopes.iter().any(|scope| scope.matches(path)) => Some(Reason::OutsideScope),
            _ => None,
        }
    }
}

impl Decision {
    /// Whether the request may go on.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.outcome == Outcome::Allow
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::AllowedBy => "allowed by a rule",
            Self::CreatorBypass => "the principal created the vault",
            Self::NoRuleMatched => "no rule matched",
            Self::DeniedBy => "denied by a rule",
            Self::Expired => "the rule that allowed it has expired",
            Self::OutsideScope => "the path is outside the principal's scopes",
            Self::VaultNotBound => "the vault is outside the principal's binding",
        })
    }
}

fn ids<'a>(rules: impl Iterator<Item = &'a Rule>) -> Vec<RuleId> {
    let mut ids: Vec<RuleId> = rules.map(|rule| rule.id.clone()).collect();
    ids.sort_unstable();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::Permissions;

    const NOW: i64 = 1_000;
    const CREATOR: bool = true;

    /// A rule in a line: `allow read a/** [priority] [expires_at]`, named by its place.
    fn rules(lines: &[&str]) -> PolicySet {
        lines
            .iter()
            .enumerate()
            .map(|(n, line)| {
                let words: Vec<&str> = line.split(' ').collect();
                Rule {
                    id: RuleId::new(format!("r{n}")),
                    principal: Principal::parse("agent:a").unwrap(),
                    effect: words[0].parse().unwrap(),
                    permissions: words[1]
                        .split(',')
                        .map(|word| word.parse::<Permission>().unwrap())
                        .collect(),
                    pattern: PathPattern::parse(words[2]).unwrap(),
                    priority: words.get(3).map_or(0, |word| word.parse().unwrap()),
                    expires_at: words.get(4).map(|word| word.parse().unwrap()),
                }
            })
            .collect()
    }

    fn ask(
        policies: &PolicySet,
        permission: &str,
        path: &str,
        is_creator: bool,
        ceiling: Ceiling<'_>,
    ) -> Decision {
        let principal = &Principal::parse("agent:a").unwrap();
        let permission = permission.parse().unwrap();
        let path = &SecretPath::parse(path).unwrap();
        let decision =
            decide(policies, &Request { principal, permission, path, now: NOW, is_creator, ceiling });
        let shown = visible(policies, &Listing { principal, permission, now: NOW, is_creator, ceiling });
        assert_eq!(shown(path), decision.is_allowed(), "a listing is a filter of decisions");
        decision
    }

    macro_rules! decisions {
        ($($name:ident: $rules:expr, $permission:literal on $path:literal $(by $creator:ident)? => $reason:ident $ids:expr;)*) => {$(
            #[test]
            fn $name() {
                let is_creator = false $(|| $creator)?;
                let decision = ask(&rules(&$rules), $permission, $path, is_creator, Ceiling::NONE);
                let ids: Vec<&str> = decision.rules.iter().map(RuleId::as_str).collect();
                let expected: &[&str] = &$ids;
                assert_eq!((decision.reason, ids.as_slice()), (Reason::$reason, expected));
                let allowed = matches!(Reason::$reason, Reason::AllowedBy | Reason::CreatorBypass);
                assert_eq!(decision.is_allowed(), allowed);
            }
        )*};
    }

    decisions! {
        nothing_is_allowed_by_default: [], "list" on "a" => NoRuleMatched [];
        an_allow_allows: ["allow read a"], "read" on "a" => AllowedBy ["r0"];
        an_allow_is_about_its_paths: ["allow read a"], "read" on "b" => NoRuleMatched [];
        a_literal_is_not_a_prefix: ["allow read a"], "read" on "a/b" => NoRuleMatched [];
        a_literal_is_not_a_segment_prefix: ["allow read a"], "read" on "ab" => NoRuleMatched [];
        one_star_is_one_segment: ["allow read *"], "read" on "a/b" => NoRuleMatched [];
        two_stars_are_zero_segments_too: ["allow read a/**"], "read" on "a" => AllowedBy ["r0"];
        read_implies_use: ["allow read a"], "use" on "a" => AllowedBy ["r0"];
        use_does_not_imply_read: ["allow use a"], "read" on "a" => NoRuleMatched [];
        write_does_not_imply_use: ["allow write a"], "use" on "a" => NoRuleMatched [];
        write_implies_delete: ["allow write a"], "delete" on "a" => AllowedBy ["r0"];
        write_implies_rotate: ["allow write a"], "rotate" on "a" => AllowedBy ["r0"];
        share_implies_list: ["allow share a"], "list" on "a" => AllowedBy ["r0"];
        all_allows_of_the_priority_are_named: ["allow read a", "allow use a", "allow list b"], "use" on "a" => AllowedBy ["r0", "r1"];
        lower_allows_are_not_named: ["allow read a 1", "allow read a 2"], "read" on "a" => AllowedBy ["r1"];
        deny_beats_allow_on_a_tie: ["allow read a", "deny read **"], "read" on "a" => DeniedBy ["r1"];
        a_higher_allow_beats_a_deny: ["allow read a 1", "deny read a"], "read" on "a" => AllowedBy ["r0"];
        a_higher_deny_beats_an_allow: ["allow read a", "deny read a 1"], "read" on "a" => DeniedBy ["r1"];
        negative_priorities_are_below_zero: ["allow read a -1", "deny read a -2"], "read" on "a" => AllowedBy ["r0"];
        extreme_priorities: ["allow read a 2147483647", "deny read a -2147483648"], "read" on "a" => AllowedBy ["r0"];
        denying_read_leaves_use: ["allow read a", "deny read a"], "use" on "a" => AllowedBy ["r0"];
        denying_read_leaves_list: ["allow read a", "deny read a"], "list" on "a" => AllowedBy ["r0"];
        denying_use_takes_read: ["allow read a", "deny use a"], "read" on "a" => DeniedBy ["r1"];
        denying_use_leaves_list: ["allow read a", "deny use a"], "list" on "a" => AllowedBy ["r0"];
        denying_list_takes_read: ["allow read a", "deny list a"], "read" on "a" => DeniedBy ["r1"];
        denying_write_takes_delete: ["allow write a", "deny write a"], "delete" on "a" => DeniedBy ["r1"];
        denying_delete_takes_write: ["allow write a", "deny delete a"], "write" on "a" => DeniedBy ["r1"];
        denying_delete_leaves_rotate: ["allow write a", "deny delete a"], "rotate" on "a" => AllowedBy ["r0"];
        denying_rotate_takes_write: ["allow write a", "deny rotate a"], "write" on "a" => DeniedBy ["r1"];
        denying_share_leaves_read: ["allow read,share a", "deny share a"], "read" on "a" => AllowedBy ["r0"];
        the_last_second_is_live: ["allow read a 0 1001"], "read" on "a" => AllowedBy ["r0"];
        the_second_of_expiry_is_too_late: ["allow read a 0 1000"], "read" on "a" => Expired ["r0"];
        an_expired_deny_denies_nothing: ["allow read a", "deny read a 0 999"], "read" on "a" => AllowedBy ["r0"];
        an_expired_deny_alone_is_no_rule: ["deny read a 0 999"], "read" on "a" => NoRuleMatched [];
        a_live_deny_explains_before_an_expired_allow: ["allow read a 9 999", "deny read a"], "read" on "a" => DeniedBy ["r1"];
        the_creator_needs_no_rule: [], "read" on "a" by CREATOR => CreatorBypass [];
        the_creator_needs_no_live_rule: ["allow read a 0 999"], "read" on "a" by CREATOR => CreatorBypass [];
        a_deny_stops_the_creator: ["deny read a -2147483648"], "read" on "a" by CREATOR => DeniedBy ["r0"];
        a_deny_of_read_leaves_the_creator_use: ["deny read a"], "use" on "a" by CREATOR => CreatorBypass [];
        a_higher_allow_helps_the_creator_too: ["deny read a", "allow read a 1"], "read" on "a" by CREATOR => AllowedBy ["r1"];
    }

    #[test]
    fn rules_of_others_do_not_count() {
        let policies: PolicySet = rules(&["allow read **"])
            .iter()
            .map(|rule| Rule { principal: Principal::parse("agent:b").unwrap(), ..rule.clone() })
            .collect();
        assert_eq!(ask(&policies, "list", "a", false, Ceiling::NONE).reason, Reason::NoRuleMatched);
    }

    #[test]
    fn a_rule_without_permissions_says_nothing() {
        for effect in [Effect::Allow, Effect::Deny] {
            let policies: PolicySet = rules(&["allow read **"])
                .iter()
                .map(|rule| Rule { permissions: Permissions::NONE, effect, ..rule.clone() })
                .collect();
            assert_eq!(ask(&policies, "list", "a", false, Ceiling::NONE).reason, Reason::NoRuleMatched);
        }
    }

    #[test]
    fn ceilings_bind_everyone_and_come_first() {
        let scopes = ["a/**", "b"].map(|scope| PathPattern::parse(scope).unwrap());
        let policies = rules(&["allow read **", "deny read a/x"]);
        for is_creator in [false, true] {
            let scoped = Ceiling { vault_bound: true, scopes: Some(&scopes) };
            let reason = |path, ceiling| ask(&policies, "read", path, is_creator, ceiling).reason;
            assert_eq!(reason("a/b", scoped), Reason::AllowedBy);
            assert_eq!(reason("b", scoped), Reason::AllowedBy);
            assert_eq!(reason("a/x", scoped), Reason::DeniedBy);
            assert_eq!(reason("c", scoped), Reason::OutsideScope);
            assert_eq!(reason("a/b", Ceiling { vault_bound: false, ..scoped }), Reason::VaultNotBound);
            assert_eq!(reason("c", Ceiling { vault_bound: false, ..scoped }), Reason::VaultNotBound);
            assert_eq!(reason("a", Ceiling { scopes: Some(&[]), ..scoped }), Reason::OutsideScope);
        }
    }
}
