//! One shard of the table: open addressing with linear probing, behind one lock.
//!
//! Nothing is ever removed: a slot whose state says no more than that of an unknown key is used
//! again where it stands, and eviction overwrites. So there are no tombstones and no sweeper.
//!
//! Dangers. A probe for a fingerprint may only end at a slot that was never used: with any other
//! bound a key is lost now and then, and what a lost key spends is not counted. Only the candidates
//! for reuse and eviction are bounded. And some slots must stay never used, or probes have no end.

use super::rates::Rates;
use super::slot::{Fingerprint, MAX_RATE_ID, Slot};
use crate::algorithm::{Fit, Logs, Rate, State};

/// How many slots of a probe are looked at for one that may be overwritten.
const CANDIDATES: usize = 32;
const FIRST_SLOTS: usize = 16;
const GROWTH: usize = 8;

#[derive(Debug)]
pub(super) struct Shard {
    slots: Vec<Slot>,
    /// Slots that are not never-used.
    used: usize,
    full_slots: usize,
    rates: Rates,
    /// How many rates there may be before the numbers are given out anew.
    rates_limit: usize,
    pub(super) logs: Logs,
    pub(super) evicted: u64,
    pub(super) unstored: u64,
}

/// The state of one policy of one key, and where it goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Located {
    pub(super) place: Place,
    pub(super) state: State,
    /// The slot held the state of another rate.
    pub(super) rebased: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The key's own slot.
    Known(usize),
    /// A slot that was never used.
    Free(usize),
    /// A slot whose state is worth nothing any more.
    Reused(usize),
    /// A slot whose state is worth less than the newcomer's will be.
    Evicted(usize),
    /// There is no place: every candidate is used up. The instant at which one will not be.
    Full(Option<u64>),
}

impl Shard {
    pub(super) fn new(full_slots: usize, log_entries: usize) -> Self {
        Self {
            slots: Vec::new(),
            used: 0,
            full_slots,
            rates: Rates::default(),
            rates_limit: 64,
            logs: Logs::new(log_entries),
            evicted: 0,
            unstored: 0,
        }
    }

    /// Grows if `more` newcomers could need it.
    #[inline]
    pub(super) fn make_room(&mut self, shards: u64, more: usize, now: u64) {
        let slots = self.slots.len();
        if slots < self.full_slots && (self.used + more) * 5 > slots * 4 {
            self.grow(shards, now);
        }
    }

    /// Finds the state of a policy of a key, or a place for it that is not one of `chosen`.
    #[inline]
    pub(super) fn locate(
        &mut self,
        fingerprint: Fingerprint,
        home: u64,
        rate: &Rate,
        now: u64,
        chosen: &(impl Iterator<Item = Place> + Clone),
    ) -> Located {
        match self.find(fingerprint, home) {
            Ok(at) => {
                let (state, rebased) = self.state_under(at, rate, now);
                Located {
                    place: Place::Known(at),
                    state,
                    rebased,
                }
            }
            Err(end) => Located {
                place: self.place(home, end, now, chosen),
                state: rate.advance(State::default(), now),
                rebased: false,
            },
        }
    }

    /// Writes a state to its place.
    #[inline]
    pub(super) fn store(
        &mut self,
        place: Place,
        fingerprint: Fingerprint,
        rate: &Rate,
        state: State,
    ) {
        let at = match place {
            Place::Known(at) => at,
            Place::Free(at) => {
                self.used += 1;
                at
            }
            Place::Reused(at) => self.vacate(at),
            Place::Evicted(at) => {
                self.evicted += 1;
                self.vacate(at)
            }
            Place::Full(_) => {
                self.unstored += 1;
                return;
            }
        };
        let id = self.number(at, rate);
        self.slots[at] = Slot::new(fingerprint, state, id);
    }

    /// The place of a fingerprint, or the end of its probe (a slot that was never used).
    #[inline]
    pub(super) fn find(&self, fingerprint: Fingerprint, home: u64) -> Result<usize, usize> {
        let len = self.slots.len();
        if len == 0 {
            return Err(0);
        }
        let mut at = index(home, len);
        loop {
            let slot = &self.slots[at];
            if slot.is(fingerprint) {
                return Ok(at);
            }
            if slot.is_never_used() {
                return Err(at);
            }
            at = next(at, len);
        }
    }

    /// The rate and the state of a slot that is in use.
    pub(super) fn read(&self, at: usize) -> (Rate, State) {
        let slot = &self.slots[at];
        (self.rates.get(slot.rate()), slot.state())
    }

    /// Writes a state under the rate that the slot already has.
    pub(super) fn write(&mut self, at: usize, state: State) {
        let slot = &mut self.slots[at];
        *slot = Slot::new(slot.fingerprint(), state, slot.rate());
    }

