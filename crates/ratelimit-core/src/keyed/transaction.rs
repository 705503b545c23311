//! One check: all policies of all subjects, under all their locks, together or not at all.
//!
//! Everything is looked up and weighed before anything is written, so a refusal charges nothing,
//! anywhere. The one thing that a refusal writes is a state that was turned into another rate's:
//! else the time after a change of plan would go on counting at the old rate.

use super::shard::{Located, Place, Shard};
use super::slot::{Fingerprint, Life};
use super::table::{Locks, Table};
use super::{Item, Mode, WhenFull};
use crate::algorithm::{Rate, State};
use crate::decision::{DecisionRef, Entry, Reason, Refusal};
use crate::limiter::Subject;
use crate::tally::Tally;
use crate::unit::{Cost, Unit};

use std::borrow::Cow;

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

/// One policy of one subject.
#[derive(Clone, Copy)]
struct Cell {
    subject: u8,
    policy: u8,
    lock: u8,
    /// Another cell before this one is the same slot: weighed here, charged there.
    twin: bool,
    fingerprint: Fingerprint,
    unit: Unit,
    rate: Rate,
    located: Located,
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

impl Cell {
    const UNUSED: Self = Self {
        subject: 0,
        policy: 0,
        lock: 0,
        twin: false,
        fingerprint: Fingerprint { high: 0, low: 0 },
        unit: Unit::REQUESTS,
        rate: Rate::UNUSED,
        located: Located {
            place: Place::Full(None),
            state: State { word: 0, count: 0 },
            rebased: false,
        },
    };

    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "subjects, policies and locks are few"
    )]
    fn locate(
        table: &Table,
        shard: &Shard,
        subject: &Subject<'_>,
        (s, p, lock): (usize, usize, usize),
        before: &[Self],
        now: u64,
    ) -> Self {
        let policy = &subject.plan.policies()[p];
        let fingerprint = Fingerprint::new(subject.key, policy.tag());
        let rate = policy.rate();
        let home = super::shard::home(subject.key.high, table.count());
        Self {
            subject: s as u8,
            policy: p as u8,
            lock: lock as u8,
            twin: before.iter().any(|c| c.fingerprint == fingerprint),
            fingerprint,
            unit: policy.counts(),
            rate,
            located: shard.locate(fingerprint, home, &rate, now),
        }
    }

    /// A place for a newcomer whose probe ends at `end`.
    fn place(
        &self,
        table: &Table,
        shard: &Shard,
        end: usize,
        now: u64,
        chosen: &(impl Iterator<Item = Place> + Clone),
    ) -> Place {
        let home = super::shard::home(self.fingerprint.high, table.count());
        shard.place(home, end, now, chosen)
    }

    /// Charges the slot, unless this is a peek, and says what must be settled later.
    #[inline]
    fn take(&mut self, shard: &mut Shard, request: &Request<'_, '_>) -> Option<Item> {
        if request.mode == Mode::Peek {
            return None;
        }
        let before = self.located.state;
        self.located.state = self.charged(shard, request);
        if let Place::Full(_) = self.located.place {
            self.rate.forget(self.located.state, &mut shard.logs);
            self.located.state = before;
        }
        let Located { place, state, .. } = self.located;
        let at = match place {
            // A newcomer of whom nothing is taken needs no place.
            Place::Missing(_) => None,
            _ => shard.store(place, self.fingerprint, &self.rate, state),
        };
        // Of what found no place nothing can be given back; but what was not foreseen may be owed.
        let is_held = at.is_some() || !self.rate.is_concurrency() && self.cost(request) == 0;
        let is_settled = is_held && self.must_settle(request);
        is_settled.then(|| self.item(shard, before, at, request))
    }

    /// Looks again at a slot that the twin before this cell has perhaps changed.
    #[cold]
    fn follow(&mut self, table: &Table, shard: &Shard, request: &Request<'_, '_>) {
        if request.mode == Mode::Peek {
            return;
        }
        let home = super::shard::home(self.fingerprint.high, table.count());
        self.located = shard.locate(self.fingerprint, home, &self.rate, request.now);
    }

    /// Writes a state that was turned into another rate's, unless this is a peek.
    #[inline]
    fn store_rebased(&mut self, shard: &mut Shard, mode: Mode) {
        let Located { place, state, .. } = self.located;
        if self.located.rebased && mode != Mode::Peek {
            shard.store(place, self.fingerprint, &self.rate, state);
        }
    }

    #[inline]
    fn entry(&self, shard: &Shard, request: &Request<'_, '_>) -> Entry {
        let which = (usize::from(self.subject), usize::from(self.policy));
        let entry = Entry::new(
            which,
            &self.rate,
            self.located.state,
            &shard.logs,
            request.now,
        );
        entry.spared(self.is_spared(request))
    }

    #[inline]
    fn weigh(&self, index: usize, shard: &Shard, request: &Request<'_, '_>, tally: &mut Tally) {
        if self.is_spared(request) {
            return;
        }
        let state = self.located.state;
        let fit = self
            .rate
            .fit(state, &shard.logs, request.now, self.cost(request));
        tally.add(index, fit);
        if let Place::Full(opens) = self.located.place {
            if request.when_full == WhenFull::Refuse && self.is_charged(request) {
                tally.add_refusal(Refusal {
                    reason: Reason::StoreFull,
                    entry: crate::tally::number(index),
                    retry_at: opens.map(|(_, at)| at),
                });
            }
        }
    }

    /// What is asked for in the unit that is counted here.
    #[inline]
    fn cost(&self, request: &Request<'_, '_>) -> u32 {
        request.cost.of(self.unit)
    }

    /// Whether the check says that it concerns nothing of what is counted here.
    #[inline]
    fn is_spared(&self, request: &Request<'_, '_>) -> bool {
        request.cost.spares_unit(self.unit)
    }

    /// Whether the check takes anything here, that must then be remembered.
    #[inline]
    fn is_charged(&self, request: &Request<'_, '_>) -> bool {
        if self.rate.is_concurrency() {
            request.mode != Mode::Look && !self.is_spared(request)
        } else {
            self.cost(request) > 0
        }
    }

    #[inline]
    fn charged(&self, shard: &mut Shard, request: &Request<'_, '_>) -> State {
        let state = self.located.state;
        if !self.is_charged(request) {
            return state;
        }
        let units = u64::from(self.cost(request));
        (self.rate).charge(state, &mut shard.logs, request.now, units)
    }

    fn must_settle(&self, request: &Request<'_, '_>) -> bool {
        match self.rate.is_concurrency() {
            true => self.is_charged(request),
            false => request.mode == Mode::Reserve,
        }
    }

    fn item(
        &self,
        shard: &mut Shard,
        before: State,
        at: Option<usize>,
        request: &Request<'_, '_>,
    ) -> Item {
        let amount = u64::from(self.cost(request));
        // A cap that somebody holds a permit of is never forgotten: it has one life.
        let life = match at {
            Some(at) if !self.rate.is_concurrency() => shard.life(at),
            _ => Life::default(),
        };
        Item {
            fingerprint: self.fingerprint,
            life,
            unit: self.unit,
            spared: self.is_spared(request),
            taken: (self.rate).taken(
                before,
                request.now,
                amount,
                shard.given_back(self.fingerprint),
            ),
        }
    }
}
