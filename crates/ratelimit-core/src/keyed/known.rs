//! The usual check: one policy, of a key that is known, under the rate that it was counted by.
//!
//! It is the same check as any, with nothing to find a place for, to convert or to settle. It is here
//! for its speed alone: whatever is unusual is left to [the whole of it](super::transaction).
//!
//! A clock costs as much as all the rest, so a policy that can do with a [recent](crate::Clock::recent)
//! instant gets one. Danger: it may lie a little in the past. So it must never refuse what would be
//! admitted now: a refusal that ends that soon is left to the whole check, which measures.

use super::Mode;
use super::shard::home;
use super::slot::Fingerprint;
use super::table::Table;
use crate::algorithm::{Algorithm, Fit, Rate, State};
use crate::clock::Present;
use crate::decision::{Entry, Glance};
use crate::key::Key;
use crate::limiter::Subject;
use crate::plan::Plan;
use crate::policy::Policy;
use crate::tally::Tally;
use crate::unit::Cost;

/// A check that may be the usual one.
pub(super) struct Usual<'p> {
    key: Key,
    plan: &'p Plan,
    policy: &'p Policy,
    cost: u32,
}

impl Present {
    /// The present, knowing that a state's anchor was measured in the past.
    ///
    /// A caller who comes twice within a tick would else be told to wait for a tick longer than the
    /// longest wait there is.
    #[inline]
    fn not_before(self, rate: &Rate, state: State) -> u64 {
        let ahead = state.word.saturating_sub(self.nanos);
        // An anchor that is further ahead is that of a clock which stepped back.
        if rate.algorithm == Algorithm::Gcra && ahead <= self.age {
            return self.nanos + ahead;
        }
        self.nanos
    }
}

impl<'p> Usual<'p> {
    /// The check of this subject; `None` if there is more to it.
    #[inline]
    pub(super) fn of(subject: &Subject<'p>, cost: Cost<'_>) -> Option<Self> {
        let Subject { key, plan } = *subject;
        match plan.policies() {
            [policy] if !policy.is_concurrency() && !cost.spares(policy) => Some(Self {
                key,
                plan,
                policy,
                cost: cost.of(policy.counts()),
            }),
            _ => None,
        }
    }

    /// Whether it can do with a recent instant.
    #[inline]
    pub(super) fn is_recent_enough(&self) -> bool {
        self.policy.is_slow()
    }

    /// Runs it, if it is the usual one. The present is asked for under the lock, while the slot is on its way from
    /// memory: so it must take no more than a look at what was measured already.
    #[inline]
    pub(super) fn run(
        &self,
        table: &Table,
        mode: Mode,
        present: impl FnOnce() -> Present,
    ) -> Option<Glance<'p>> {
        let Self { key, cost, .. } = *self;
        let rate = self.policy.rate();
        let mut guard = table.lock(key.high);
        let shard = &mut *guard;
        let fingerprint = Fingerprint::new(key, self.policy.tag());
        let at = shard.find(fingerprint, home(key.high, table.count()));
        let present = present();
        let at = at.ok()?;
        let (old, state) = shard.read(at);
        if old != rate {
            return None;
        }
        let now = present.not_before(&rate, state);
        let mut state = rate.advance(state, now);
        let mut tally = Tally::default();
        match rate.fit(state, &shard.logs, now, cost) {
            Fit::At(at) if at <= now + present.age => return None,
            fit => tally.add(0, &rate, fit),
        }
        let refusal = tally.refusal();
        if refusal.is_none() && mode != Mode::Peek {
            state = rate.charge(state, &mut shard.logs, now, u64::from(cost));
            shard.write(at, state);
        }
        Some(Glance {
            plan: self.plan,
            entry: Entry::new((0, 0), &rate, state, &shard.logs, now),
            cost,
            refusal,
            now,
        })
    }
}
