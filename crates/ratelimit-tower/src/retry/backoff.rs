//! How long to wait before the next try.

use std::time::Duration;

use crate::client::{LONGEST_PAUSE, Wall};

/// See [`RetryLayer::with_max_tries`](super::RetryLayer::with_max_tries).
const TRIES: u32 = 5;

/// See [`RetryLayer::with_max_refusals`](super::RetryLayer::with_max_refusals).
const REFUSALS: u32 = 50;

/// See [`RetryLayer::with_longest_wait`](super::RetryLayer::with_longest_wait).
const LONGEST_GUESS: Duration = Duration::from_secs(300);

/// When, and how often.
#[derive(Clone, Debug)]
pub(super) struct Backoff {
    /// As it was set: what the one is without the other, in whatever order, is found out when it is asked for.
    pub(super) tries: Option<u32>,
    pub(super) refusals: Option<u32>,
    pub(super) base: Duration,
    /// None: what is guessed is cut sooner than what a server states.
    pub(super) longest: Option<Duration>,
    pub(super) total: Option<Duration>,
    pub(super) wall: Wall,
}

impl Backoff {
    /// How often a request is sent at most.
    pub(super) fn max_tries(&self) -> u32 {
        self.tries.unwrap_or(TRIES)
    }

    /// How often it is sent again, beside that, after it was refused with a time to come back. Who says how often
    /// a request may be sent, and no more, means all of it.
    pub(super) fn max_refusals(&self) -> u32 {
        let unset = self.tries.map_or(REFUSALS, |_| 0);
        self.refusals.unwrap_or(unset)
    }

    /// The wait after the `tries`-th try: what was stated, and then some; or something up to twice as
    /// much each time. `None` if it is known to be longer than may be waited.
    pub(super) fn wait(&self, tries: u32, stated: Option<Duration>) -> Option<Duration> {
        let doubled = self.base.saturating_mul(2_u32.saturating_pow(tries - 1));
        let jitter = random_up_to(doubled.min(self.longest.unwrap_or(LONGEST_GUESS)));
        // Those behind it in a throttle's line wait for as long: the one that was refused must not fare worse.
        let longest_stated = self.longest.unwrap_or(LONGEST_PAUSE);
        match stated {
            // Never less than was stated: who comes a moment too early pays with a whole round.
            Some(stated) if stated <= longest_stated => Some(stated.saturating_add(jitter)),
            Some(_) => None,
            None => Some(jitter),
        }
    }
}

fn random_up_to(most: Duration) -> Duration {
    let most = u64::try_from(most.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(fastrand::u64(0..=most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backoff() -> Backoff {
        Backoff {
            tries: None,
            refusals: None,
            base: Duration::from_secs(1),
            longest: None,
            total: None,
            wall: Wall::default(),
        }
    }

    #[test]
    fn jitter_never_goes_below_the_stated_time_nor_above_the_cap() {
        let (backoff, stated) = (backoff(), Duration::from_secs(7));
        for tries in (1..40).cycle().take(4000) {
            let most = Duration::from_secs(300.min(1 << (tries - 1).min(20)));
            assert!(backoff.wait(tries, None).unwrap() <= most);
            let told = backoff.wait(tries, Some(stated)).unwrap();
            assert!(told >= stated && told <= stated + most);
        }
    }

    #[test]
    fn jitter_is_full() {
        let backoff = backoff();
        let waits: Vec<_> = (0..1000).filter_map(|_| backoff.wait(3, None)).collect();
        assert!(waits.iter().any(|wait| *wait < Duration::from_millis(500)));
        assert!(waits.iter().any(|wait| *wait > Duration::from_millis(3500)));
    }

    #[test]
    fn what_is_longer_than_may_be_waited_is_not_waited_for() {
        let waits = |longest, seconds| {
            let backoff = Backoff {
                longest,
                ..backoff()
            };
            let wait = backoff.wait(1, Some(Duration::from_secs(seconds)));
            wait.is_some()
        };
        assert!(waits(None, 3600) && !waits(None, 3601));
        let short = Some(Duration::from_secs(20));
        assert!(waits(short, 20) && !waits(short, 21));
        let long = Some(Duration::from_secs(7200));
        assert!(waits(long, 7200) && !waits(long, 7201));
    }
}
