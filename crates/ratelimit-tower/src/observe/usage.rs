//! Counts what is observed, for people to look at.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::last_minute::LastMinute;
use super::standing::Standings;
use super::summary::Summary;
use super::{Answered, Event, Observe};

/// Counts requests, refusals and waits. Clones count together: keep one, and give the others to layers.
///
/// [`summary`](Self::summary) tells how it stands, at any time. All of its numbers are of one moment: they
/// are kept behind one lock, which is held for some nanoseconds for each event.
///
/// It counts what it is told. Sends, answers and waits come from a throttle, retries from a
/// [`RetryLayer`](crate::retry::RetryLayer::with_observer): give it to both.
///
/// ```
/// use ratelimit_tower::observe::Usage;
/// use ratelimit_tower::throttle::ThrottleLayer;
///
/// let usage = Usage::new();
/// let layer = ThrottleLayer::adaptive().with_observer(usage.clone());
///
/// // Every now and then: is somebody about to run dry?
/// let summary = usage.summary();
/// let dry = |part: f64| part >= 0.8; // 80 % used
/// for limit in summary.limits.iter().filter(|limit| limit.used().is_some_and(dry)) {
///     println!("only {} {} left", limit.remaining, limit.unit);
/// }
/// assert_eq!(summary.refused_part(), 0.0);
/// ```
#[derive(Clone, Debug)]
pub struct Usage {
    began: Instant,
    counts: Arc<Mutex<Counts>>,
}

#[derive(Debug)]
struct Counts {
    summary: Summary,
    last_minute: LastMinute,
    standings: Standings,
}

impl Usage {
    /// Nothing was counted yet.
    #[must_use]
    pub fn new() -> Self {
        let counts = Counts {
            summary: Summary::default(),
            last_minute: LastMinute::new(),
            standings: Standings::default(),
        };
        Self {
            began: Instant::now(),
            counts: Arc::new(Mutex::new(counts)),
        }
    }

    /// How it stands now. It can be printed.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let now = Instant::now();
        let counts = self.counts();
        Summary {
            last_minute: counts.last_minute.count(self.since(now)),
            limits: counts.standings.now(now),
            ..counts.summary.clone()
        }
    }

    fn since(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.began)
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        // Numbers for people: at worst one of them is off.
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Usage {
    fn default() -> Self {
        Self::new()
    }
}

impl Observe for Usage {
    fn observe(&self, event: &Event<'_>) {
        let now = Instant::now();
        let mut counts = self.counts();
        let summary = &mut counts.summary;
        match event {
            Event::Sent(sent) => {
                summary.sent += 1;
                summary.waited(sent.waited);
                counts.last_minute.add(self.since(now));
            }
            Event::Answered(answered) => counts.answered(answered, now),
            Event::Failed(_) => summary.failed += 1,
            Event::Refused(_) => summary.refused += 1,
            Event::Paused(_) => summary.pauses += 1,
            Event::NotSent(not_sent) => {
                summary.not_sent += 1;
                summary.waited(not_sent.waited);
            }
            Event::Low(_) => summary.low_warnings += 1,
            Event::Retried(_) => summary.retries += 1,
            Event::GaveUp(_) => summary.gave_up += 1,
        }
    }
}

impl Counts {
    fn answered(&mut self, answered: &Answered<'_>, now: Instant) {
        self.summary.ok += u64::from(answered.status.is_success());
        self.standings.heard(answered.limits, now);
    }
}
