//! One shard of the table: open addressing with linear probing, behind one lock.
//!
//! Nothing is ever removed: a slot whose state says no more than that of an unknown key is used
//! again where it stands, and eviction overwrites. So there are no tombstones and no sweeper.
//!
//! Dangers. A probe for a fingerprint may only end at a slot that was never used: with any other
//! bound a key is lost now and then, and what a lost key spends is not counted. Only the candidates
//! for reuse and eviction are bounded. And some slots must stay never used, or probes have no end.

use super::rates::Rates;
use super::slot::{Fingerprint, Life, MAX_RATE_ID, Slot};
use crate::algorithm::{Fit, Logs, Rate, State, Taken};
use crate::meter::settle_one;

/// How many slots of a probe are looked at for one that may be overwritten.
const CANDIDATES: usize = 32;
/// A state of which no more is used is overwritten without looking further; in 2⁻²⁰.
const LITTLE_USED: u64 = (1 << 20) / 16;
/// Counters of what was given back, of each shard in which something was.
const GIVEN_BACK_COUNTERS: usize = 64;
const FIRST_SLOTS: usize = 16;
const GROWTH: usize = 8;

#[derive(Debug)]
pub(super) struct Shard {
    slots: Vec<Slot>,
    /// Slots that are not never-used.
    used: usize,
    full_slots: usize,
    /// Newcomers that were stored since the shard was last tidied.
    newcomers: usize,
    /// How many there must be before it is tidied again.
    patience: usize,
    rates: Rates,
    /// How many rates there may be before the numbers are given out anew.
    rates_limit: usize,
    /// How many lives of states have begun.
    begun: u64,
    /// The numbers of the slots' lives, modulo 2³²; empty until something is first reserved.
    lives: Vec<u32>,
    pub(super) logs: Logs,
    /// Units that were ever given back, counted for many keys together: see [`Shard::given_back`].
    given_back: Vec<u64>,
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
    /// The end of the probe, which was never used; the slot `from` becomes never used instead.
    Exchanged {
        to: usize,
        from: usize,
        evicts: bool,
    },
    /// There is none yet; the probe ends here.
    Missing(usize),
    /// There is no place: every candidate is used up. Which one will not be at which instant.
    Full(Option<(usize, u64)>),
}

impl Shard {
    pub(super) fn new(full_slots: usize, log_entries: usize) -> Self {
        Self {
            slots: Vec::new(),
            used: 0,
            full_slots,
            newcomers: 0,
            patience: 0,
            rates: Rates::default(),
            rates_limit: 64,
            begun: 0,
            lives: Vec::new(),
            logs: Logs::new(log_entries),
            given_back: Vec::new(),
            evicted: 0,
            unstored: 0,
        }
    }

    /// Grows until `more` newcomers find room. Places that were found before are void.
    #[inline]
    pub(super) fn make_room(&mut self, shards: u64, more: usize, now: u64) {
        while self.slots.len() < self.full_slots && (self.used + more) * 5 > self.slots.len() * 4 {
            let grown = (self.slots.len() * GROWTH).max(FIRST_SLOTS);
            self.rebuild(grown.min(self.full_slots), shards, now);
        }
        if self.used + more > self.most_used() && self.newcomers >= self.patience {
            self.tidy(shards, now);
        }
    }

    /// How many slots may be used: one in 32 stays never used, so that probes end.
    #[inline]
    fn most_used(&self) -> usize {
        self.slots.len() - self.slots.len().div_ceil(32)
    }

    /// Finds the state of a policy of a key; if there is none, its place is [missing](Place::Missing).
    #[inline]
    pub(super) fn locate(
        &self,
        fingerprint: Fingerprint,
        home: u64,
        rate: &Rate,
        now: u64,
    ) -> Located {
        match self.find(fingerprint, home) {
            Ok(at) => self.state_under(at, rate, now),
            Err(end) => Located {
                place: Place::Missing(end),
                state: rate.advance(State::default(), now),
                rebased: false,
            },
        }
    }

