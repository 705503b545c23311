//! One shard of the table: open addressing with linear probing, behind one lock.
//!
//! Nothing is ever removed: a slot whose state says no more than that of an unknown key is used
//! again where it stands, and eviction overwrites. So there are no tombstones and no sweeper.
//!
//! Dangers. A probe for a fingerprint may only end at a slot that was never used: with any other
//! bound a key is lost now and then, and what a lost key spends is not counted. Only the candidates
//! for reuse and eviction are bounded. And some slots must stay never used, or probes have no end.

mod growth;
mod numbers;
mod place;
mod probe;

pub(super) use probe::{home, shard_of};

use super::rates::Rates;
use super::slot::{Fingerprint, Life, MAX_RATE_ID, Slot};
use crate::algorithm::{Logs, Rate, State, Taken};
use crate::meter::settle_one;
use probe::{index, next};

/// Counters of what was given back, of each shard in which something was.
const GIVEN_BACK_COUNTERS: usize = 64;

/// What every check reads comes first, so that it shares one cache line with the lock.
#[derive(Debug)]
#[repr(C)]
pub(super) struct Shard {
    slots: Vec<Slot>,
    rates: Rates,
    /// Slots that are not never-used.
    used: usize,
    full_slots: usize,
    /// Newcomers that were stored since the shard was last tidied.
    newcomers: usize,
    /// How many there must be before it is tidied again.
    patience: usize,
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

/// Before it is the lock itself, which takes eight bytes.
const _: () = assert!(std::mem::offset_of!(Shard, rates) + size_of::<Option<Rate>>() <= 64 - 8);

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

    /// Puts a state that was kept elsewhere where a newcomer's would go; if it is worth nothing, or the key
    /// is known here, nowhere.
    pub(super) fn put(
        &mut self,
        fingerprint: Fingerprint,
        home: u64,
        rate: &Rate,
        state: State,
        now: u64,
    ) {
        let end = self.find(fingerprint, home).err();
        let end = end.filter(|_| !rate.is_idle(state, &self.logs, now));
        let place = end.map(|end| self.place(home, end, now, &std::iter::empty()));
        if matches!(place, None | Some(Place::Full(_))) {
            rate.forget(state, &mut self.logs);
        }
        if let Some(place) = place {
            self.store(place, fingerprint, rate, state);
        }
    }

    /// All states, in use or not.
    pub(super) fn states(&self) -> impl Iterator<Item = (Fingerprint, Rate, State)> {
        let used = self.slots.iter().filter(|slot| !slot.is_never_used());
        used.map(|slot| {
            (
                slot.fingerprint(),
                self.rates.get(slot.rate()),
                slot.state(),
            )
        })
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

    fn vacate(&mut self, at: usize) -> usize {
        let (rate, state) = self.read(at);
        rate.forget(state, &mut self.logs);
        at
    }
}

#[expect(clippy::cast_possible_truncation, reason = "six bits")]
fn given_back_place(fingerprint: Fingerprint) -> usize {
    fingerprint.low as usize % GIVEN_BACK_COUNTERS
}
