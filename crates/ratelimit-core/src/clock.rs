//! Where time comes from: the only module that reads a clock.
//!
//! Decisions use monotonic time alone. Wall-clock time is only ever printed (as in
//! `X-RateLimit-Reset`): a wall clock that is set back or forward mints nothing and blocks nobody.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::time::{Timestamp, nanos};

/// The first instant of every clock: 418 days after the beginning of its time line.
///
/// A change of quota may move the start of a window up to 366 days into the past; this leaves room
/// for it. It is a whole number of days, so aligned windows begin where Unix time begins.
const ORIGIN: u64 = 418 * 24 * 3_600 * 1_000_000_000;

/// The latest start of a [`StdClock`] (in 2116): leaves 146 years before the line ends.
const LATEST_START: u64 = 1 << 62;

/// A source of time.
///
/// [`now`](Clock::now) must never go back by much: a step back blocks callers for as long as the
/// step, but admits nobody who would not have been admitted.
pub trait Clock: Send + Sync + 'static {
    /// The present instant, on this clock's own time line.
    fn now(&self) -> Timestamp;

    /// The wall time at the instant `at`, as time since the Unix epoch. It is printed, never decided on.
    fn unix(&self, at: Timestamp) -> Duration;
}

/// The clock of the operating system: `std::time::Instant`, on a line that begins with Unix time.
///
/// The line begins at the Unix time at which the clock was made, so windows that are aligned to it
/// are aligned to Unix time. From then on it is monotonic; later steps of the wall clock move what
/// [`unix`](Clock::unix) prints (within a second), and nothing else.
#[derive(Debug)]
pub struct StdClock {
    start: Instant,
    origin: u64,
    /// Wall time minus line, in nanoseconds. A hint of its own: any value it held in the last
    /// second may be printed, so `Relaxed` is enough for both words.
    offset: AtomicI64,
    /// When `offset` was last measured, in nanoseconds on the line.
    measured: AtomicU64,
}

/// A clock that stands still until it is told to move. For tests, of this crate and of its users.
///
/// Clones share one time.
#[derive(Clone, Debug)]
pub struct ManualClock {
    now: Arc<AtomicU64>,
}

/// The clock of a limiter: the ordinary one without a virtual call, or any other.
#[derive(Clone)]
pub(crate) enum SharedClock {
    Std(Arc<StdClock>),
    Other(Arc<dyn Clock>),
}

// === impl StdClock ===

impl StdClock {
    /// A clock that begins now.
    #[must_use]
    pub fn new() -> Self {
        let unix = nanos(wall());
        let origin = unix.clamp(ORIGIN, LATEST_START);
        Self {
            start: instant(),
            origin,
            offset: AtomicI64::new(difference(unix, origin)),
            measured: AtomicU64::new(origin),
        }
    }

    /// Measures the wall clock again when the last measure is a second old.
    fn offset(&self, at: u64) -> i64 {
        const EVERY: u64 = 1_000_000_000;
        if at.saturating_sub(self.measured.load(Ordering::Relaxed)) >= EVERY {
            let line = self.now().as_nanos();
            self.offset
                .store(difference(nanos(wall()), line), Ordering::Relaxed);
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

    fn unix(&self, at: Timestamp) -> Duration {
        let at = at.as_nanos();
        Duration::from_nanos(at.saturating_add_signed(self.offset(at)))
    }
}

// === impl ManualClock ===

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

// === impl SharedClock ===

impl SharedClock {
    pub(crate) fn std() -> Self {
        Self::Std(Arc::new(StdClock::new()))
    }

    pub(crate) fn other(clock: impl Clock) -> Self {
        Self::Other(Arc::new(clock))
    }

    #[inline]
    pub(crate) fn now(&self) -> Timestamp {
        match self {
            Self::Std(clock) => clock.now(),
            Self::Other(clock) => clock.now(),
        }
    }

    pub(crate) fn unix(&self, at: Timestamp) -> Duration {
        match self {
            Self::Std(clock) => clock.unix(at),
            Self::Other(clock) => clock.unix(at),
        }
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
