//! The in-memory store: many callers, bounded memory, no background thread.
//!
//! Each (key, policy) has a slot of 32 bytes in a table of shards. The table is bounded by
//! construction: a flood of keys that nobody has seen before takes the place of the keys that have
//! used the smallest fraction of their quota, and never that of a key that is used up.
//!
//! Danger: when every candidate for eviction is used up, the newcomer cannot be remembered. What
//! happens to it then is [`WhenFull`]; the default refuses it, because what is not remembered is not
//! limited.

mod builder;
mod known;
mod rates;
mod reservation;
mod shard;
mod slot;
mod snapshot;
mod table;
mod transaction;

pub use builder::MemoryBuilder;
pub use reservation::MemoryReservation;
pub use snapshot::SnapshotError;

use std::convert::Infallible;
use std::future::Ready;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use crate::algorithm::Taken;
use crate::clock::{Present, SharedClock};
use crate::decision::{DecisionRef, Glance};
use crate::key::KeyHasher;
use crate::limiter::{Check, Limiter, MAX_SUBJECTS, Outcome, Permit, Subject, Verdict};
use crate::plan::Plan;
use crate::time::Timestamp;
use crate::unit::{Cost, Settlement, Unit};
use known::Usual;
use shard::home;
use slot::{Fingerprint, Life};
use table::Table;
use transaction::{Answer, Request};

/// The in-memory limiter for many callers. Clones share one state.
///
/// ```
/// use ratelimit_core::{ManualClock, Memory, Plan, Policy, Quota};
///
/// let limiter = Memory::builder().clock(ManualClock::new()).build();
/// let starter = Plan::from(Quota::per_minute(60));
/// let enterprise = Plan::from(Quota::per_minute(600));
///
/// let decision = limiter.check_key("alice", &starter, 60);
/// assert!(decision.is_allowed() && decision.remaining() == 0);
/// assert!(!limiter.check_key("alice", &starter, 1).is_allowed());
/// // The moment alice has another plan, what she spent stays spent, and the rest is hers.
/// assert_eq!(limiter.peek_key("alice", &enterprise, 1).remaining(), 540);
/// ```
#[derive(Clone)]
pub struct Memory(Arc<Inner>);

struct Inner {
    table: Table,
    clock: SharedClock,
    hasher: KeyHasher,
    when_full: WhenFull,
}

/// What happens to a caller that cannot be remembered, because the store is full of keys that are
/// used up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenFull {
    /// It is refused, with [`Reason::StoreFull`](crate::Reason::StoreFull): nobody is ever let in
    /// uncounted.
    #[default]
    Refuse,
    /// It is admitted and not counted: a flood cannot lock new callers out.
    Admit,
}

/// How full the store is, and what it had to do about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Slots that hold or held the state of some (key, policy); at most a little over the capacity.
    pub slots: usize,
    /// Bytes of the slots, without sliding logs.
    pub bytes: usize,
    /// Bytes of the sliding logs.
    pub log_bytes: usize,
    /// States that were overwritten while they were still worth something.
    pub evicted: u64,
    /// States of admitted callers that could not be stored ([`WhenFull::Admit`]).
    pub unstored: u64,
}

/// What was taken from a [`Memory`] for a while.
#[derive(Debug)]
pub struct MemoryTicket(Box<[Item]>);

/// What was taken from one slot.
#[derive(Clone, Copy, Debug)]
struct Item {
    fingerprint: Fingerprint,
    life: Life,
    unit: Unit,
    /// The check asked for none of it, so only what is said of this unit by name counts.
    spared: bool,
    taken: Taken,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Charges rates, and looks at caps.
    Look,
    Check,
    Reserve,
    Peek,
}

impl Memory {
    /// A store for a million keys, on the ordinary clock. It begins small.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// A store that is not made like the default.
    pub fn builder() -> MemoryBuilder {
        MemoryBuilder::default()
    }

