use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use oneclaw_api::SecretValue;
use secrecy::ExposeSecret;

use crate::{BrokerError, Scrubber};

/// How many values of a principal are remembered.
const VALUES: usize = 256;

/// How long a value is remembered, in seconds.
const DAY: i64 = 24 * 60 * 60;

/// The values that were injected for each principal, and what scrubs them: a value that one call left upstream can
/// come back in the reply of a later one (INV-7).
#[derive(Default)]
pub(crate) struct Memory(Mutex<HashMap<String, Injected>>);

struct Injected {
    /// The oldest first.
    values: VecDeque<(i64, SecretValue)>,
    scrubber: Arc<Scrubber>,
}

impl Memory {
    /// Remembers a value, and returns a scrubber of all that are remembered for the principal, this one included.
    pub(crate) fn remember(
        &self,
        principal: &str,
        value: &SecretValue,
        now: i64,
    ) -> Result<Arc<Scrubber>, BrokerError> {
        let mut principals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        principals.retain(|name, injected| {
            name == principal || injected.values.back().is_some_and(|(at, _)| fresh(*at, now))
        });
        let injected = match principals.get_mut(principal) {
            Some(injected) => injected,
            None => principals
                .entry(principal.to_owned())
                .or_insert(Injected { values: VecDeque::new(), scrubber: Arc::new(Scrubber::new([])?) }),
        };
        if injected.insert(value, now) {
            // A failure leaves the value remembered and the call unsent.
            injected.scrubber = Arc::new(Scrubber::new(injected.values.iter().map(|(_, value)| value))?);
        }
        Ok(Arc::clone(&injected.scrubber))
    }
}

impl Injected {
    /// Puts a value last, drops what is too old or too much, and tells whether the set changed.
    fn insert(&mut self, value: &SecretValue, now: i64) -> bool {
        let before = self.values.len();
        let known = self.values.iter().position(|(_, known)| known.ct_eq(value));
        let kept = known
            .and_then(|at| self.values.remove(at))
            .map_or_else(|| SecretValue::from_bytes(value.expose_secret()), |(_, value)| value);
        self.values.retain(|(at, _)| fresh(*at, now));
        while self.values.len() >= VALUES {
            self.values.pop_front();
        }
        self.values.push_back((now, kept));
        known.is_none() || self.values.len() != before
    }
}

/// Tells whether a moment is within the day; a clock that was set back forgets nothing.
const fn fresh(at: i64, now: i64) -> bool {
    now.saturating_sub(at) < DAY
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memory(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(number: usize) -> SecretValue {
        SecretValue::from_bytes(format!("value-number-{number:04}").as_bytes())
    }

    fn knows(scrubber: &Scrubber, number: usize) -> bool {
        scrubber.count(format!("value-number-{number:04}").as_bytes()) == 1
    }

    #[test]
    fn inv_7_the_last_256_values_of_a_day_are_scrubbed() {
        let memory = Memory::default();
        for number in 0..=VALUES {
            memory.remember("agent", &value(number), 0).unwrap();
        }
        // One again: the second is now the oldest.
        let scrubber = memory.remember("agent", &value(1), 0).unwrap();
        assert!(!knows(&scrubber, 0) && knows(&scrubber, 1) && knows(&scrubber, VALUES));
        let scrubber = memory.remember("agent", &value(VALUES + 1), 0).unwrap();
        assert!(knows(&scrubber, 1) && !knows(&scrubber, 2) && knows(&scrubber, 3));
    }

    #[test]
    fn a_value_is_forgotten_after_a_day_without_use() {
        let memory = Memory::default();
        memory.remember("agent", &value(1), 0).unwrap();
        memory.remember("agent", &value(2), 10).unwrap();
        assert!(knows(&memory.remember("agent", &value(3), DAY - 1).unwrap(), 1));
        let scrubber = memory.remember("agent", &value(3), DAY).unwrap();
        assert!(!knows(&scrubber, 1) && knows(&scrubber, 2));
        // Set back, the clock forgets nothing.
        assert!(knows(&memory.remember("agent", &value(3), -DAY).unwrap(), 2));
        memory.remember("other", &value(4), 3 * DAY).unwrap();
        assert_eq!(memory.0.lock().unwrap().len(), 1);
    }

    #[test]
    fn principals_share_nothing() {
        let memory = Memory::default();
        memory.remember("agent", &value(1), 0).unwrap();
        assert!(!knows(&memory.remember("other", &value(2), 0).unwrap(), 1));
    }

    #[test]
    fn the_scrubber_is_made_again_only_for_another_set() {
        let memory = Memory::default();
        let first = memory.remember("agent", &value(1), 0).unwrap();
        assert!(Arc::ptr_eq(&first, &memory.remember("agent", &value(1), 5).unwrap()));
        assert!(!Arc::ptr_eq(&first, &memory.remember("agent", &value(2), 5).unwrap()));
    }
}