    /// Writes a state to its place, and says which slot that is; `None` if there is none.
    #[inline]
    pub(super) fn store(
        &mut self,
        place: Place,
        fingerprint: Fingerprint,
        rate: &Rate,
        state: State,
    ) -> Option<usize> {
        let at = match place {
            Place::Known(at) => {
                self.store_known(at, rate, state);
                return Some(at);
            }
            Place::Free(at) => {
                self.used += 1;
                at
            }
            Place::Reused(at) => self.vacate(at),
            Place::Evicted(at) => {
                self.evicted += 1;
                self.vacate(at)
            }
            Place::Exchanged { to, from, evicts } => {
                self.evicted += u64::from(evicts);
                let from = self.vacate(from);
                self.slots[from] = Slot::NEVER_USED;
                to
            }
            Place::Missing(_) | Place::Full(_) => {
                self.unstored += 1;
                return None;
            }
        };
        let id = self.number(at, rate);
        self.newcomers += 1;
        self.slots[at] = Slot::new(fingerprint, state, id);
        self.begin(at);
        Some(at)
    }

    /// Another life begins at `at`: what was taken from a former one is not given back any more.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "modulo 2³²")]
    fn begin(&mut self, at: usize) {
        self.begun += 1;
        if let Some(life) = self.lives.get_mut(at) {
            *life = self.begun as u32;
        }
    }

    /// Corrects what was taken from the slot at `at`.
    pub(super) fn settle(&mut self, at: usize, taken: Taken, actual: u32, now: u64) {
        let (rate, state) = self.read(at);
        let state = rate.advance(state, now);
        let place = given_back_place(self.slots[at].fingerprint());
        self.given_back.resize(GIVEN_BACK_COUNTERS, 0);
        let given_back = &mut self.given_back[place];
        let state = settle_one(&rate, state, &mut self.logs, now, taken, actual, given_back);
        self.write(at, state);
    }

    /// Units that were ever given back to this fingerprint, and to others that share its counter:
    /// a number that is too large only makes a refund smaller.
    pub(super) fn given_back(&self, fingerprint: Fingerprint) -> u64 {
        let place = given_back_place(fingerprint);
        self.given_back.get(place).copied().unwrap_or_default()
    }

    /// Charges a debt to a key that is not known any more.
    #[cold]
    pub(super) fn owe(
        &mut self,
        fingerprint: Fingerprint,
        home: u64,
        rate: &Rate,
        now: u64,
        debt: u64,
    ) {
        let Located { place, state, .. } = self.locate(fingerprint, home, rate, now);
        let Place::Missing(end) = place else { return };
        let place = self.place(home, end, now, &std::iter::empty());
        let state = rate.charge(state, &mut self.logs, now, debt);
        if let Place::Full(_) = place {
            rate.forget(state, &mut self.logs);
        }
        self.store(place, fingerprint, rate, state);
    }

    #[inline]
    fn store_known(&mut self, at: usize, rate: &Rate, state: State) {
        let old = self.rates.get(self.slots[at].rate());
        if old != *rate {
            self.relabel(at, &old, rate);
        }
        self.write(at, state);
    }

    /// Another rate for a slot, whose state is about to be overwritten by one of that rate.
    #[cold]
    fn relabel(&mut self, at: usize, old: &Rate, rate: &Rate) {
        let slot = self.slots[at];
        if !old.refunds_at(rate) {
            self.begin(at);
        }
        let id = self.number(at, rate);
        self.slots[at] = Slot::new(slot.fingerprint(), slot.state(), id);
    }