    /// Charges `cost` to `key` if it fits the plan. A cap on concurrency is only looked at: to hold
    /// its permit, use [`reserve_key`](Self::reserve_key).
    #[inline]
    pub fn check_key<'p, 'c, K>(
        &self,
        key: &K,
        plan: &'p Plan,
        cost: impl Into<Cost<'c>>,
    ) -> DecisionRef<'p>
    where
        K: Hash + ?Sized,
    {
        let (subject, cost) = (self.subject(key, plan), cost.into());
        match self.usual(&subject, cost, Mode::Look) {
            Ok(glance) => glance.decision(),
            Err(now) => self.run(&[subject], cost, Mode::Look, now).0,
        }
    }

    /// What [`check_key`](Self::check_key) would answer. Changes nothing.
    pub fn peek_key<'p, 'c, K>(
        &self,
        key: &K,
        plan: &'p Plan,
        cost: impl Into<Cost<'c>>,
    ) -> DecisionRef<'p>
    where
        K: Hash + ?Sized,
    {
        let subject = self.subject(key, plan);
        self.run(&[subject], cost.into(), Mode::Peek, None).0
    }

    /// Charges `cost` to `key` and takes permits of caps, until the reservation is settled.
    ///
    /// # Errors
    /// The decision, if it does not fit.
    #[expect(clippy::result_large_err, reason = "the error is the answer")]
    pub fn reserve_key<'p, 'c, K>(
        &self,
        key: &K,
        plan: &'p Plan,
        cost: impl Into<Cost<'c>>,
    ) -> Result<MemoryReservation<'p>, DecisionRef<'p>>
    where
        K: Hash + ?Sized,
    {
        let (decision, items) =
            self.run(&[self.subject(key, plan)], cost.into(), Mode::Reserve, None);
        if !decision.is_allowed() {
            return Err(decision);
        }
        let permit = items.map(|items| Permit::new(self.clone(), MemoryTicket(items)));
        Ok(MemoryReservation::new(decision, permit))
    }

    /// Forgets what `key` spent under the plan's policies. Permits that are held stay held.
    pub fn reset_key<K: Hash + ?Sized>(&self, key: &K, plan: &Plan) {
        self.reset_subject(&self.subject(key, plan));
    }

