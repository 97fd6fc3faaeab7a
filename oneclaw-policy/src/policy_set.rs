//! All the rules that apply.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::principal::Principal;
use crate::rule::{Rule, RuleId};

/// The rules that apply, in no order: sets of the same rules decide the same, however they were built.
///
/// Rule ids are unique within a set, as keys are in a map: inserting a rule under a known id replaces it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicySet {
    /// The rules of each principal in the order of `rank`, never empty.
    rules: HashMap<Principal, Vec<Rule>>,
    /// Where to find a rule by its id.
    owners: HashMap<RuleId, Principal>,
}

impl PolicySet {
    /// Makes a set without rules: nothing is allowed.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a rule, and gives back the one that had its id before.
    pub fn insert(&mut self, rule: Rule) -> Option<Rule> {
        let replaced = self.remove(&rule.id);
        self.owners.insert(rule.id.clone(), rule.principal.clone());
        let rules = self.rules.entry(rule.principal.clone()).or_default();
        let place = rules.partition_point(|other| rank(other) < rank(&rule));
        rules.insert(place, rule);
        replaced
    }

    /// Takes the rule of that id out, if there is one.
    pub fn remove(&mut self, id: &RuleId) -> Option<Rule> {
        let principal = self.owners.remove(id)?;
        let rules = self.rules.get_mut(&principal)?;
        let place = rules.iter().position(|rule| rule.id == *id)?;
        let removed = rules.remove(place);
        if rules.is_empty() {
            self.rules.remove(&principal);
        }
        Some(removed)
    }

    /// The rule of that id.
    #[must_use]
    pub fn rule(&self, id: &RuleId) -> Option<&Rule> {
        self.rules_of(self.owners.get(id)?).find(|rule| rule.id == *id)
    }

    /// The rules that name the principal, those that decide first coming first: by falling priority, denies
    /// before allows, then by id.
    pub fn rules_of(&self, principal: &Principal) -> impl Iterator<Item = &Rule> + Clone {
        self.rules.get(principal).into_iter().flatten()
    }

    /// All rules, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> + Clone {
        self.rules.values().flatten()
    }

    /// The number of rules.
    #[must_use]
    pub fn len(&self) -> usize {
        self.owners.len()
    }

    /// Whether there is no rule at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.owners.is_empty()
    }
}

impl FromIterator<Rule> for PolicySet {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        let mut set = Self::new();
        set.extend(rules);
        set
    }
}

impl Extend<Rule> for PolicySet {
    fn extend<I: IntoIterator<Item = Rule>>(&mut self, rules: I) {
        for rule in rules {
            self.insert(rule);
        }
    }
}

/// What decides first sorts first.
fn rank(rule: &Rule) -> impl Ord + '_ {
    (Reverse(rule.priority), Reverse(rule.effect), &rule.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Effect, PathPattern, Permission};

    fn rule(id: &str, principal: &str, effect: Effect, priority: i32) -> Rule {
        Rule {
            id: RuleId::new(id),
            principal: Principal::parse(principal).unwrap(),
            pattern: PathPattern::parse("**").unwrap(),
            permissions: Permission::Read.into(),
            effect,
            priority,
            expires_at: None,
        }
    }

    #[test]
    fn rules_come_in_the_order_in_which_they_decide() {
        let set = PolicySet::from_iter([
            rule("e", "a", Effect::Allow, -1),
            rule("d", "a", Effect::Allow, 0),
            rule("c", "a", Effect::Deny, 0),
            rule("b", "a", Effect::Deny, 0),
            rule("a", "a", Effect::Allow, 7),
            rule("x", "b", Effect::Allow, 9),
        ]);
        let principal = Principal::parse("a").unwrap();
        let ids: Vec<&str> = set.rules_of(&principal).map(|rule| rule.id.as_str()).collect();
        assert_eq!(ids, ["a", "b", "c", "d", "e"]);
        assert_eq!((set.len(), set.iter().count()), (6, 6));
    }

    #[test]
    fn a_rule_replaces_the_one_with_its_id_even_of_another_principal() {
        let (old, new) = (rule("r", "a", Effect::Allow, 0), rule("r", "b", Effect::Deny, 1));
        let mut set = PolicySet::new();
        assert_eq!(set.insert(old.clone()), None);
        assert_eq!(set.insert(new.clone()), Some(old.clone()));
        assert_eq!(set.rules_of(&old.principal).count(), 0);
        assert_eq!((set.rule(&new.id), set.len()), (Some(&new), 1));
    }

    #[test]
    fn a_set_emptied_again_equals_a_new_one() {
        let mut set = PolicySet::from_iter([rule("r", "a", Effect::Allow, 0)]);
        assert!(!set.is_empty());
        assert!(set.remove(&RuleId::new("r")).is_some());
        assert_eq!(set.remove(&RuleId::new("r")), None);
        assert_eq!(set.rule(&RuleId::new("r")), None);
        assert!(set.is_empty());
        assert_eq!(set, PolicySet::new());
    }
}
