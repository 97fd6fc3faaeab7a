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