    /// How full the store is. Looks at each shard in turn, one short lock at a time.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let mut stats = Stats::default();
        for shard in self.0.table.each() {
            stats.slots += shard.used();
            stats.bytes += shard.bytes();
            stats.log_bytes += shard.logs.bytes();
            stats.evicted += shard.evicted;
            stats.unstored += shard.unstored;
        }
        stats
    }

    #[inline]
    fn subject<'p, K: Hash + ?Sized>(&self, key: &K, plan: &'p Plan) -> Subject<'p> {
        Subject {
            key: self.0.hasher.key(key),
            plan,
        }
    }

    /// The answer, if it is that to a [usual check](Usual); else the present, if it was measured for it.
    ///
    /// A clock is asked before the lock is taken, so that nobody waits for one. Only the system's last tick, which takes
    /// no time, is read under it.
    #[inline]
    fn usual<'p>(
        &self,
        subject: &Subject<'p>,
        cost: Cost<'_>,
        mode: Mode,
    ) -> Result<Glance<'p>, Option<u64>> {
        let clock = &self.0.clock;
        let usual = Usual::of(subject, cost).ok_or(None)?;
        let in_advance = if usual.is_recent_enough() {
            clock.recent_in_advance()
        } else {
            Some(Present::measured(clock.now().as_nanos()))
        };
        let present = || in_advance.unwrap_or_else(|| clock.recent());
        let glance = usual.run(&self.0.table, mode, present);
        glance.ok_or(in_advance.and_then(Present::nanos_if_measured))
    }

    fn run<'p>(
        &self,
        subjects: &[Subject<'p>],
        cost: Cost<'_>,
        mode: Mode,
        now: Option<u64>,
    ) -> Answer<'p> {
        assert!(
            (1..=MAX_SUBJECTS).contains(&subjects.len()),
            "a check names 1 to {MAX_SUBJECTS} subjects"
        );
        let request = Request {
            subjects,
            cost,
            mode,
            when_full: self.0.when_full,
            now: now.unwrap_or_else(|| self.0.clock.now().as_nanos()),
        };
        transaction::run(&self.0.table, request)
    }

    #[inline]
    fn verdict<'p>(&self, subjects: &[Subject<'p>], cost: Cost<'_>, mode: Mode) -> Check<'p, Self> {
        let mut now = None;
        if let ([subject], true) = (subjects, mode != Mode::Reserve) {
            match self.usual(subject, cost, mode) {
                Err(measured) => now = measured,
                Ok(glance) => {
                    let (decision, ticket) = (glance.decision(), None);
                    return Check::Done(Ok(Verdict { decision, ticket }));
                }
            }
        }
        let (decision, items) = self.run(subjects, cost, mode, now);
        let ticket = items.map(MemoryTicket);
        Check::Done(Ok(Verdict { decision, ticket }))
    }

    fn settle_item(&self, item: &Item, outcome: Outcome, now: u64) {
        let Item { life, taken, .. } = *item;
        let actual = match outcome {
            Outcome::Actual(actual) => actual,
            Outcome::Cancel => 0,
            Outcome::Keep if taken.rate.is_concurrency() => 0,
            Outcome::Keep => return,
        };
        let home = home(item.fingerprint.high, self.0.table.count());
        let mut shard = self.0.table.lock(item.fingerprint.high);
        if let Ok(at) = shard.find(item.fingerprint, home) {
            let is_same = taken.rate.is_concurrency() || shard.is_still(at, life);
            if is_same || !taken.gives_back(actual) {
                shard.settle(at, taken, actual, now);
            }
        } else if u64::from(actual) > taken.amount {
            // The slot was given to another key: what is owed must still be remembered.
            let debt = u64::from(actual) - taken.amount;
            shard.owe(item.fingerprint, home, &taken.rate, now, debt);
        }
    }

    fn reset_subject(&self, subject: &Subject<'_>) {
        let home = home(subject.key.high, self.0.table.count());
        let mut shard = self.0.table.lock(subject.key.high);
        for policy in subject.plan.policies() {
            let fingerprint = Fingerprint::new(subject.key, policy.tag());
            if let Ok(at) = shard.find(fingerprint, home) {
                shard.reset(at);
            }
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory")
            .field("shards", &self.0.table.count())
            .field("when_full", &self.0.when_full)
            .finish_non_exhaustive()
    }
}

impl Limiter for Memory {
    type Ticket = MemoryTicket;
    type Error = Infallible;
    /// Memory answers at once; nobody ever sees one of these.
    type Future = Ready<Result<Verdict<'static, MemoryTicket>, Infallible>>;

    #[inline]
    fn hasher(&self) -> &KeyHasher {
        &self.0.hasher
    }

    #[inline]
    fn check<'p>(&self, subjects: &[Subject<'p>], cost: Cost<'_>) -> Check<'p, Self> {
        self.verdict(subjects, cost, Mode::Check)
    }

    #[inline]
    fn glance<'p>(&self, subject: &Subject<'p>, cost: Cost<'_>) -> Option<Glance<'p>> {
        self.usual(subject, cost, Mode::Check).ok()
    }

    fn reserve<'p>(&self, subjects: &[Subject<'p>], cost: Cost<'_>) -> Check<'p, Self> {
        self.verdict(subjects, cost, Mode::Reserve)
    }

    fn peek<'p>(&self, subjects: &[Subject<'p>], cost: Cost<'_>) -> Check<'p, Self> {
        self.verdict(subjects, cost, Mode::Peek)
    }

    fn reset<'p>(&self, subjects: &[Subject<'p>]) -> Check<'p, Self> {
        for subject in subjects {
            self.reset_subject(subject);
        }
        self.verdict(subjects, 0.into(), Mode::Peek)
    }

    fn settle(&self, ticket: MemoryTicket, settlement: Settlement<'_>) {
        let now = self.0.clock.now().as_nanos();
        for item in &ticket.0 {
            let outcome = match item.spared {
                true => settlement.value_named(item.unit).unwrap_or(Outcome::Keep),
                false => settlement.of(item.unit),
            };
            self.settle_item(item, outcome, now);
        }
    }

    fn unix(&self, at: Timestamp) -> Duration {
        self.0.clock.unix(at)
    }
}
