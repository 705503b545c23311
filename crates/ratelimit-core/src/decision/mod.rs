//! The answer of a limiter: a value that knows everything worth saying, and says it when asked.
//!
//! A decision is made of plain numbers and of the plans it was made under. What needs a division
//! (how much remains, when it resets) is computed when it is asked for, so a check whose answer is
//! not printed does not pay for it.

mod entry;
mod glance;
mod print;
mod status;

pub(crate) use entry::Entry;
pub use glance::Glance;
pub use status::PolicyStatus;

use std::borrow::Cow;
use std::time::Duration;

use crate::few::Few;
use crate::plan::Plan;
use crate::policy::Policy;
use crate::time::Timestamp;

/// What a limiter answered: whether the cost was admitted, which policy binds, and how each stands.
///
/// [`limit`](Self::limit), [`remaining`](Self::remaining) and [`reset_after`](Self::reset_after) are
/// those of the policy that [binds](Self::binding). `remaining` is true of rates that count
/// requests: exactly that many more would pass all of them at this instant, one by one, and the next would
/// not. What counts something else ([`Policy::with_unit`]) is beside it, and so are the permits of caps on
/// concurrency: with one full, nothing more is admitted whatever `remaining`
/// says, unless a permit comes back. [`policies`](Self::policies) tells how the caps stand.
///
/// This type borrows the plans from the check, because counting references to a plan that all threads
/// share would cost more than the check itself. To keep it, call [`into_owned`](Self::into_owned).
#[derive(Clone)]
pub struct DecisionRef<'p> {
    plans: Few<Option<Cow<'p, Plan>>>,
    entries: Few<Entry>,
    now: Timestamp,
    cost: u32,
    refusal: Option<Refusal>,
}

/// A decision that owns its plans, and can be kept or sent elsewhere.
pub type Decision = DecisionRef<'static>;

/// Why a cost was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// A rate is used up; it will fit after [`DecisionRef::retry_after`].
    Rate,
    /// The quota of a day or a month ([`Policy::calendar`]) is used up; it will fit after
    /// [`DecisionRef::retry_after`], when the period has ended.
    Quota,
    /// As many are in flight as may be; when one ends cannot be known.
    Concurrency,
    /// The cost is more than the plan can ever grant. Permanent: there is no retry-after.
    CostExceedsLimit,
    /// The store is full of keys that are used up, and forgets none of them for a new one.
    StoreFull,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Refusal {
    pub(crate) reason: Reason,
    /// The number of the entry that binds.
    pub(crate) entry: u8,
    pub(crate) retry_at: Option<u64>,
}

impl Refusal {
    /// How long until the cost fits, if that is known.
    #[inline]
    pub(crate) fn wait(&self, now: u64) -> Option<Duration> {
        Some(status::after(self.retry_at?, now).max(Duration::from_nanos(1)))
    }
}

