//! What the answers of a server teach.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use ratelimit_core::wait::{Gate, News, Pass};
use ratelimit_headers::Reading;

use super::adapt::keep_seat;
use super::costs::Costs;
use super::translate::believable;
use crate::client::{LONGEST_PAUSE, Wall, believable_reset, stated_wait_of};

/// What is made of the headers of an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lessons {
    pub(super) learns: bool,
    /// At this much left, what is left is spread.
    pub(super) low: u64,
    pub(super) longest_gap: Duration,
    /// After a 429 that does not say how long.
    pub(super) default_pause: Duration,
    pub(super) jitter: Duration,
    /// In percent of the wait.
    pub(super) jitter_part: u32,
    /// A pause that goes on for longer is not waited for.
    pub(super) longest_pause: Duration,
}

/// What some policy of an answer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pace {
    Spread { every: Duration, until: Duration },
    Closed { until: Duration },
}

impl Default for Lessons {
    fn default() -> Self {
        Self {
            learns: true,
            low: 10,
            longest_gap: Duration::from_secs(30),
            default_pause: Duration::from_secs(1),
            jitter: Duration::from_secs(3),
            jitter_part: 60,
            longest_pause: LONGEST_PAUSE,
        }
    }
}

impl Lessons {
    pub(super) fn apply(
        &self,
        (gate, pass): (&Gate, &mut Pass),
        costs: &Costs,
        wall: &Wall,
        (status, headers): (StatusCode, &HeaderMap),
    ) {
        if !self.learns {
            return;
        }
        let reading = ratelimit_headers::read(headers, wall.now());
        if let Some(wait) = self.stated_or_default(status, headers, &reading) {
            let is_stated = stated_wait_of(status, headers, &reading).is_some();
            let wait = believable(wait, self.longest_pause);
            let wait = wait.saturating_add(self.jitter_for(wait));
            gate.pause_until(gate.now().saturating_add(wait));
            // Without a time, the one who retries knows better: it waits longer each time.
            keep_seat(pass, is_stated && gate.paused_until().is_some());
        } else if !reading.policies().is_empty() {
            pass.tell(self.news(gate, costs, &reading));
        }
    }

    fn stated_or_default(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        reading: &Reading,
    ) -> Option<Duration> {
        let stated = stated_wait_of(status, headers, reading);
        let refused = status == StatusCode::TOO_MANY_REQUESTS;
        stated.or(refused.then_some(self.default_pause))
    }

    /// Several processes that were told the same second must not all come in it. Never shortens: the
    /// stated time is the least.
    pub(super) fn jitter_for(&self, wait: Duration) -> Duration {
        let most = (wait.saturating_mul(self.jitter_part) / 100).min(self.jitter);
        let most = u64::try_from(most.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(fastrand::u64(0..=most))
    }

    fn news(&self, gate: &Gate, costs: &Costs, reading: &Reading) -> News {
        let at = |after: Duration| gate.now().saturating_add(after);
        match self.tightest(costs, reading) {
            Some(Pace::Closed { until }) => News::Closed { until: at(until) },
            Some(Pace::Spread { every, until }) => News::Pace {
                every,
                until: at(until),
            },
            None => News::Open,
        }
    }

    fn tightest(&self, costs: &Costs, reading: &Reading) -> Option<Pace> {
        let concerning = reading.policies().iter().filter(|p| costs.concern(p));
        let paces = concerning.filter_map(|policy| {
            let left = policy.remaining().filter(|left| *left <= self.low)?;
            let until = believable_reset(policy).filter(|reset| !reset.is_zero())?;
            Some(match u32::try_from(left) {
                Ok(0) => Pace::Closed {
                    until: believable(until, self.longest_pause),
                },
                Ok(left) => Pace::Spread {
                    every: (until / left).min(self.longest_gap),
                    until,
                },
                Err(_) => return None,
            })
        });
        paces.max()
    }
}
