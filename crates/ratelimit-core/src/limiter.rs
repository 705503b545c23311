//! The one interface that memory and network share.
//!
//! A limiter answers at once when it can ([`Check::Done`]) and only otherwise hands out a future
//! ([`Check::Wait`]), so a caller in front of memory pays for no task switch, no box and no clone.
//! What was taken for a while (a permit of a cap, a reservation) is a ticket; [`Permit`] settles it
//! exactly once, whatever becomes of the future or the body it travels in.

use std::future::Future;
use std::time::Duration;

use crate::decision::{DecisionRef, Glance};
use crate::key::{Key, KeyHasher};
use crate::plan::Plan;
use crate::time::Timestamp;
use crate::unit::{Cost, Settlement};

/// The most subjects that one check may name.
pub const MAX_SUBJECTS: usize = 4;

/// A key and the plan that binds it. A check may name several (the token **and** the address): they
/// are taken together or not at all.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Who.
    pub key: Key,
    /// What binds it.
    pub plan: &'a Plan,
}

/// The answer to a check, with what must be settled later.
#[derive(Debug)]
pub struct Verdict<'p, T> {
    /// The answer.
    pub decision: DecisionRef<'p>,
    /// What was taken for a while; `None` if it was refused, or if there is nothing to settle.
    pub ticket: Option<T>,
}

/// A verdict, now or later.
#[derive(Debug)]
pub enum Check<'p, L: Limiter> {
    /// The limiter answered at once.
    Done(Result<Verdict<'p, L::Ticket>, L::Error>),
    /// The limiter has to ask somebody.
    Wait(L::Future),
}

/// How what was taken ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The charge stands. This is also what an outcome that nobody sent means.
    Keep,
    /// Nothing was used: give everything back.
    Cancel,
    /// So much was really used: the rest is given back, what is over is charged as debt.
    Actual(u32),
}

/// A limiter: policy, state and clock in one, wherever the state is.
pub trait Limiter: Clone + Send + Sync + 'static {
    /// What was taken and must be settled.
    type Ticket: Send + 'static;
    /// Why the limiter could not answer.
    type Error: std::error::Error + Send + Sync + 'static;
    /// An answer that is on its way.
    type Future: Future<Output = Result<Verdict<'static, Self::Ticket>, Self::Error>>
        + Send
        + 'static;

    /// The hasher that makes this limiter's [`Key`]s.
    fn hasher(&self) -> &KeyHasher;

    /// Charges `cost` to every policy of every subject, each in the unit that it counts, and takes a permit of every cap, or changes
    /// nothing. The charge is final; the ticket, if there is one, holds the permits.
    ///
    /// # Panics
    /// If there are no subjects, or more than [`MAX_SUBJECTS`].
    fn check<'p>(&self, subjects: &[Subject<'p>], cost: Cost<'_>) -> Check<'p, Self>;

    /// As [`check`](Self::check), for one subject, and charged for good like it, if the limiter can answer at
    /// once and nothing is to be settled: for who asks often, and mostly does not want the whole
    /// [decision](Glance::decision). `None` if it cannot, and then nothing was charged, and a check knows the
    /// answer.
    ///
    /// Only a limiter of this crate can make a [`Glance`]. Danger: one that wraps it and counts, reports or
    /// changes anything in `check` must do the same here, or leave this at the default, which is `None`.
    #[inline]
    fn glance<'p>(&self, subject: &Subject<'p>, cost: Cost<'_>) -> Option<Glance<'p>> {
        let _ = (subject, cost);
        None
    }

    /// As [`check`](Self::check), but the charge can be corrected: the ticket holds all of it.
    ///
    /// # Panics
    /// If there are no subjects, or more than [`MAX_SUBJECTS`].
    fn reserve<'p>(&self, subjects: &[Subject<'p>], cost: Cost<'_>) -> Check<'p, Self>;

    /// What [`check`](Self::check) would answer. Changes nothing, and there is no ticket.
    ///
    /// # Panics
    /// If there are no subjects, or more than [`MAX_SUBJECTS`].
    fn peek<'p>(&self, subjects: &[Subject<'p>], cost: Cost<'_>) -> Check<'p, Self>;

    /// Forgets what the subjects spent, and answers as a [`peek`](Self::peek) of cost 0 would then.
    /// Permits that are held stay held.
    ///
    /// # Panics
    /// If there are no subjects, or more than [`MAX_SUBJECTS`].
    fn reset<'p>(&self, subjects: &[Subject<'p>]) -> Check<'p, Self>;

    /// Ends what a ticket stands for, in each unit as it is told. Never blocks and never waits.
    fn settle(&self, ticket: Self::Ticket, settlement: Settlement<'_>);

    /// The wall time at an instant of this limiter's clock, as time since the Unix epoch. For
    /// printing only.
    fn unix(&self, at: Timestamp) -> Duration;
}

/// Holds a ticket and settles it exactly once: when it is told how, or as [`Outcome::Keep`] when it
/// is dropped.
#[derive(Debug)]
#[must_use = "dropping a permit settles it at once"]
pub struct Permit<L: Limiter>(Option<(L, L::Ticket)>);

impl<L: Limiter> Permit<L> {
    /// A permit for a ticket of `limiter`.
    pub fn new(limiter: L, ticket: L::Ticket) -> Self {
        Self(Some((limiter, ticket)))
    }

    /// Settles what was reserved as `actual` units: gives the rest back, or charges the difference as
    /// debt. Without a [reservation](Limiter::reserve) only permits of caps are settled.
    pub fn settle(self, actual: u32) {
        self.end(Outcome::Actual(actual));
    }

    /// Gives back everything that can be given back.
    pub fn cancel(self) {
        self.end(Outcome::Cancel);
    }

    /// Settles with this outcome, or with one for each unit.
    pub fn end<'a>(mut self, settlement: impl Into<Settlement<'a>>) {
        self.take(settlement.into());
    }

    fn take(&mut self, settlement: Settlement<'_>) {
        if let Some((limiter, ticket)) = self.0.take() {
            limiter.settle(ticket, settlement);
        }
    }
}

impl<L: Limiter> Drop for Permit<L> {
    fn drop(&mut self) {
        self.take(Outcome::Keep.into());
    }
}
