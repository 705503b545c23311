//! One check: all policies of all subjects, under all their locks, together or not at all.
//!
//! Everything is looked up and weighed before anything is written, so a refusal charges nothing,
//! anywhere. The one thing that a refusal writes is a state that was turned into another rate's:
//! else the time after a change of plan would go on counting at the old rate.

mod cell;

use super::shard::Place;
use super::table::{Locks, Table};
use super::{Item, Mode, WhenFull};
use crate::decision::{DecisionRef, Refusal};
use crate::limiter::Subject;
use crate::tally::Tally;
use crate::unit::Cost;

use std::borrow::Cow;

use cell::Cell;

/// A decision, and what must be settled later.
pub(super) type Answer<'p> = (DecisionRef<'p>, Option<Box<[Item]>>);

/// What a check asks for.
#[derive(Clone, Copy)]
pub(super) struct Request<'a, 'p> {
    pub(super) subjects: &'a [Subject<'p>],
    pub(super) cost: Cost<'a>,
    pub(super) mode: Mode,
    pub(super) when_full: WhenFull,
    pub(super) now: u64,
}

/// The cells of a check. `N` is at least their number; few cells need little space to be cleared.
struct Cells<const N: usize> {
    cells: [Cell; N],
    len: usize,
}

/// Runs a check, with just enough room for its policies.
pub(super) fn run<'p>(table: &Table, request: Request<'_, 'p>) -> Answer<'p> {
    if let [subject] = request.subjects {
        if let [_] = subject.plan.policies() {
            return run_single(table, &request, subject);
        }
    }
    let policies = |s: &Subject<'_>| s.plan.policies().len();
    match request.subjects.iter().map(policies).sum() {
        0..=4 => run_with::<4>(table, &request),
        5..=8 => run_with::<8>(table, &request),
        _ => run_with::<{ crate::MAX_SUBJECTS * crate::MAX_POLICIES }>(table, &request),
    }
}

/// One policy of one subject: the same steps, with nothing to gather.
fn run_single<'p>(table: &Table, request: &Request<'_, 'p>, subject: &Subject<'p>) -> Answer<'p> {
    let mut guard = table.lock(subject.key.high);
    let shard = &mut *guard;
    shard.make_room(table.count(), 1, request.now);
    let mut cell = Cell::locate(table, shard, subject, (0, 0, 0), &[], request.now);
    if let (Place::Missing(end), true) = (cell.located.place, cell.is_charged(request)) {
        cell.located.place = cell.place(table, shard, end, request.now, &std::iter::empty());
    }
    let mut tally = Tally::default();
    cell.weigh(0, shard, request, &mut tally);
    let refusal = tally.refusal();
    let mut item = None;
    if refusal.is_none() {
        item = cell.take(shard, request);
    } else {
        cell.store_rebased(shard, request.mode);
    }
    let mut decision = DecisionRef::new(request.now, cell.cost(request), refusal);
    decision.push_plan(Cow::Borrowed(subject.plan));
    decision.push(cell.entry(shard, request));
    (decision, item.map(|item| Box::from([item])))
}

fn run_with<'p, const N: usize>(table: &Table, request: &Request<'_, 'p>) -> Answer<'p> {
    let mut locks = table.lock_all(request.subjects);
    let mut cells = Cells::<N>::new();
    cells.locate(table, &mut locks, request);
    cells.place(table, &mut locks, request);
    let mut tally = Tally::default();
    for (i, cell) in cells.cells[..cells.len].iter().enumerate() {
        cell.weigh(i, locks.shard(usize::from(cell.lock)), request, &mut tally);
    }
    let refusal = tally.refusal();
    let mut items = Vec::new();
    for i in 0..cells.len {
        let shard = locks.shard(usize::from(cells.cells[i].lock));
        let cell = &mut cells.cells[i];
        match refusal {
            _ if cell.twin => cell.follow(table, shard, request),
            None => items.extend(cell.take(shard, request)),
            Some(_) => cell.store_rebased(shard, request.mode),
        }
    }
    let decision = cells.decision(&mut locks, request, refusal);
    let items = (!items.is_empty()).then(|| items.into_boxed_slice());
    (decision, items)
}

impl<const N: usize> Cells<N> {
    fn new() -> Self {
        Self {
            cells: [Cell::UNUSED; N],
            len: 0,
        }
    }

    /// Finds what is known of each policy of each subject.
    fn locate(&mut self, table: &Table, locks: &mut Locks<'_>, request: &Request<'_, '_>) {
        for s in 0..request.subjects.len() {
            // Before anything is found, because growth moves what was found.
            let shard = locks.shard(locks.of(s));
            shard.make_room(table.count(), N, request.now);
        }
        for (s, subject) in request.subjects.iter().enumerate() {
            let lock = locks.of(s);
            let shard = locks.shard(lock);
            for p in 0..subject.plan.policies().len() {
                let which = (s, p, lock);
                let before = &self.cells[..self.len];
                let cell = Cell::locate(table, shard, subject, which, before, request.now);
                self.cells[self.len] = cell;
                self.len += 1;
            }
        }
    }

    /// Finds places for newcomers, once it is known which slots the others have.
    ///
    /// Danger: every place that is found must be used. A newcomer behind an empty place that stays empty is
    /// never found again. So whoever is not charged gets none.
    fn place(&mut self, table: &Table, locks: &mut Locks<'_>, request: &Request<'_, '_>) {
        for i in 0..self.len {
            let cell = self.cells[i];
            let (Place::Missing(end), false) = (cell.located.place, cell.twin) else {
                continue;
            };
            if !cell.is_charged(request) {
                continue;
            }
            let shard = locks.shard(usize::from(cell.lock));
            let same_lock = self.cells[..self.len]
                .iter()
                .filter(|c| c.lock == cell.lock);
            let chosen = same_lock.map(|c| c.located.place);
            self.cells[i].located.place = cell.place(table, shard, end, request.now, &chosen);
        }
    }

    fn decision<'p>(
        &self,
        locks: &mut Locks<'_>,
        request: &Request<'_, 'p>,
        refusal: Option<Refusal>,
    ) -> DecisionRef<'p> {
        let binding = refusal.map_or(0, |refusal| usize::from(refusal.entry));
        let cost = self.cells[binding].cost(request);
        let mut decision = DecisionRef::new(request.now, cost, refusal);
        for subject in request.subjects {
            decision.push_plan(Cow::Borrowed(subject.plan));
        }
        for cell in &self.cells[..self.len] {
            let shard = locks.shard(usize::from(cell.lock));
            decision.push(cell.entry(shard, request));
        }
        decision
    }
}