    /// The slot's state begins anew. Permits that are held stay held.
    pub(super) fn reset(&mut self, at: usize) {
        let (rate, state) = self.read(at);
        if rate.is_concurrency() {
            return;
        }
        rate.forget(state, &mut self.logs);
        self.begin(at);
        self.write(at, State::default());
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
    #[inline]
    pub(super) fn read(&self, at: usize) -> (Rate, State) {
        let slot = &self.slots[at];
        (self.rates.get(slot.rate()), slot.state())
    }

    /// Writes a state under the rate that the slot already has.
    #[inline]
    pub(super) fn write(&mut self, at: usize, state: State) {
        let slot = &mut self.slots[at];
        *slot = Slot::new(slot.fingerprint(), state, slot.rate());
    }

    /// The life of the state at `at`, for something that is taken from it and may be given back.
    pub(super) fn life(&mut self, at: usize) -> Life {
        self.lives.resize(self.slots.len(), 0);
        Life {
            number: self.lives[at],
            begun: self.begun,
        }
    }

    /// Whether the state at `at` is still in this life.
    pub(super) fn is_still(&self, at: usize, life: Life) -> bool {
        let number = self.lives.get(at).copied().unwrap_or_default();
        life.is_still(number, self.begun)
    }

    pub(super) fn used(&self) -> usize {
        self.used
    }

    pub(super) fn bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>() + self.lives.capacity() * size_of::<u32>()
    }

    /// The state at `at` as one of the rate `rate`.
    #[inline]
    fn state_under(&self, at: usize, rate: &Rate, now: u64) -> Located {
        let (old, mut state) = self.read(at);
        let rebased = old != *rate;
        if rebased {
            state = old.rebase(rate, state, now);
        }
        Located {
            place: Place::Known(at),
            state: rate.advance(state, now),
            rebased,
        }
    }

    /// A place for a newcomer whose probe ends at `end`, that is not one of `chosen`.
    ///
    /// Every slot that this check found or gave away must be among `chosen`: a newcomer that took the
    /// place of its sibling would be overwritten by it, and never be counted.
    pub(super) fn place(
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
        let (end, is_free) = self.open_end(end, chosen);
        let mut best = Best::default();
        let mut at = index(home, len);
        for _ in 0..CANDIDATES {
            if at == end {
                break;
            }
            if !chosen.clone().any(|p| p.has(at)) && self.weigh(at, now, &mut best) {
                return Place::Reused(at);
            }
            at = next(at, len);
        }
        let pending = chosen.clone().filter(|p| matches!(p, Place::Free(_)));
        if is_free && self.used + pending.count() < self.most_used() {
            return Place::Free(end);
        }
        match best.victim {
            Some((at, part)) if part <= LITTLE_USED || !is_free => Place::Evicted(at),
            None if !is_free => Place::Full(best.opens),
            _ => self.exchange(home, end, now, best, chosen),
        }
    }

    /// No slot of the probe should go: few are in it, or all are used much. Then its end, which was
    /// never used, is used, and the last slot before some other end becomes never used instead. No
    /// probe leads past that one.
    #[cold]
    fn exchange(
        &self,
        home: u64,
        end: usize,
        now: u64,
        mut best: Best,
        chosen: &(impl Iterator<Item = Place> + Clone),
    ) -> Place {
        let len = self.slots.len();
        let start = index(home, len);
        let on_probe = best.victim;
        let mut ends = 0;
        let mut last = end;
        while ends < CANDIDATES {
            last = next(last, len);
            let after = next(last, len);
            // All the way round: what stands before the end is part of the probe, if that is not empty.
            if last == end || after == end && start != end {
                break;
            }
            let is_last = self.slots[after].is_never_used() && !self.slots[last].is_never_used();
            if !is_last || chosen.clone().any(|p| p.has(last) || p.has(after)) {
                continue;
            }
            ends += 1;
            if self.weigh(last, now, &mut best) {
                return Place::Exchanged {
                    to: end,
                    from: last,
                    evicts: false,
                };
            }
        }
        match best.victim {
            Some((at, _)) if best.victim == on_probe => Place::Evicted(at),
            Some((from, _)) => Place::Exchanged {
                to: end,
                from,
                evicts: true,
            },
            None => Place::Full(best.opens),
        }
    }

    /// Weighs the candidate at `at`, and says whether it is worth nothing.
    fn weigh(&self, at: usize, now: u64, best: &mut Best) -> bool {
        let (rate, state) = self.read(at);
        match worth(&rate, state, &self.logs, now) {
            Worth::Nothing => return true,
            Worth::Part(part) if best.victim.is_none_or(|(_, least)| part < least) => {
                best.victim = Some((at, part));
            }
            Worth::All(Some(until)) if best.opens.is_none_or(|(_, first)| until < first) => {
                best.opens = Some((at, until));
            }
            Worth::Part(_) | Worth::All(_) => {}
        }
        false
    }

