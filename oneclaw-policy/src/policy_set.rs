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
