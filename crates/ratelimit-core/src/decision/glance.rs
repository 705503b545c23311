//! The answer to the usual check, before anything is made of it.

use std::borrow::Cow;
use std::time::Duration;

use super::{Decision, DecisionRef, Entry, PolicyStatus, Refusal};
use crate::plan::Plan;
use crate::time::Timestamp;

/// The answer to a check of one policy of one subject: a [`DecisionRef`] that is not made yet.
///
/// A decision can name many policies, and to make one, move it and drop it costs more than a check. Who
/// only wants to know whether the cost was admitted, or how the one policy stands, need not make one.
#[derive(Clone, Copy, Debug)]
pub struct Glance<'p> {
    pub(crate) plan: &'p Plan,
    pub(crate) entry: Entry,
    pub(crate) cost: u32,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) now: u64,
}

impl<'p> Glance<'p> {
    /// Whether the cost was admitted.
    #[must_use]
    #[inline]
    pub fn is_allowed(&self) -> bool {
        self.refusal.is_none()
    }

    /// How the one policy stands.
    #[must_use]
    #[inline]
    pub fn status(&self) -> PolicyStatus<'p> {
        // Only made of plans that have one policy.
        PolicyStatus::new(&self.plan.policies()[0], &self.entry, self.now)
    }

    /// How long until the cost fits: see [`DecisionRef::retry_after`].
    #[must_use]
    #[inline]
    pub fn retry_after(&self) -> Option<Duration> {
        self.refusal?.wait(self.now)
    }

    /// When it was answered, on the limiter's clock.
    #[must_use]
    #[inline]
    pub fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.now)
    }

    /// The decision.
    #[must_use]
    #[inline(always)]
    pub fn decision(self) -> DecisionRef<'p> {
        self.decision_with(Cow::Borrowed(self.plan))
    }

    /// The decision, with a plan of its own (a count of references).
    #[must_use]
    #[inline(always)]
    pub fn to_decision(&self) -> Decision {
        self.decision_with(Cow::Owned(self.plan.clone()))
    }

    #[inline(always)]
    fn decision_with<'a>(&self, plan: Cow<'a, Plan>) -> DecisionRef<'a> {
        DecisionRef::single(self.now, self.cost, self.refusal, plan, self.entry)
    }
}