    /// Where a probe that leads to `at` ends once all that is `chosen` is stored, and whether that
    /// slot can be used: one that is about to become never used cannot.
    fn open_end(
        &self,
        mut at: usize,
        chosen: &(impl Iterator<Item = Place> + Clone),
    ) -> (usize, bool) {
        loop {
            let vacated = |p| matches!(p, Place::Exchanged { from, .. } if from == at);
            if chosen.clone().any(vacated) {
                return (at, false);
            }
            if self.slots[at].is_never_used() && !chosen.clone().any(|p| p.is_promised(at)) {
                return (at, true);
            }
            at = next(at, self.slots.len());
        }
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

    /// Makes never-used slots of those that are worth nothing any more. A newcomer uses them again only
    /// if they are on its probe, and so would evict others from a shard with room enough.
    ///
    /// Bounded by the shard's slots, and paid for by newcomers: it comes again when a sixteenth of the
    /// slots has been given to them, and far more seldom while it is of no use, as in a flood.
    #[cold]
    fn tidy(&mut self, shards: u64, now: u64) {
        let len = self.slots.len();
        let is_idle = |slot: &&Slot| {
            let rate = self.rates.get(slot.rate());
            !slot.is_never_used() && rate.is_idle(slot.state(), &self.logs, now)
        };
        let idle = self.slots.iter().filter(is_idle).count();
        self.newcomers = 0;
        if idle * 16 >= len {
            self.patience = len / 16;
            self.rebuild(len, shards, now);
        } else {
            self.patience = (self.patience * 2).clamp(len / 16, len * 16);
        }
    }

    /// Moves what is still worth something to a table of `len` slots.
    #[cold]
    fn rebuild(&mut self, len: usize, shards: u64, now: u64) {
        let old = std::mem::replace(&mut self.slots, vec![Slot::NEVER_USED; len]);
        let lives = std::mem::take(&mut self.lives);
        if !lives.is_empty() {
            self.lives = vec![0; len];
        }
        self.used = 0;
        for (from, slot) in old.iter().enumerate().filter(|(_, s)| !s.is_never_used()) {
            let rate = self.rates.get(slot.rate());
            if rate.is_idle(slot.state(), &self.logs, now) {
                rate.forget(slot.state(), &mut self.logs);
                continue;
            }
            let home = home(slot.fingerprint().high, shards);
            if let Err(at) = self.find(slot.fingerprint(), home) {
                self.slots[at] = *slot;
                self.used += 1;
                if let Some(life) = lives.get(from) {
                    self.lives[at] = *life;
                }
            }
        }
    }
}

impl Place {
    /// Whether this slot is spoken for.
    fn has(self, slot: usize) -> bool {
        match self {
            Self::Known(at) | Self::Free(at) | Self::Reused(at) | Self::Evicted(at) => at == slot,
            Self::Exchanged { to, from, .. } => to == slot || from == slot,
            Self::Full(opens) => opens.is_some_and(|(at, _)| at == slot),
            Self::Missing(_) => false,
        }
    }

    /// Whether this slot, which was never used, is about to be.
    fn is_promised(self, slot: usize) -> bool {
        match self {
            Self::Free(at) | Self::Exchanged { to: at, .. } => at == slot,
            _ => false,
        }
    }
}

/// The best of the candidates that were weighed so far.
#[derive(Clone, Copy, Default)]
struct Best {
    /// Which has the smallest part used, and how much that is.
    victim: Option<(usize, u64)>,
    /// Of those that are used up, which will not be first, and when.
    opens: Option<(usize, u64)>,
}

#[expect(clippy::cast_possible_truncation, reason = "six bits")]
fn given_back_place(fingerprint: Fingerprint) -> usize {
    fingerprint.low as usize % GIVEN_BACK_COUNTERS
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
