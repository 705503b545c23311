//! What leaves, and how it ends, in the books of one limit.

use super::{Before, LONGEST_PROBE, MADE_UP, MADE_UP_SHARED, Track};
use crate::adapt::sight::{Edge, secs, to_nanos};

impl Track {
    /// Something of this cost leaves; `jitter` makes the next gap a little longer or shorter.
    pub(in crate::adapt) fn send(&mut self, now: u64, cost: u32, jitter: f64) {
        let (before, mean, dear) = (self.last_sent, self.ledger.mean, self.dear);
        self.ledger.send(now, u64::from(cost));
        self.dear = f64::from(cost).max(self.dear - self.dear / 64.0);
        if let Some(bucket) = &mut self.kinds.bucket {
            bucket.send(now, f64::from(cost));
        }
        self.last_sent = (now, jitter);
        let made_up = if self.shared { MADE_UP_SHARED } else { MADE_UP };
        let made_up = to_nanos(secs(self.gap) * made_up);
        self.before = Before {
            due: self.due,
            last_sent: before,
            probe_wait: self.probe_wait,
            mean,
            dear,
        };
        let due = self.due.saturating_add(self.gap);
        self.due = due.max(now.saturating_sub(made_up)).min(now);
        self.probe_wait = (self.probe_wait * 2).min(LONGEST_PROBE);
    }

    /// It was let in by the instant `by`.
    pub(in crate::adapt) fn admit(
        &mut self,
        now: u64,
        by: u64,
        edge: Option<Edge>,
        cost: u32,
        actual: u32,
    ) {
        self.refunds |= cost != actual;
        if let Some(bucket) = &mut self.kinds.bucket {
            bucket.refund(f64::from(cost) - f64::from(actual));
        }
        let log = self.kinds.log.as_ref();
        let log = log.filter(|_| self.kinds.count() == 1 && self.lag == 0);
        let by_log = log.zip(edge).and_then(|(log, edge)| log.admission(&edge));
        let by = (by, by_log.unwrap_or(by));
        self.ledger
            .admit(now, by, u64::from(cost), u64::from(actual));
        let unsaid = if edge.is_none() { 1.0 } else { 0.0 };
        self.unsaid += (unsaid - self.unsaid) / 32.0;
        if edge.is_none() {
            self.hide(now, f64::from(actual));
        }
    }

    /// Something was admitted, and its answer does not say what is left.
    pub(super) fn hide(&mut self, now: u64, cost: f64) {
        if let Some(fixed) = &mut self.kinds.fixed {
            fixed.hide(now, cost);
        }
        if let Some(counter) = &mut self.kinds.counter {
            counter.hide(now, cost);
        }
    }

    /// There is no answer: whether it was counted, nobody knows.
    pub(in crate::adapt) fn lose(&mut self, now: u64, cost: u32) {
        self.admit(now, now, None, cost, cost);
        self.ledger.lose(now, u64::from(cost));
    }

    /// It was refused, or never left.
    pub(in crate::adapt) fn give_back(&mut self, now: u64, cost: u32) {
        self.ledger.give_back(now, u64::from(cost));
        if let Some(bucket) = &mut self.kinds.bucket {
            bucket.refund(f64::from(cost));
        }
    }

    /// The last send did not take place.
    pub(in crate::adapt) fn take_back(&mut self, now: u64, cost: u32) {
        self.give_back(now, cost);
        self.due = self.before.due;
        self.last_sent = self.before.last_sent;
        self.probe_wait = self.before.probe_wait;
        self.ledger.mean = self.before.mean;
        self.dear = self.before.dear;
    }
}
