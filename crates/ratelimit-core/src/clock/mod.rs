//! Where time comes from: the only module that reads a clock.
//!
//! Decisions use monotonic time alone. Wall-clock time is only ever printed (as in
//! `X-RateLimit-Reset`): a wall clock that is set back or forward mints nothing and blocks nobody.

mod manual;
mod system;
mod tick;

pub use manual::ManualClock;
pub use system::StdClock;

use std::sync::Arc;
use std::time::Duration;

use crate::time::Timestamp;

/// The first instant of every clock: 418 days after the beginning of its time line.
///
/// A change of quota may move the start of a window up to 366 days into the past; this leaves room
/// for it. It is a whole number of days, so aligned windows begin where Unix time begins.
const ORIGIN: u64 = 418 * 24 * 3_600 * 1_000_000_000;

/// The latest start of a clock (in 2116): leaves 146 years before the line ends.
const LATEST_START: u64 = 1 << 62;

/// How old an instant may be that counts as [recent](Clock::recent), in nanoseconds: 10 ms, the
/// coarsest tick of a system that is in use.
const RECENT: u64 = 10_000_000;

/// A source of time.
///
/// [`now`](Clock::now) must never go back by much: a step back blocks callers for as long as the
/// step, but admits nobody who would not have been admitted.
pub trait Clock: Send + Sync + 'static {
    /// The present instant, on this clock's own time line.
    fn now(&self) -> Timestamp;

    /// An instant that is not after now, and at most 10 ms before it. For a clock that can say so for
    /// less than what [`now`](Self::now) costs; by default it is `now`.
    ///
    /// A limiter asks for it where so little does not matter, and asks again where it does: see
    /// [`Policy::gcra`](crate::Policy::gcra).
    #[inline]
    fn recent(&self) -> Timestamp {
        self.now()
    }

    /// The wall time at the instant `at`, as time since the Unix epoch. It is printed, never decided on.
    fn unix(&self, at: Timestamp) -> Duration;
}

/// The clock of a limiter: the ordinary one without a virtual call, or any other.
#[derive(Clone)]
pub(crate) enum SharedClock {
    Std(Arc<StdClock>),
    Other(Arc<dyn Clock>),
}

/// What a check knows of the present.
#[derive(Clone, Copy)]
pub(crate) struct Present {
    pub(crate) nanos: u64,
    /// By how much it may be over; 0 if it was measured.
    pub(crate) age: u64,
}

// === impl Present ===

impl Present {
    /// What was measured.
    #[inline]
    pub(crate) fn measured(nanos: u64) -> Self {
        Self { nanos, age: 0 }
    }

    /// The instant, unless it may be over.
    pub(crate) fn nanos_if_measured(self) -> Option<u64> {
        (self.age == 0).then_some(self.nanos)
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

    /// The [recent](Self::recent) present, if it takes more than to read what was measured already: for who is about to
    /// take a lock, under which nobody should wait, and no foreign code run.
    #[inline]
    pub(crate) fn recent_in_advance(&self) -> Option<Present> {
        match self {
            Self::Std(clock) if clock.has_ticks() => None,
            _ => Some(self.recent()),
        }
    }

    /// The present, which may be over by as much as an instant that counts as [recent](Clock::recent).
    #[inline]
    pub(crate) fn recent(&self) -> Present {
        let recent = match self {
            Self::Std(clock) => clock.recent(),
            Self::Other(clock) => clock.recent(),
        };
        Present {
            nanos: recent.as_nanos(),
            age: RECENT,
        }
    }

    pub(crate) fn unix(&self, at: Timestamp) -> Duration {
        match self {
            Self::Std(clock) => clock.unix(at),
            Self::Other(clock) => clock.unix(at),
        }
    }
}
