//! How many of something there were lately.

use std::collections::VecDeque;
use std::time::Duration;

/// Counts by the second.
#[derive(Debug)]
pub(super) struct Recent {
    /// How long is lately, in seconds.
    lately: u64,
    /// Seconds since the beginning, and how many there were in them.
    seconds: VecDeque<(u64, u64)>,
}

impl Recent {
    pub(super) fn new(lately: Duration) -> Self {
        Self {
            lately: lately.as_secs(),
            seconds: VecDeque::new(),
        }
    }

    /// One more, so long after the beginning.
    pub(super) fn add(&mut self, at: Duration) {
        let now = at.as_secs();
        self.forget(now);
        match self.seconds.back_mut() {
            Some((second, count)) if *second == now => *count += 1,
            _ => self.seconds.push_back((now, 1)),
        }
    }

    /// How many there were.
    pub(super) fn count(&mut self, at: Duration) -> u64 {
        self.forget(at.as_secs());
        self.seconds.iter().map(|(_, count)| count).sum()
    }

    fn forget(&mut self, now: u64) {
        let lately = self.lately;
        let is_old =
            |first: Option<&(u64, u64)>| first.is_some_and(|(second, _)| second + lately <= now);
        while is_old(self.seconds.front()) {
            self.seconds.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_ago_is_forgotten() {
        let mut recent = Recent::new(Duration::from_secs(60));
        let at = Duration::from_secs;
        for n in 0..30 {
            recent.add(at(n));
        }
        assert_eq!(recent.count(at(30)), 30);
        assert_eq!(recent.count(at(60)), 29);
        assert_eq!(recent.count(at(75)), 14);
        assert_eq!(recent.count(at(300)), 0);
    }
}
