//! One check: all policies of all subjects, under all their locks, together or not at all.
//!
//! Everything is looked up and weighed before anything is written, so a refusal charges nothing,
//! anywhere. The one thing that a refusal writes is a state that was turned into another rate's:
//! else the time after a change of plan would go on counting at the old rate.

use super::shard::{Located, Place, Shard};
use super::slot::Fingerprint;
use super::table::{Locks, Table};
use super::{Item, Mode, WhenFull};
use crate::algorithm::{Rate, State, Taken};
use crate::decision::{DecisionRef, Entry, Reason, Refusal};
use crate::limiter::Subject;
use crate::quota::Quota;
use crate::tally::Tally;

use std::borrow::Cow;

/// What a check asks for.
#[derive(Clone, Copy)]
pub(super) struct Request<'a, 'p> {
    pub(super) subjects: &'a [Subject<'p>],
    pub(super) cost: u32,
    pub(super) mode: Mode,
    pub(super) when_full: WhenFull,
    pub(super) now: u64,
}

/// One policy of one subject.
#[derive(Clone, Copy)]
struct Cell {
    subject: u8,
    policy: u8,
    lock: u8,
    /// Another cell before this one is the same slot: weighed here, charged there.
    twin: bool,
    fingerprint: Fingerprint,
    rate: Rate,
    located: Located,
}

/// The cells of a check. `N` is at least their number; few cells need little space to be cleared.
struct Cells<const N: usize> {
    cells: [Cell; N],
    len: usize,
}

/// Runs a check, with just enough room for its policies.
#[inline]
pub(super) fn run<'p>(
    table: &Table,
    request: Request<'_, 'p>,
) -> (DecisionRef<'p>, Option<Box<[Item]>>) {
    let policies = |s: &Subject<'_>| s.plan.policies().len();
    match request.subjects.iter().map(policies).sum() {
        0..=1 => run_with::<1>(table, request),
        2..=4 => run_with::<4>(table, request),
        5..=8 => run_with::<8>(table, request),
        _ => run_with::<{ crate::MAX_SUBJECTS * crate::MAX_POLICIES }>(table, request),
    }
}

#[inline]
fn run_with<'p, const N: usize>(
    table: &Table,
    request: Request<'_, 'p>,
) -> (DecisionRef<'p>, Option<Box<[Item]>>) {
    let now = request.now;
    let mut locks = table.lock_all(request.subjects);
    let mut cells = Cells::<N>::new();
    let mut tally = Tally::default();
    for (s, subject) in request.subjects.iter().enumerate() {
        let lock = locks.of(s);
        let shard = locks.shard(lock);
        shard.make_room(table.count(), N, now);
        for p in 0..subject.plan.policies().len() {
            let cell = cells.locate(table, shard, subject, (s, p, lock), now);
            cell.weigh(cells.len - 1, shard, &request, &mut tally);
        }
    }
    let allowed = tally.refusal().is_none();
    let taken = (allowed && request.mode != Mode::Peek)
        .then(|| cells.take(&mut locks, &request))
        .flatten();
    if !allowed || request.mode == Mode::Peek {
        cells.store_rebased(&mut locks);
    }
    (cells.decision(&mut locks, &request, tally), taken)
}

