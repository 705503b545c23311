//! What is surely in a bucket, and when there will be more.

use super::{ANSWERS, Bucket, Seen};
use crate::adapt::model::Ask;
use crate::adapt::sight::{secs, to_nanos};

/// A window that is seen to end soon, in seconds; and for so long it is not believed. Headers that make something else
/// look like one are rarely older than that.
const SHORT: f64 = 1.0;
const BELIEVED_AFTER: f64 = 2.0;

impl Bucket {
    /// What flowed back lately, as the answers show; it is less than the rate where the server is no bucket but
    /// something that renews more slowly at first.
    fn inflow(&self) -> Option<f64> {
        let last = self.answers[(self.next + ANSWERS - 1) % ANSWERS]?;
        let first = self.answers[self.next]?;
        let span = secs(last.now.saturating_sub(first.now));
        let taken = last.sent_by_now - first.sent_by_now;
        (span >= 1.5).then(|| (last.left - first.left + taken).max(0.0) / span)
    }

    pub(super) fn ceiling_at(&self, now: u64) -> f64 {
        let (at, level) = self.ceiling;
        let flowed = self.rate().unwrap_or(0.0) * secs(now.saturating_sub(at));
        (level + flowed).min(self.capacity().max(1.0))
    }

    pub(in crate::adapt) fn bound(&self, ask: &Ask<'_>) -> f64 {
        self.seen_bound(ask).min(self.ceiling_at(ask.now))
    }

    fn seen_bound(&self, ask: &Ask<'_>) -> f64 {
        let rate = self.rate().unwrap_or(0.0);
        let rate = match self.inflow() {
            // A level that is held shows the whole rate, or our share of it.
            Some(inflow) if self.is_low() => rate.min(1.3 * inflow + 0.1 * rate),
            _ => rate,
        };
        let net = ask.ledger.net();
        let bound = |seen: &Seen| {
            seen.base - net + rate * ask.share * secs(ask.now.saturating_sub(seen.now))
        };
        let Some(last) = &self.answers[(self.next + ANSWERS - 1) % ANSWERS] else {
            return f64::INFINITY;
        };
        if ask.shared || ask.share < 0.9 {
            return bound(last);
        }
        let bounds = self.answers.iter().flatten().filter(|seen| !seen.past);
        bounds.map(bound).fold(f64::NEG_INFINITY, f64::max)
    }

    /// Whether it seems to be filled within a second, and that has not been seen yet: something else may only look so,
    /// with headers that are late and an edge that is near.
    pub(in crate::adapt) fn is_hasty(&self, now: u64) -> bool {
        let is_guess = self.stated.is_none() && self.window() <= SHORT;
        is_guess && now.saturating_sub(self.first) < to_nanos(BELIEVED_AFTER)
    }

    /// A bucket that is nearly full overflows, and shows no inflow.
    fn is_low(&self) -> bool {
        let last = &self.answers[(self.next + ANSWERS - 1) % ANSWERS];
        last.is_some_and(|seen| seen.left < 0.5 * self.capacity_seen)
    }

    pub(in crate::adapt) fn better_at(&self, ask: &Ask<'_>, missing: f64) -> Option<u64> {
        let rate = self.rate()? * ask.share;
        let wait = missing / rate.max(1e-9);
        (wait < 1e6).then(|| ask.now.saturating_add(to_nanos(wait)))
    }
}
