//! What there is to say about a caller's usage.

use std::time::Duration;

use ratelimit_core::{DecisionRef, PolicyStatus, Timestamp};

/// How a caller stands under its plan at one instant.
#[derive(Debug)]
pub struct UsageReport<'a> {
    policies: Vec<PolicyStatus<'a>>,
    now: Timestamp,
    unix_now: Duration,
}

impl<'a> UsageReport<'a> {
    pub(super) fn new<'p: 'a>(
        decision: &'a DecisionRef<'p>,
        unix: impl Fn(Timestamp) -> Duration,
    ) -> Self {
        Self {
            policies: decision.policies().collect(),
            now: decision.now(),
            unix_now: unix(decision.now()),
        }
    }

    pub(super) fn unlimited() -> Self {
        Self {
            policies: Vec::new(),
            now: Timestamp::default(),
            unix_now: Duration::ZERO,
        }
    }

    /// Each policy of the plan, in its order; none for a caller without limits.
    pub fn policies(&self) -> impl ExactSizeIterator<Item = &PolicyStatus<'a>> {
        self.policies.iter()
    }

    /// For each unit that is counted, in the order of the plan, the rate with the fewest left.
    #[must_use]
    pub fn units(&self) -> Vec<(&'a str, &PolicyStatus<'a>)> {
        let mut units: Vec<(&str, &PolicyStatus<'_>)> = Vec::new();
        let rates = self
            .policies
            .iter()
            .filter(|status| !status.policy().is_concurrency());
        for status in rates {
            let unit = status.policy().unit().unwrap_or("requests");
            match units.iter_mut().find(|(name, _)| *name == unit) {
                Some((_, tightest)) if status.remaining() < tightest.remaining() => {
                    *tightest = status;
                }
                Some(_) => {}
                None => units.push((unit, status)),
            }
        }
        units
    }

    /// The period that is reported on, as times since the Unix epoch: of the longest rate. Of one by the
    /// calendar, or in fixed windows, it is the period that counts now; of one that slides it is the
    /// window that ends now. `None` without any rate.
    #[must_use]
    pub fn period(&self) -> Option<(Duration, Duration)> {
        let rates = self
            .policies
            .iter()
            .filter(|status| status.window().is_some());
        let longest = rates.max_by_key(|status| status.window())?;
        if let Some((start, end)) = longest.period() {
            return Some((self.unix(start), self.unix(end)));
        }
        let window = longest.window().unwrap_or_default();
        Some((self.unix_now.saturating_sub(window), self.unix_now))
    }

    /// When this was so, as time since the Unix epoch.
    #[must_use]
    pub fn unix_now(&self) -> Duration {
        self.unix_now
    }

    /// The wall time at an instant of the limiter's clock, as seen from now.
    #[must_use]
    pub fn unix(&self, at: Timestamp) -> Duration {
        let ahead = at.saturating_since(self.now);
        let behind = self.now.saturating_since(at);
        (self.unix_now + ahead).saturating_sub(behind)
    }
}
