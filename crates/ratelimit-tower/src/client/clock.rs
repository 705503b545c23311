//! tokio's clock, which a test can pause, as a clock of the core.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ratelimit_core::{Clock, ManualClock, StdClock, Timestamp};
use tokio::time::Instant;

/// The clock that knows what time it is on the wall: to read headers that state moments, and for the
/// beginning of a line.
#[derive(Clone)]
pub(crate) struct Wall(Arc<dyn Clock>);

/// `tokio::time::Instant` on a line of its own. It begins at the wall clock's time, as that of [`StdClock`] does:
/// days, months and fixed windows of a plan lie on it. From then on only tokio's time moves it.
#[derive(Clone)]
pub(crate) struct TokioClock {
    start: Instant,
    origin: Timestamp,
    wall: Wall,
}

// === impl Wall ===

impl Wall {
    pub(crate) fn new(clock: impl Clock) -> Self {
        Self(Arc::new(clock))
    }

    pub(crate) fn now(&self) -> SystemTime {
        let unix = self.0.unix(self.0.now());
        UNIX_EPOCH.checked_add(unix).unwrap_or(UNIX_EPOCH)
    }
}

impl std::fmt::Debug for Wall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Wall")
    }
}

impl Default for Wall {
    fn default() -> Self {
        Self::new(StdClock::new())
    }
}

// === impl TokioClock ===

impl TokioClock {
    pub(crate) fn new(wall: Wall) -> Self {
        let unix = wall.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            start: Instant::now(),
            // It sees to it that there is room on either side, whatever the wall clock says.
            origin: ManualClock::starting_at(unix).now(),
            wall,
        }
    }

    /// tokio's instant of this instant; `None` if that is further than it can count.
    pub(crate) fn instant(&self, at: Timestamp) -> Option<Instant> {
        self.start.checked_add(at.saturating_since(self.origin))
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        // The start may lie in the future of a paused clock that began before it.
        let elapsed = Instant::now().checked_duration_since(self.start);
        self.origin.saturating_add(elapsed.unwrap_or_default())
    }

    fn unix(&self, at: Timestamp) -> Duration {
        let wall = self.wall.now().duration_since(UNIX_EPOCH);
        let (wall, now) = (wall.unwrap_or_default(), self.now());
        let ahead = at.saturating_since(now);
        (wall + ahead).saturating_sub(now.saturating_since(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn follows_a_paused_clock_and_prints_the_wall_clock_it_was_given() {
        let wall = ManualClock::starting_at(Duration::from_secs(1_700_000_000));
        let clock = TokioClock::new(Wall::new(wall));
        let start = clock.now();
        assert_eq!(start.as_nanos(), 1_700_000_000_000_000_000);
        tokio::time::advance(Duration::from_secs(90)).await;
        let now = clock.now();
        assert_eq!(now.saturating_since(start), Duration::from_secs(90));
        assert_eq!(clock.instant(now), Some(Instant::now()));
        let later = now.saturating_add(Duration::from_secs(5));
        assert_eq!(clock.unix(later), Duration::from_secs(1_700_000_005));
        assert_eq!(clock.unix(start), Duration::from_secs(1_699_999_910));
    }
}
