//! The time line of a run: the server's clock, on tokio's paused one.

use std::time::Duration;

use ratelimit_core::{Clock, Timestamp};
use tokio::time::Instant;

/// Noon of a day, so that no day ends within a run.
const NOON: Duration = Duration::from_secs(1_772_452_800);

/// Where a run lies on the server's clock.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    start: Instant,
    unix: Duration,
}

/// A client's wall clock, which may be wrong.
#[derive(Clone, Copy, Debug)]
pub struct Wall {
    line: Line,
    skew: i32,
}

/// The server's clock when a run starts `phase` after the beginning of a window.
pub(crate) fn start_of(phase: Duration) -> Timestamp {
    nanos(NOON + phase)
}

impl Line {
    /// A run that starts now.
    #[must_use]
    pub fn starting_now(phase: Duration) -> Self {
        Self {
            start: Instant::now(),
            unix: NOON + phase,
        }
    }

    /// The present, as time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// The present on the server's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        nanos(self.unix())
    }

    /// The present on the server's clock, since the Unix epoch.
    #[must_use]
    pub fn unix(&self) -> Duration {
        self.unix + self.elapsed()
    }

    /// The server's clock at a time since the start.
    pub(crate) fn at(&self, since_start: Duration) -> Timestamp {
        nanos(self.unix_at(since_start))
    }

    /// The same, since the Unix epoch.
    pub(crate) fn unix_at(&self, since_start: Duration) -> Duration {
        self.unix + since_start
    }

    /// How long after the start an instant is.
    pub(crate) fn since_start(&self, instant: Instant) -> Duration {
        instant.saturating_duration_since(self.start)
    }

    /// tokio's instant of so long after the start.
    #[must_use]
    pub fn instant(&self, after: Duration) -> Instant {
        self.start + after
    }

    /// A wall clock that is so many seconds ahead.
    #[must_use]
    pub fn wall(&self, skew: i32) -> Wall {
        Wall { line: *self, skew }
    }
}

impl Clock for Wall {
    fn now(&self) -> Timestamp {
        self.line.now()
    }

    fn unix(&self, at: Timestamp) -> Duration {
        let ahead = Duration::from_secs(self.skew.unsigned_abs().into());
        let unix = Duration::from_nanos(at.as_nanos());
        if self.skew < 0 {
            unix - ahead
        } else {
            unix + ahead
        }
    }
}

impl Wall {
    /// What it shows.
    #[must_use]
    pub fn shown(&self) -> Duration {
        self.unix(self.now())
    }
}

fn nanos(unix: Duration) -> Timestamp {
    Timestamp::from_nanos(0).saturating_add(unix)
}
