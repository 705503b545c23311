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

    /// How many a minute. Before that time is over, as many as there would be if it went on so;
    /// `None` if there was too little time to say.
    pub(super) fn per_minute(&mut self, at: Duration) -> Option<u64> {
        let count = self.count(at);
        let time = at.min(Duration::from_secs(self.lately)).as_millis();
        let time = u64::try_from(time).ok().filter(|millis| *millis >= 1000)?;
        Some((count * 60_000 + time / 2) / time)
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
    fn a_rate_is_that_of_the_last_minute() {
        let mut recent = Recent::new(Duration::from_secs(60));
        let at = Duration::from_millis;
        assert_eq!(recent.per_minute(at(999)), None);
        for n in 0..30 {
            recent.add(at(n * 1000));
        }
        assert_eq!(recent.per_minute(at(30_000)), Some(60));
        assert_eq!(recent.count(at(30_000)), 30);
        assert_eq!(recent.per_minute(at(60_000)), Some(29));
        assert_eq!(recent.per_minute(at(75_000)), Some(14));
        assert_eq!(recent.per_minute(at(300_000)), Some(0));
    }
}
