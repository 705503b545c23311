//! The clock of tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{Clock, LATEST_START, ORIGIN};
use crate::time::{Timestamp, nanos};

/// A clock that stands still until it is told to move. For tests, of this crate and of its users.
///
/// Clones share one time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: Arc<AtomicU64>,
}

impl ManualClock {
    /// A clock that stands at the beginning.
    #[must_use]
    pub fn new() -> Self {
        Self::starting_at(Duration::from_nanos(ORIGIN))
    }

    /// A clock whose wall time is `unix` after the Unix epoch (418 days at the least).
    #[must_use]
    pub fn starting_at(unix: Duration) -> Self {
        let now = nanos(unix).clamp(ORIGIN, LATEST_START);
        Self {
            now: Arc::new(AtomicU64::new(now)),
        }
    }

    /// Moves the time forward by `step`.
    pub fn advance(&self, step: Duration) {
        self.update(|now| now.saturating_add(nanos(step)));
    }

    /// Moves the time back by `step`, as a faulty clock would. Not before the beginning of the line.
    pub fn step_back(&self, step: Duration) {
        self.update(|now| now.saturating_sub(nanos(step)));
    }

    fn update(&self, step: impl Fn(u64) -> u64) {
        let step = |now| Some(step(now));
        // The closure never returns `None`, so the update always succeeds.
        let _ = self
            .now
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, step);
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.now.load(Ordering::SeqCst))
    }

    fn unix(&self, at: Timestamp) -> Duration {
        Duration::from_nanos(at.as_nanos())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told_and_is_shared_by_its_clones() {
        let clock = ManualClock::starting_at(Duration::from_secs(1_700_000_000));
        let twin = clock.clone();
        let start = clock.now();
        twin.advance(Duration::from_millis(1500));
        assert_eq!(
            clock.now().saturating_since(start),
            Duration::from_millis(1500)
        );
        clock.step_back(Duration::from_millis(500));
        assert_eq!(
            twin.unix(twin.now()),
            Duration::from_millis(1_700_000_001_000)
        );
    }
}
