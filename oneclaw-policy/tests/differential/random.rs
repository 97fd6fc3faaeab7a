//! INV-12 and INV-14 at random.

use oneclaw_policy::{Outcome, PathPattern, PolicySet, RuleId, SecretPath};
use proptest::prelude::*;

use crate::cases::{self, WORDS, allowed, ask, config, parsed, policy_set};
use crate::reference::{self, ModelRequest, ModelRule};

/// The request, put for each permission in turn.
fn each_permission(request: &ModelRequest) -> impl Iterator<Item = ModelRequest> + '_ {
    WORDS.into_iter().map(|permission| ModelRequest { permission, ..request.clone() })
}

proptest! {
    #![proptest_config(config(20_000))]

    #[test]
    fn inv_12_decisions_are_those_of_the_model(rules in cases::rules(), request in cases::request()) {
        let policies = policy_set(&rules);
        for request in each_permission(&request) {
            let (decision, shown) = ask(&policies, &request);
            let ids: Vec<String> = decision.rules.iter().map(RuleId::to_string).collect();
            let answer = (decision.outcome == Outcome::Allow, format!("{:?}", decision.reason), ids);
            let (allows, reason, ids) = reference::decide(&rules, &request);
            prop_assert_eq!(answer, (allows, reason.to_owned(), ids));
            prop_assert_eq!(shown, allows, "INV-14: a listing is a filter of decisions");
        }
    }
}

proptest! {
    #![proptest_config(config(5_000))]

    #[test]
    fn inv_12_order_does_not_matter(
        (rules, shuffled) in cases::rules().prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle())),
        passing in cases::rules(),
        request in cases::request(),
    ) {
        let straight = policy_set(&rules);
        // The long way round: rules that come and go, and a draft of each rule that is replaced later.
        let passing: Vec<ModelRule> =
            passing.into_iter().map(|rule| ModelRule { id: format!("passing-{}", rule.id), ..rule }).collect();
        let drafts = rules.iter().map(|rule| ModelRule { allows: !rule.allows, priority: 0, ..rule.clone() });
        let mut detour = policy_set(&passing);
        detour.extend(drafts.map(|rule| parsed(&rule)));
        detour.extend(shuffled.iter().map(parsed));
        for rule in &passing {
            prop_assert_eq!(detour.remove(&RuleId::new(rule.id.as_str())), Some(parsed(rule)));
        }
        prop_assert_eq!(&straight, &detour);
        for request in each_permission(&request) {
            prop_assert_eq!(ask(&straight, &request), ask(&detour, &request));
        }
    }

    #[test]
    fn inv_12_adding_a_deny_never_grants(
        rules in cases::rules(), deny in cases::rule(), request in cases::request(),
    ) {
        let before = policy_set(&rules);
        let mut after = before.clone();
        after.insert(parsed(&ModelRule { id: "deny".into(), allows: false, ..deny }));
        for request in each_permission(&request) {
            prop_assert!(allowed(&before, &request) || !allowed(&after, &request));
        }
    }

    #[test]
    fn inv_12_removing_an_allow_never_grants(rules in cases::rules(), request in cases::request()) {
        let before = policy_set(&rules);
        for rule in rules.iter().filter(|rule| rule.allows) {
            let mut after = before.clone();
            after.remove(&RuleId::new(rule.id.as_str()));
            for request in each_permission(&request) {
                prop_assert!(allowed(&before, &request) || !allowed(&after, &request));
            }
        }
    }

    #[test]
    fn an_allowed_permission_comes_with_those_it_implies(rules in cases::rules(), request in cases::request()) {
        let policies = policy_set(&rules);
        for request in each_permission(&request).filter(|request| allowed(&policies, request)) {
            for implied in WORDS.into_iter().filter(|implied| reference::implies(request.permission, implied)) {
                let asked = ModelRequest { permission: implied, ..request.clone() };
                prop_assert!(allowed(&policies, &asked), "{} without {implied}", request.permission);
            }
        }
    }

    #[test]
    fn being_the_creator_never_takes_and_a_ceiling_never_gives(rules in cases::rules(), request in cases::request()) {
        let policies = policy_set(&rules);
        for request in each_permission(&request) {
            let creator = ModelRequest { is_creator: true, ..request.clone() };
            prop_assert!(!allowed(&policies, &request) || allowed(&policies, &creator));
            let open = ModelRequest { vault_bound: true, scopes: None, ..request.clone() };
            prop_assert!(!allowed(&policies, &request) || allowed(&policies, &open));
        }
    }

    #[test]
    fn rules_of_others_never_matter(rules in cases::rules(), request in cases::request()) {
        let own: Vec<ModelRule> = rules.iter().filter(|rule| rule.principal == request.principal).cloned().collect();
        prop_assert_eq!(ask(&policy_set(&rules), &request), ask(&policy_set(&own), &request));
    }

    #[test]
    fn long_patterns_match_as_the_model_does(
        pattern in cases::joined(&["a", "b", "*", "**"], 1..=9),
        path in cases::joined(&["a", "b"], 1..=9),
    ) {
        let matches = PathPattern::parse(pattern.as_str())?.matches(&SecretPath::parse(path.as_str())?);
        prop_assert_eq!(matches, reference::glob(&pattern, &path));
    }

    #[test]
    fn inv_13_any_text_is_refused_or_printed_back(text in "[aB9/_*.%é\\\\ -]{0,12}|\\PC{0,20}|[a-z/]{500,520}") {
        let path = SecretPath::parse(text.as_str());
        prop_assert_eq!(path.is_ok(), reference::is_path(&text));
        prop_assert!(path.is_err() || path.unwrap().to_string() == text);
        let pattern = PathPattern::parse(text.as_str());
        prop_assert_eq!(pattern.is_ok(), reference::is_pattern(&text));
        prop_assert!(pattern.is_err() || pattern.unwrap().to_string() == text);
    }
}

#[test]
fn an_empty_set_allows_nobody_but_the_creator() {
    let request = ModelRequest {
        principal: "agent:a".into(),
        permission: "list",
        path: "a".into(),
        now: cases::NOW,
        is_creator: false,
        vault_bound: true,
        scopes: None,
    };
    assert!(!allowed(&PolicySet::new(), &request));
    assert!(allowed(&PolicySet::new(), &ModelRequest { is_creator: true, ..request }));
}
