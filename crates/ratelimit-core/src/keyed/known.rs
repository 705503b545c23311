//! The usual check: one policy, of a key that is known, under the rate that it was counted by.
//!
//! It is the same check as any, with nothing to find a place for, to convert or to settle. It is here
//! for its speed alone: whatever is unusual is left to [the whole of it](super::transaction).

use std::borrow::Cow;

use super::Mode;
use super::shard::home;
use super::slot::Fingerprint;
use super::table::Table;
use super::transaction::Request;
use crate::decision::{DecisionRef, Entry, Refusal};
use crate::plan::Plan;
use crate::tally::Tally;

/// What the check found: the state of the policy, and whether it refuses.
pub(super) struct Known<'p> {
    plan: &'p Plan,
    entry: Entry,
    refusal: Option<Refusal>,
}

impl<'p> Known<'p> {
    /// Runs the check, if it is the usual one.
    #[inline]
    pub(super) fn run(table: &Table, request: &Request<'_, 'p>) -> Option<Self> {
        let [subject] = request.subjects else {
            return None;
        };
        let [policy] = subject.plan.policies() else {
            return None;
        };
        let rate = policy.rate();
        if request.mode == Mode::Reserve || rate.is_concurrency() {
            return None;
        }
        let now = request.now;
        let mut guard = table.lock(subject.key.high);
        let shard = &mut *guard;
        let fingerprint = Fingerprint::new(subject.key, policy.tag());
        let at = shard.find(fingerprint, home(subject.key.high, table.count()));
        let at = at.ok()?;
        let (old, state) = shard.read(at);
        if old != rate {
            return None;
        }
        let mut state = rate.advance(state, now);
        let mut tally = Tally::default();
        tally.add(0, rate.fit(state, &shard.logs, now, request.cost));
        let refusal = tally.refusal();
        if refusal.is_none() && request.mode != Mode::Peek {
            state = rate.charge(state, &mut shard.logs, now, u64::from(request.cost));
            shard.write(at, state);
        }
        Some(Self {
            plan: subject.plan,
            entry: Entry::new((0, 0), &rate, state, &shard.logs, now),
            refusal,
        })
    }

    /// The decision. Made where it is wanted, because copying it costs a good part of the check.
    #[inline(always)]
    pub(super) fn decision(self, request: &Request<'_, 'p>) -> DecisionRef<'p> {
        let plan = Cow::Borrowed(self.plan);
        DecisionRef::single(request.now, request.cost, self.refusal, plan, self.entry)
    }
}
