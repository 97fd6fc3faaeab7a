use std::fmt::Debug;

use jiff::Timestamp;

/// Tells the time; everything that expires asks one.
pub trait Clock: Send + Sync + Debug {
    /// Returns the current time, in whole microseconds (what the store keeps).
    fn now(&self) -> Timestamp;
}

/// The wall clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

/// A clock that stands still until it is moved, for tests.
#[cfg(feature = "test-util")]
#[derive(Debug)]
pub struct ManualClock(std::sync::atomic::AtomicI64);

#[cfg(feature = "test-util")]
impl ManualClock {
    /// Makes a clock that shows `start`.
    #[must_use]
    pub fn new(start: Timestamp) -> Self {
        Self(std::sync::atomic::AtomicI64::new(start.as_microsecond()))
    }

    /// Moves the clock by `seconds`, which may be negative.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds.saturating_mul(1_000_000), std::sync::atomic::Ordering::SeqCst);
    }
}

#[cfg(feature = "test-util")]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(std::sync::atomic::Ordering::SeqCst))
            .unwrap_or(Timestamp::UNIX_EPOCH)
    }
}
