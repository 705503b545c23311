//! One policy of one subject in a check: found, weighed, and charged.

use super::super::shard::{self, Located, Place, Shard};
use super::super::slot::{Fingerprint, Life};
use super::super::table::Table;
use super::super::{Item, Mode, WhenFull};
use super::Request;
use crate::algorithm::{Rate, State};
use crate::decision::{Entry, Reason, Refusal};
use crate::limiter::Subject;
use crate::tally::Tally;
use crate::unit::Unit;

/// One policy of one subject.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    pub(super) subject: u8,
    pub(super) policy: u8,
    pub(super) lock: u8,
    /// Another cell before this one is the same slot: weighed here, charged there.
    pub(super) twin: bool,
    pub(super) fingerprint: Fingerprint,
    pub(super) unit: Unit,
    pub(super) rate: Rate,
    pub(super) located: Located,
}

impl Cell {
    pub(super) const UNUSED: Self = Self {
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
    pub(super) fn locate(
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
        let home = shard::home(subject.key.high, table.count());
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
    pub(super) fn place(
        &self,
        table: &Table,
        shard: &Shard,
        end: usize,
        now: u64,
        chosen: &(impl Iterator<Item = Place> + Clone),
    ) -> Place {
        let home = shard::home(self.fingerprint.high, table.count());
        shard.place(home, end, now, chosen)
    }

    /// Charges the slot, unless this is a peek, and says what must be settled later.
    #[inline]
    pub(super) fn take(&mut self, shard: &mut Shard, request: &Request<'_, '_>) -> Option<Item> {
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
    pub(super) fn follow(&mut self, table: &Table, shard: &Shard, request: &Request<'_, '_>) {
        if request.mode == Mode::Peek {
            return;
        }
        let home = shard::home(self.fingerprint.high, table.count());
        self.located = shard.locate(self.fingerprint, home, &self.rate, request.now);
    }

    /// Writes a state that was turned into another rate's, unless this is a peek.
    #[inline]
    pub(super) fn store_rebased(&mut self, shard: &mut Shard, mode: Mode) {
        let Located { place, state, .. } = self.located;
        if self.located.rebased && mode != Mode::Peek {
            shard.store(place, self.fingerprint, &self.rate, state);
        }
    }

    #[inline]
    pub(super) fn entry(&self, shard: &Shard, request: &Request<'_, '_>) -> Entry {
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
    pub(super) fn weigh(
        &self,
        index: usize,
        shard: &Shard,
        request: &Request<'_, '_>,
        tally: &mut Tally,
    ) {
        if self.is_spared(request) {
            return;
        }
        let state = self.located.state;
        let fit = self
            .rate
            .fit(state, &shard.logs, request.now, self.cost(request));
        tally.add(index, &self.rate, fit);
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
    pub(super) fn cost(&self, request: &Request<'_, '_>) -> u32 {
        request.cost.of(self.unit)
    }

    /// Whether the check says that it concerns nothing of what is counted here.
    #[inline]
    fn is_spared(&self, request: &Request<'_, '_>) -> bool {
        request.cost.spares_unit(self.unit)
    }

    /// Whether the check takes anything here, that must then be remembered.
    #[inline]
    pub(super) fn is_charged(&self, request: &Request<'_, '_>) -> bool {
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
