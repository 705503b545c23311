//! How many there were in the last minute.

use std::time::Duration;

const SECONDS: usize = 60;

/// A count for each of the last sixty seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct LastMinute {
    counts: [u32; SECONDS],
    /// The second that was counted last, since the beginning.
    last: u64,
}

impl LastMinute {
    pub(super) const fn new() -> Self {
        Self {
            counts: [0; SECONDS],
            last: 0,
        }
    }

    /// One more, so long after the beginning.
    pub(super) fn add(&mut self, at: Duration) {
        self.turn(at.as_secs());
        let count = &mut self.counts[place(self.last)];
        *count = count.saturating_add(1);
    }

    /// How many there were in the minute before this.
    pub(super) fn count(&self, at: Duration) -> u64 {
        let mut now = *self;
        now.turn(at.as_secs());
        now.counts.iter().copied().map(u64::from).sum()
    }

    /// Forgets what is over. A clock of another thread may be a little behind: that is now.
    fn turn(&mut self, now: u64) {
        let passed = now.saturating_sub(self.last).min(SECONDS as u64);
        for second in 0..passed {
            self.counts[place(now - second)] = 0;
        }
        self.last = self.last.max(now);
    }
}

#[allow(clippy::cast_possible_truncation, reason = "it is less than sixty")]
const fn place(second: u64) -> usize {
    (second % SECONDS as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_sixty_seconds() {
        let at = Duration::from_secs;
        let mut minute = LastMinute::new();
        assert_eq!(minute.count(at(0)), 0);
        for second in 0..90 {
            minute.add(at(second));
            minute.add(at(second));
        }
        assert_eq!(minute.count(at(89)), 120);
        assert_eq!(minute.count(at(90)), 118);
        assert_eq!(minute.count(at(148)), 2);
        assert_eq!(minute.count(at(149)), 0);
        minute.add(at(1_000_000));
        minute.add(at(999_999)); // another thread's clock
        assert_eq!(minute.count(at(1_000_001)), 2);
    }
}
