//! What this client itself has to do with one limit, in units of its cost.

use super::series::Series;

/// Grains in a window: what lies closer together is one entry.
const GRAINS: u64 = 2048;

/// Own cost by the time it was sent, by the time it was answered, and what was given back.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger {
    sent: Series,
    /// What was answered, and so surely admitted before; refusals are not among it.
    answered: Series,
    /// The same by when it was surely admitted if the server is a log, whose resets tell more.
    admitted: Series,
    refunded: Series,
    /// What may have been counted or not: it is among the answered.
    lost: Series,
    /// What is under way.
    pub(super) in_flight: u64,
    /// The mean cost of a request.
    pub(super) mean: f64,
    /// What requests have cost in the end, as a part of what was estimated.
    pub(super) truth: f64,
    grain: u64,
    keep: u64,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self {
            mean: 1.0,
            truth: 1.0,
            keep: 120_000_000_000,
            ..Self::default()
        }
    }

    /// The longest window that anybody will ask about.
    pub(super) fn set_window(&mut self, window: u64) {
        self.grain = window / GRAINS;
        self.keep = window.saturating_mul(2).saturating_add(window / 2);
    }

    pub(super) fn send(&mut self, at: u64, cost: u64) {
        self.sent.add(at, cost, self.grain);
        self.in_flight += cost;
        self.mean += (cost as f64 - self.mean) / 16.0;
        let horizon = at.saturating_sub(self.keep);
        self.sent.forget_before(horizon);
        self.answered.forget_before(horizon);
        self.admitted.forget_before(horizon);
        self.refunded.forget_before(horizon);
        self.lost.forget_before(horizon);
    }

    /// It was let in by the instant `by`, as is known at the instant `at`, and has cost `actual`.
    pub(super) fn admit(&mut self, at: u64, (by, by_log): (u64, u64), cost: u64, actual: u64) {
        self.in_flight -= cost.min(self.in_flight);
        if cost > 0 {
            // By cost, not by request: the part that is true of small ones may be another than of large ones.
            let off = actual as f64 - self.truth * cost as f64;
            self.truth = (self.truth + off / (32.0 * self.mean)).max(0.0);
        }
        self.answered.insert(by.min(at), actual, self.grain);
        self.admitted
            .insert(by_log.min(by).min(at), actual, self.grain);
        match actual.checked_sub(cost) {
            Some(0) => {}
            // A debt is as if it were sent only now.
            Some(more) => self.sent.add(at, more, self.grain),
            None => self.refunded.add(at, cost - actual, self.grain),
        }
    }

    /// Nobody knows whether what counts as answered was counted.
    pub(super) fn lose(&mut self, at: u64, cost: u64) {
        self.lost.add(at, cost, self.grain);
    }

    /// What was lost after then.
    pub(super) fn lost_since(&self, since: u64) -> f64 {
        (self.lost.total() - self.lost.at(since)) as f64
    }

    /// It was refused, or never arrived: nothing was counted.
    pub(super) fn give_back(&mut self, at: u64, cost: u64) {
        self.in_flight -= cost.min(self.in_flight);
        self.refunded.add(at, cost, self.grain);
    }

    /// All that was sent and not given back.
    pub(super) fn net(&self) -> f64 {
        self.sent.total() as f64 - self.refunded.total() as f64
    }

    /// All that the server may have counted when it answered what was sent at `sent`: what was given back
    /// since was still counted then.
    pub(super) fn net_then(&self, sent: u64) -> f64 {
        self.sent.total() as f64 - self.refunded.at(sent) as f64
    }

    pub(super) fn sent_by(&self, at: u64) -> f64 {
        self.sent.at(at) as f64
    }

    /// What was sent by then, as far as grains hide whether it was.
    pub(super) fn sent_by_at_most(&self, at: u64) -> f64 {
        self.sent.at(at.saturating_add(self.grain)) as f64
    }

    pub(super) fn answered_by(&self, at: u64) -> f64 {
        self.answered.at(at) as f64
    }

    pub(super) fn admitted_by(&self, at: u64) -> f64 {
        self.admitted.at(at) as f64
    }

    /// The same, and when it became more after then, and what it was from then on.
    pub(super) fn admitted_from(&self, at: u64) -> (f64, impl Iterator<Item = (u64, f64)> + '_) {
        let (then, after) = self.admitted.from(at);
        (then as f64, after.map(|(at, total)| (at, total as f64)))
    }
}
