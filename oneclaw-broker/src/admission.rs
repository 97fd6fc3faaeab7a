use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use crate::BrokerError;

/// How many calls whose scrubber found something a binding may have in an hour (INV-8).
const MAX_HITS: usize = 20;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * 60;

/// The most bindings that are kept though they were not used for an hour.
const IDLE: usize = 1024;

/// The rate of each binding, and how often its scrubber found something.
#[derive(Debug, Default)]
pub(crate) struct Admission(Mutex<HashMap<String, Usage>>);

#[derive(Debug, Default)]
struct Usage {
    /// Seconds, the oldest first.
    calls: VecDeque<i64>,
    hits: VecDeque<i64>,
    suspended: bool,
}

impl Admission {
    /// Counts a call, unless the binding is suspended or was called too often within the last minute.
    pub(crate) fn admit(&self, binding: &str, per_minute: u32, now: i64) -> Result<(), BrokerError> {
        let mut bindings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if bindings.len() > IDLE {
            bindings.retain(|_, usage| !usage.is_idle(now));
        }
        let usage = bindings.entry(binding.to_owned()).or_default();
        if usage.suspended {
            return Err(BrokerError::Suspended);
        }
        forget(&mut usage.calls, MINUTE, now);
        if usage.calls.len() >= usize::try_from(per_minute).unwrap_or(usize::MAX) {
            let oldest = usage.calls.front().copied().unwrap_or(now);
            let retry_after = u32::try_from(oldest + MINUTE - now).unwrap_or(1).max(1);
            return Err(BrokerError::RateLimited { per_minute, retry_after });
        }
        usage.calls.push_back(now);
        Ok(())
    }

    /// Counts a call whose scrubber found something; too many within an hour suspend the binding.
    pub(crate) fn record_hit(&self, binding: &str, now: i64) {
        let mut bindings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let usage = bindings.entry(binding.to_owned()).or_default();
        forget(&mut usage.hits, HOUR, now);
        usage.hits.push_back(now);
        usage.suspended |= usage.hits.len() > MAX_HITS;
    }

    /// Lifts a suspension and forgets the hits.
    pub(crate) fn resume(&self, binding: &str) {
        let mut bindings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(usage) = bindings.get_mut(binding) {
            usage.suspended = false;
            usage.hits.clear();
        }
    }
}

impl Usage {
    fn is_idle(&self, now: i64) -> bool {
        let last = self.calls.back().copied().max(self.hits.back().copied()).unwrap_or(i64::MIN);
        !self.suspended && now.saturating_sub(last) >= HOUR
    }
}

/// Drops what is older than `span`, or from after a clock was set back.
fn forget(times: &mut VecDeque<i64>, span: i64, now: i64) {
    times.retain(|at| (0..span).contains(&now.saturating_sub(*at)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_over_any_minute() {
        let admission = Admission::default();
        for now in [0, 30] {
            admission.admit("b", 2, now).unwrap();
        }
        let refused = |retry_after| Err(BrokerError::RateLimited { per_minute: 2, retry_after });
        assert_eq!(admission.admit("b", 2, 59), refused(1));
        assert_eq!(admission.admit("c", 2, 59), Ok(()));
        assert_eq!(admission.admit("b", 2, 60), Ok(()));
        assert_eq!(admission.admit("b", 2, 60), refused(30));
    }

    #[test]
    fn inv_8_hits_suspend_within_an_hour_only() {
        let admission = Admission::default();
        for hit in 0..100 {
            admission.record_hit("slow", hit * HOUR / 20);
        }
        assert_eq!(admission.admit("slow", 1, 100 * HOUR), Ok(()));
        for _ in 0..=MAX_HITS {
            assert_eq!(admission.admit("fast", 100, 0), Ok(()));
            admission.record_hit("fast", 0);
        }
        assert_eq!(admission.admit("fast", 100, 100 * HOUR), Err(BrokerError::Suspended));
        admission.resume("fast");
        assert_eq!(admission.admit("fast", 100, 100 * HOUR), Ok(()));
    }

    #[test]
    fn idle_bindings_are_forgotten_and_suspended_ones_are_not() {
        let admission = Admission::default();
        for _ in 0..=MAX_HITS {
            admission.record_hit("suspended", 0);
        }
        for binding in 0..2 * IDLE {
            admission.admit(&binding.to_string(), 1, 0).unwrap();
        }
        admission.admit("last", 1, HOUR).unwrap();
        assert_eq!(admission.0.lock().unwrap().len(), 2);
        assert_eq!(admission.admit("suspended", 1, HOUR), Err(BrokerError::Suspended));
    }
}
