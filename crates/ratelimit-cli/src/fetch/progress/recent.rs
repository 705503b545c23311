//! How many of something there were lately.

use std::collections::VecDeque;
use std::time::Duration;

/// How long is lately, in seconds.
const LATELY: u64 = 60;

/// Counts by the second.
#[derive(Debug, Default)]
pub(super) struct Recent {
    /// Seconds since the beginning, and how many there were in them.
    seconds: VecDeque<(u64, u64)>,
}

impl Recent {
    /// One more, so long after the beginning.
    pub(super) fn add(&mut self, at: Duration) {
        let now = at.as_secs();
        self.forget(now);
        match self.seconds.back_mut() {
            Some((second, count)) if *second == now => *count += 1,
            _ => self.seconds.push_back((now, 1)),
        }
    }

    /// How many a minute. Before the first minute is over, as many as there would be if it went on so;
    /// `None` if there was too little time to say.
    pub(super) fn per_minute(&mut self, at: Duration) -> Option<u64> {
        self.forget(at.as_secs());
        let count: u64 = self.seconds.iter().map(|(_, count)| count).sum();
        let time = at.min(Duration::from_secs(LATELY)).as_millis();
        let time = u64::try_from(time).ok().filter(|millis| *millis >= 1000)?;
        Some((count * 60_000 + time / 2) / time)
    }

    fn forget(&mut self, now: u64) {
        while self
            .seconds
            .front()
            .is_some_and(|(second, _)| second + LATELY <= now)
        {
            self.seconds.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_that_of_the_last_minute() {
        let mut recent = Recent::default();
        let at = Duration::from_millis;
        assert_eq!(recent.per_minute(at(999)), None);
        for n in 0..30 {
            recent.add(at(n * 1000));
        }
        assert_eq!(recent.per_minute(at(30_000)), Some(60));
        assert_eq!(recent.per_minute(at(60_000)), Some(29));
        assert_eq!(recent.per_minute(at(75_000)), Some(14));
        assert_eq!(recent.per_minute(at(300_000)), Some(0));
    }
}