impl<const N: usize> Cells<N> {
    #[inline]
    fn new() -> Self {
        Self {
            cells: [Cell::UNUSED; N],
            len: 0,
        }
    }

    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "subjects, policies and locks are few"
    )]
    fn locate(
        &mut self,
        table: &Table,
        shard: &mut Shard,
        subject: &Subject<'_>,
        (s, p, lock): (usize, usize, usize),
        now: u64,
    ) -> Cell {
        let policy = &subject.plan.policies()[p];
        let fingerprint = Fingerprint::new(subject.key, policy.tag());
        let rate = policy.rate();
        let home = super::shard::home(subject.key.high, table.count());
        let before = &self.cells[..self.len];
        let same_lock = before.iter().filter(|c| usize::from(c.lock) == lock);
        let chosen = same_lock.map(|c| c.located.place);
        let cell = Cell {
            subject: s as u8,
            policy: p as u8,
            lock: lock as u8,
            twin: before.iter().any(|c| c.fingerprint == fingerprint),
            fingerprint,
            rate,
            located: shard.locate(fingerprint, home, &rate, now, &chosen),
        };
        self.cells[self.len] = cell;
        self.len += 1;
        cell
    }

    /// Charges every cell, and remembers what must be settled later.
    #[inline]
    fn take(&mut self, locks: &mut Locks<'_>, request: &Request<'_, '_>) -> Option<Box<[Item]>> {
        let mut items = Vec::new();
        for cell in self.cells[..self.len].iter_mut().filter(|c| !c.twin) {
            let shard = locks.shard(usize::from(cell.lock));
            if cell.must_settle(request.mode) {
                items.push(cell.item(shard, request));
            }
            let state = cell.located.state;
            let units = u64::from(request.cost);
            let state = cell.rate.charge(state, &mut shard.logs, request.now, units);
            cell.located.state = state;
            if let Place::Full(_) = cell.located.place {
                cell.rate.forget(state, &mut shard.logs);
            }
            shard.store(cell.located.place, cell.fingerprint, &cell.rate, state);
        }
        (!items.is_empty()).then(|| items.into_boxed_slice())
    }

    #[inline]
    fn store_rebased(&self, locks: &mut Locks<'_>) {
        let rebased = |c: &&Cell| c.located.rebased && !c.twin;
        for cell in self.cells[..self.len].iter().filter(rebased) {
            let shard = locks.shard(usize::from(cell.lock));
            let Located { place, state, .. } = cell.located;
            shard.store(place, cell.fingerprint, &cell.rate, state);
        }
    }

    #[inline]
    fn decision<'p>(
        &self,
        locks: &mut Locks<'_>,
        request: &Request<'_, 'p>,
        tally: Tally,
    ) -> DecisionRef<'p> {
        let mut decision = DecisionRef::new(request.now, request.cost);
        for (s, subject) in request.subjects.iter().enumerate() {
            decision.set_plan(s, Cow::Borrowed(subject.plan));
        }
        for cell in &self.cells[..self.len] {
            let shard = locks.shard(usize::from(cell.lock));
            let which = (usize::from(cell.subject), usize::from(cell.policy));
            let state = cell.located.state;
            let entry = Entry::new(which, &cell.rate, state, &shard.logs, request.now);
            decision.push(entry);
        }
        if let Some(refusal) = tally.refusal() {
            decision.refuse(refusal);
        }
        decision
    }
}

impl Cell {
    const UNUSED: Self = Self {
        subject: 0,
        policy: 0,
        lock: 0,
        twin: false,
        fingerprint: Fingerprint { high: 0, low: 0 },
        rate: Rate {
            quota: Quota::per_second(1),
            algorithm: crate::Algorithm::Gcra,
        },
        located: Located {
            place: Place::Full(None),
            state: State { word: 0, count: 0 },
            rebased: false,
        },
    };

    #[inline]
    fn weigh(&self, index: usize, shard: &Shard, request: &Request<'_, '_>, tally: &mut Tally) {
        let state = self.located.state;
        let fit = self.rate.fit(state, &shard.logs, request.now, request.cost);
        tally.add(index, fit);
        if let Place::Full(retry_at) = self.located.place {
            if request.when_full == WhenFull::Refuse && !self.twin {
                tally.add_refusal(Refusal {
                    reason: Reason::StoreFull,
                    entry: index,
                    retry_at,
                });
            }
        }
    }

    fn must_settle(&self, mode: Mode) -> bool {
        let stored = !matches!(self.located.place, Place::Full(_));
        stored && (mode == Mode::Reserve || self.rate.is_concurrency())
    }

    fn item(&self, shard: &Shard, request: &Request<'_, '_>) -> Item {
        let used = (self.rate).used(self.located.state, &shard.logs, request.now);
        Item {
            fingerprint: self.fingerprint,
            rate: self.rate,
            taken: Taken {
                at: request.now,
                amount: u64::from(request.cost),
                // What is in use may be a fraction less than the whole units that it counts as.
                before: used.saturating_sub(1),
            },
        }
    }
}