    pub(super) fn used(&self) -> usize {
        self.used
    }

    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }

    #[inline]
    fn state_under(&mut self, at: usize, rate: &Rate, now: u64) -> (State, bool) {
        let (old, state) = self.read(at);
        if old == *rate {
            (rate.advance(state, now), false)
        } else {
            (old.rebase(rate, state, &mut self.logs, now), true)
        }
    }

    /// A place for a newcomer whose probe ends at `end`.
    fn place(
        &self,
        home: u64,
        end: usize,
        now: u64,
        chosen: &(impl Iterator<Item = Place> + Clone),
    ) -> Place {
        let len = self.slots.len();
        if len == 0 {
            return Place::Full(None);
        }
        let mut victim: Option<(usize, u64)> = None;
        let mut opens_at: Option<u64> = None;
        let mut at = index(home, len);
        for _ in 0..CANDIDATES {
            if at == end {
                break;
            }
            if !chosen.clone().any(|p| p.slot() == Some(at)) {
                let (rate, state) = self.read(at);
                match worth(&rate, state, &self.logs, now) {
                    Worth::Nothing => return Place::Reused(at),
                    Worth::Part(fraction) if victim.is_none_or(|(_, least)| fraction < least) => {
                        victim = Some((at, fraction));
                    }
                    Worth::Part(_) => {}
                    Worth::All(until) => opens_at = earlier(opens_at, until),
                }
            }
            at = next(at, len);
        }
        if let Some(free) = self.free_from(end, chosen) {
            return Place::Free(free);
        }
        victim.map_or(Place::Full(opens_at), |(at, _)| Place::Evicted(at))
    }

    /// A never-used slot that may be used, from `at` on.
    fn free_from(
        &self,
        mut at: usize,
        chosen: &(impl Iterator<Item = Place> + Clone),
    ) -> Option<usize> {
        let len = self.slots.len();
        let pending = chosen
            .clone()
            .filter(|p| matches!(p, Place::Free(_)))
            .count();
        // One in 32 stays never used, so that probes end.
        if self.used + pending >= len - len.div_ceil(32) {
            return None;
        }
        while !self.slots[at].is_never_used() || chosen.clone().any(|p| p == Place::Free(at)) {
            at = next(at, len);
        }
        Some(at)
    }

    fn vacate(&mut self, at: usize) -> usize {
        let (rate, state) = self.read(at);
        rate.forget(state, &mut self.logs);
        at
    }

    /// The number of a rate, for a slot that perhaps names it already.
    #[inline]
    fn number(&mut self, at: usize, rate: &Rate) -> u32 {
        let slot = &self.slots[at];
        if !slot.is_never_used() && self.rates.get(slot.rate()) == *rate {
            return slot.rate();
        }
        match self.rates.find(rate) {
            Some(id) => id,
            None => self.new_number(rate),
        }
    }

    #[cold]
    fn new_number(&mut self, rate: &Rate) -> u32 {
        if self.rates.len() >= self.rates_limit.min(MAX_RATE_ID as usize) {
            self.renumber();
            if let Some(id) = self.rates.find(rate) {
                return id;
            }
        }
        self.rates.add(*rate)
    }

    /// Forgets the rates that no slot names. Bounded by the shard's slots, and rare: the next one
    /// comes when the number of rates has doubled.
    fn renumber(&mut self) {
        let old = std::mem::take(&mut self.rates);
        for slot in self.slots.iter_mut().filter(|s| !s.is_never_used()) {
            let rate = old.get(slot.rate());
            let id = match self.rates.find(&rate) {
                Some(id) => id,
                None => self.rates.add(rate),
            };
            slot.set_rate(id);
        }
        self.rates_limit = (self.rates.len() * 2).max(64);
    }

    /// Makes the shard larger, and leaves behind what is worth nothing any more.
    #[cold]
    fn grow(&mut self, shards: u64, now: u64) {
        let grown = (self.slots.len() * GROWTH).max(FIRST_SLOTS);
        let len = grown.min(self.full_slots);
        let old = std::mem::replace(&mut self.slots, vec![Slot::NEVER_USED; len]);
        self.used = 0;
        for slot in old.iter().filter(|s| !s.is_never_used()) {
            let rate = self.rates.get(slot.rate());
            if rate.is_idle(slot.state(), &self.logs, now) {
                rate.forget(slot.state(), &mut self.logs);
                continue;
            }
            let home = home(slot.fingerprint().high, shards);
            if let Err(at) = self.find(slot.fingerprint(), home) {
                self.slots[at] = *slot;
                self.used += 1;
            }
        }
    }
}

impl Place {
    fn slot(self) -> Option<usize> {
        match self {
            Self::Known(at) | Self::Free(at) | Self::Reused(at) | Self::Evicted(at) => Some(at),
            Self::Full(_) => None,
        }
    }
}

/// What a slot's state is worth keeping for.
enum Worth {
    Nothing,
    /// The fraction that is used, in 2⁻²⁰.
    Part(u64),
    /// It refuses. Until when, if that can be known.
    All(Option<u64>),
}

/// The used *fraction* decides, not the time until everything is free again: by time, a fresh daily
/// key would outlive an exhausted minute key, and a flood of the former would buy back the latter.
fn worth(rate: &Rate, state: State, logs: &Logs, now: u64) -> Worth {
    if rate.is_idle(state, logs, now) {
        return Worth::Nothing;
    }
    if rate.is_concurrency() {
        // A permit that is in flight is a fact, not a history.
        return Worth::All(None);
    }
    let state = rate.advance(state, now);
    match rate.fit(state, logs, now, 1) {
        Fit::At(at) => Worth::All(Some(at)),
        Fit::Held | Fit::Never => Worth::All(None),
        Fit::Now => Worth::Part((rate.used(state, logs, now) << 20) / rate.capacity()),
    }
}

fn earlier(a: Option<u64>, b: Option<u64>) -> Option<u64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Which shard a key lives in, of `shards`.
#[inline]
pub(super) fn shard_of(high: u64, shards: usize) -> usize {
    scale(high, shards)
}

/// Where in its shard a key's probe begins, as a fraction of 2⁶⁴: what the choice of the shard left.
#[inline]
pub(super) fn home(high: u64, shards: u64) -> u64 {
    high.wrapping_mul(shards)
}

/// Works for any number of slots, not only for powers of two.
#[inline]
fn index(home: u64, len: usize) -> usize {
    scale(home, len)
}

/// `fraction·2⁻⁶⁴·len`, rounded down.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "less than `len`")]
fn scale(fraction: u64, len: usize) -> usize {
    ((u128::from(fraction) * len as u128) >> 64) as usize
}

#[inline]
fn next(at: usize, len: usize) -> usize {
    if at + 1 == len { 0 } else { at + 1 }
}
