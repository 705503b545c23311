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
use crate::decision::{DecisionRef, Entry};
use crate::limiter::Subject;
use crate::policy::Policy;
use crate::tally::Tally;

/// Runs the check, if it is the usual one.
#[inline]
pub(super) fn run<'p>(
    table: &Table,
    request: &Request<'_, 'p>,
    subject: &Subject<'p>,
    policy: &Policy,
) -> Option<DecisionRef<'p>> {
    let rate = policy.rate();
    if request.mode == Mode::Reserve || rate.is_concurrency() {
        return None;
    }
    let now = request.now;
    let mut guard = table.lock(subject.key.high);
    let shard = &mut *guard;
    let fingerprint = Fingerprint::new(subject.key, policy.tag());
    let at = shard
        .find(fingerprint, home(subject.key.high, table.count()))
        .ok()?;
    let (old, state) = shard.read(at);
    if old != rate {
        return None;
    }
    let mut state = rate.advance(state, now);
    let mut tally = Tally::default();
    tally.add(0, rate.fit(state, &shard.logs, now, request.cost));
    if tally.refusal().is_none() && request.mode != Mode::Peek {
        state = rate.charge(state, &mut shard.logs, now, u64::from(request.cost));
        shard.write(at, state);
    }
    let mut decision = DecisionRef::new(now, request.cost, tally.refusal());
    decision.push_plan(Cow::Borrowed(subject.plan));
    decision.push(Entry::new((0, 0), &rate, state, &shard.logs, now));
    Some(decision)
}