impl<'p> DecisionRef<'p> {
    /// Whether the cost was admitted (for a peek: would be).
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.refusal.is_none()
    }

    /// Why it was refused; `None` if it was admitted.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        Some(self.refusal?.reason)
    }

    /// How long until **this cost** fits **all** policies, if nobody else asks: asking again exactly
    /// then succeeds, and a nanosecond earlier fails.
    ///
    /// `None` if it was admitted, if it can never fit, and where it cannot be known (a cap on
    /// concurrency is full). If a rate refuses and a cap is full, this is when the rate will admit it:
    /// the cap may still refuse then.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.refusal?.wait(self.now.as_nanos())
    }

    /// The policy that binds: on a refusal the one that refuses for longest, else the rate with the
    /// fewest units left (of those the one that resets last), or a cap if there is no rate.
    #[must_use]
    pub fn binding(&self) -> PolicyStatus<'_> {
        match self.refusal {
            Some(refusal) => self.status(usize::from(refusal.entry)),
            None => self.tightest(),
        }
    }

    /// The policy that [binds](Self::binding), for who does not ask how it stands.
    #[must_use]
    pub fn binding_policy(&self) -> &Policy {
        match self.refusal {
            Some(refusal) => self.policy(usize::from(refusal.entry)),
            None if self.entries.len() == 1 => self.policy(0),
            None => self.tightest().policy(),
        }
    }

    /// Of the rates that count requests the one with the fewest left, whether it binds or not. Without
    /// any, of the rates that count something else (so many tokens cannot be compared with so many
    /// requests); without those, of the caps on concurrency.
    #[must_use]
    pub fn tightest(&self) -> PolicyStatus<'_> {
        let mut best = self.status(0);
        for status in (1..self.entries.len()).map(|i| self.status(i)) {
            if status.rank() < best.rank() {
                best = status;
            }
        }
        best
    }

    /// How each policy of each subject stands, in their order.
    pub fn policies(&self) -> impl ExactSizeIterator<Item = PolicyStatus<'_>> + Clone {
        (0..self.entries.len()).map(|i| self.status(i))
    }

    /// Units per window of the policy that binds; a cap's permits.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.binding_policy().limit()
    }

    /// Units that the policy that binds would still admit at this instant.
    #[must_use]
    pub fn remaining(&self) -> u64 {
        self.binding().remaining()
    }

    /// How long until everything is free again in the policy that binds.
    #[must_use]
    pub fn reset_after(&self) -> Duration {
        self.binding().reset_after()
    }

    /// The cost that was asked for, in the unit of the policy that refuses for longest; if it was admitted,
    /// in that of the first policy.
    #[must_use]
    pub fn cost(&self) -> u32 {
        self.cost
    }

    /// When the decision was made, on the limiter's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The plan of each subject.
    pub fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.plans.iter().flatten().map(AsRef::as_ref)
    }

    /// The same decision, with plans of its own (each a count of references).
    #[must_use]
    pub fn into_owned(self) -> Decision {
        DecisionRef {
            plans: self.plans.map(|plan| Some(Cow::Owned(plan?.into_owned()))),
            entries: self.entries,
            now: self.now,
            cost: self.cost,
            refusal: self.refusal,
        }
    }

    /// A copy of the decision that owns its plans: [`into_owned`](Self::into_owned) of a decision that
    /// must stay where it is.
    #[must_use]
    #[inline]
    pub fn to_decision(&self) -> Decision {
        let owned = |plan: &Option<Cow<'_, Plan>>| Some(Cow::Owned(plan.as_deref()?.clone()));
        DecisionRef {
            plans: self.plans.map_ref(owned),
            entries: self.entries.clone(),
            now: self.now,
            cost: self.cost,
            refusal: self.refusal,
        }
    }

    #[inline]
    pub(crate) fn new(now: u64, cost: u32, refusal: Option<Refusal>) -> Self {
        Self {
            plans: Few::default(),
            entries: Few::default(),
            now: Timestamp::from_nanos(now),
            cost,
            refusal,
        }
    }

    /// A decision on one policy of one subject.
    #[inline(always)]
    pub(crate) fn single(
        now: u64,
        cost: u32,
        refusal: Option<Refusal>,
        plan: Cow<'p, Plan>,
        entry: Entry,
    ) -> Self {
        Self {
            plans: Few::one(Some(plan)),
            entries: Few::one(entry),
            now: Timestamp::from_nanos(now),
            cost,
            refusal,
        }
    }

    /// The plan of the next subject.
    #[inline]
    pub(crate) fn push_plan(&mut self, plan: Cow<'p, Plan>) {
        self.plans.push(Some(plan));
    }

    #[inline]
    pub(crate) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    fn status(&self, index: usize) -> PolicyStatus<'_> {
        let (entry, policy) = (self.entries.get(index), self.policy(index));
        PolicyStatus::new(policy, entry, self.now.as_nanos())
    }

    /// The policy of an entry.
    #[inline]
    fn policy(&self, index: usize) -> &Policy {
        let entry = self.entries.get(index);
        let plan = self.plans.get(usize::from(entry.subject)).as_deref();
        // A decision is only made of subjects, and every subject has a plan with a policy.
        let policy = plan.and_then(|plan| plan.policies().get(usize::from(entry.policy)));
        policy.expect("every entry has a policy")
    }
}
