//! The clock of the operating system.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::tick::Ticks;
use super::{Clock, LATEST_START, ORIGIN};
use crate::time::{Timestamp, nanos};

/// The clock of the operating system: `std::time::Instant`, on a line that begins with Unix time.
///
/// The line begins at the Unix time at which the clock was made, so windows that are aligned to it
/// are aligned to Unix time. From then on it is monotonic; later steps of the wall clock move what
/// [`unix`](Clock::unix) prints (within a second), and nothing else.
///
/// On Linux, [`recent`](Clock::recent) is the system's last tick (`CLOCK_MONOTONIC_COARSE`), which
/// costs a quarter of a measurement; elsewhere it is `now`.
#[derive(Debug)]
pub struct StdClock {
    start: Instant,
    ticks: Ticks,
    origin: u64,
    /// Wall time minus line, in nanoseconds. A hint of its own: any value it held in the last
    /// second may be printed, so `Relaxed` is enough for both words.
    offset: AtomicI64,
    /// When `offset` was last measured, in nanoseconds on the line.
    measured: AtomicU64,
}

impl StdClock {
    /// A clock that begins now.
    #[must_use]
    pub fn new() -> Self {
        let unix = nanos(wall());
        let origin = unix.clamp(ORIGIN, LATEST_START);
        Self {
            // In this order: a tick is never counted from an earlier start.
            start: instant(),
            ticks: Ticks::new(),
            origin,
            offset: AtomicI64::new(difference(unix, origin)),
            measured: AtomicU64::new(origin),
        }
    }

    /// Whether [`recent`](Clock::recent) only reads what was measured already.
    #[inline]
    pub(super) fn has_ticks(&self) -> bool {
        self.ticks.are_there()
    }

    /// Measures the wall clock again when the last measure is a second old. What differs by less than a
    /// measure may err is no step of the wall clock: else what ends with a second would be printed, rounded
    /// up, as the next second.
    fn offset(&self, at: u64) -> i64 {
        const EVERY: u64 = 1_000_000_000;
        const STEP: u64 = 10_000_000;
        if at.saturating_sub(self.measured.load(Ordering::Relaxed)) >= EVERY {
            let line = self.now().as_nanos();
            let offset = difference(nanos(wall()), line);
            if offset.abs_diff(self.offset.load(Ordering::Relaxed)) >= STEP {
                self.offset.store(offset, Ordering::Relaxed);
            }
            self.measured.store(line, Ordering::Relaxed);
        }
        self.offset.load(Ordering::Relaxed)
    }
}

impl Default for StdClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for StdClock {
    #[inline]
    fn now(&self) -> Timestamp {
        let elapsed = instant() - self.start;
        // Unlike `Duration::as_nanos`, without 128 bits: a process lives for less than 584 years.
        let nanos = elapsed.as_secs() * 1_000_000_000 + u64::from(elapsed.subsec_nanos());
        Timestamp::from_nanos(self.origin + nanos)
    }

    #[inline]
    fn recent(&self) -> Timestamp {
        match self.ticks.elapsed() {
            Some(nanos) => Timestamp::from_nanos(self.origin + nanos),
            None => self.now(),
        }
    }

    fn unix(&self, at: Timestamp) -> Duration {
        let at = at.as_nanos();
        Duration::from_nanos(at.saturating_add_signed(self.offset(at)))
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that may ask")]
#[inline]
fn instant() -> Instant {
    Instant::now()
}

/// Wall time since the Unix epoch; zero for a clock that is set before it.
#[expect(clippy::disallowed_methods, reason = "the one place that may ask")]
fn wall() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

fn difference(a: u64, b: u64) -> i64 {
    i64::try_from(i128::from(a) - i128::from(b)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_clock_prints_unix_time_and_never_goes_back() {
        let clock = StdClock::new();
        let first = clock.now();
        let unix = clock.unix(first);
        assert!(wall().abs_diff(unix) < Duration::from_secs(5));
        assert!(clock.now() >= first);
    }

    #[test]
    fn what_ends_with_a_second_is_printed_as_that_second() {
        let clock = StdClock::new();
        let whole = Timestamp::from_nanos(clock.now().as_nanos() / 1_000_000_000 * 1_000_000_000);
        let printed = clock.unix(whole);
        for _ in 0..1_000 {
            // As if the last measure were a second old.
            clock.measured.store(0, Ordering::Relaxed);
            assert_eq!(clock.unix(whole), printed);
        }
        assert_eq!(printed.subsec_nanos(), 0);
    }

    #[test]
    fn a_step_of_the_wall_clock_is_printed() {
        let clock = StdClock::new();
        clock.offset.store(-5_000_000_000, Ordering::Relaxed);
        let now = clock.now();
        assert!(wall().abs_diff(clock.unix(now)) > Duration::from_secs(4));
        clock.measured.store(0, Ordering::Relaxed);
        assert!(wall().abs_diff(clock.unix(now)) < Duration::from_secs(1));
    }

    #[test]
    fn a_recent_instant_is_never_ahead_and_never_far_behind() {
        let clock = StdClock::new();
        for _ in 0..100_000 {
            let before = clock.now();
            let recent = clock.recent();
            assert!(recent <= clock.now());
            // A machine under load may stall between a tick and its being counted.
            assert!(before.saturating_since(recent) < Duration::from_secs(1));
        }
    }
}
