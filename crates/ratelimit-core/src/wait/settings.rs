//! What is set when a gate is made.

use std::time::Duration;

use super::queue::Rules;
use crate::time::nanos;

/// How a [`Gate`](super::Gate) treats those who wait.
///
/// ```
/// use ratelimit_core::wait::Settings;
/// use std::time::Duration;
///
/// let settings = Settings::new()
///     .with_max_waiting(100)
///     .with_min_interval(Duration::from_millis(500))
///     .with_percent_of_limit(90);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    max_waiting: usize,
    min_interval: Duration,
    tolerance: Duration,
    longest_pause: Duration,
    patience: Duration,
    pub(super) percent: u32,
}

impl Settings {
    /// At most 10,000 may wait; no minimal interval; pauses are waited for; all of each limit is used.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            max_waiting: 10_000,
            min_interval: Duration::ZERO,
            tolerance: Duration::from_millis(2),
            longest_pause: Duration::MAX,
            patience: Duration::from_secs(10),
            percent: 100,
        }
    }

    /// How many may wait; who comes when they do is refused. With 0 nobody ever waits.
    #[must_use]
    pub const fn with_max_waiting(mut self, waiters: usize) -> Self {
        self.max_waiting = waiters;
        self
    }

    /// The least time between two sends, whatever they cost.
    #[must_use]
    pub const fn with_min_interval(mut self, interval: Duration) -> Self {
        self.min_interval = interval;
        self
    }

    /// How late a timer may fire without slowing down a token bucket; 2 ms if not set, because
    /// timers commonly tick once a millisecond. It is what a bucket may catch up, no more.
    #[must_use]
    pub const fn with_tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// The longest rest of a pause that is waited for; whoever comes, or waits, when a pause goes on
    /// for longer is refused at once. The pause itself is as long as it is.
    #[must_use]
    pub const fn with_longest_pause(mut self, pause: Duration) -> Self {
        self.longest_pause = pause;
        self
    }

    /// How long a caller of [priority](super::Priority) 1 waits before it takes turns with those that
    /// are more urgent; of priority 3 three times as long, and so on. 10 s if not set: of
    /// [`NORMAL`](super::Priority::NORMAL) callers 30 s, of
    /// [`BACKGROUND`](super::Priority::BACKGROUND) ones 70 s.
    ///
    /// Every fourth turn is then for whoever lost patience first. So nobody starves, however many
    /// urgent callers come; and an urgent one goes next, or after one of those, however many they are.
    /// [`Duration::MAX`] is patience without end.
    #[must_use]
    pub const fn with_patience(mut self, step: Duration) -> Self {
        self.patience = step;
        self
    }

    /// Uses only this part of each limit and burst, rounded down: 90 leaves a tenth to others who
    /// share the quota, and to clocks and networks that are not quite even. Between 1 and 100; caps
    /// on concurrency are used whole.
    #[must_use]
    pub const fn with_percent_of_limit(mut self, percent: u32) -> Self {
        self.percent = match percent {
            0 => 1,
            1..=100 => percent,
            _ => 100,
        };
        self
    }

    /// The part of each limit that is used: see [`with_percent_of_limit`](Self::with_percent_of_limit).
    #[must_use]
    pub const fn percent_of_limit(&self) -> u32 {
        self.percent
    }

    pub(super) fn rules(&self) -> Rules {
        Rules {
            max_waiting: self.max_waiting,
            min_interval: nanos(self.min_interval),
            tolerance: nanos(self.tolerance),
            longest_pause: nanos(self.longest_pause),
            patience: nanos(self.patience),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}
