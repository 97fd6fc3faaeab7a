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
