//! How a shard grows, and leaves behind what is worth nothing any more.

use super::probe::home;
use super::{Shard, Slot};

const FIRST_SLOTS: usize = 16;
const GROWTH: usize = 8;

impl Shard {
    /// Grows until `more` newcomers find room. Places that were found before are void.
    #[inline]
    pub(in crate::keyed) fn make_room(&mut self, shards: u64, more: usize, now: u64) {
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
    pub(super) fn most_used(&self) -> usize {
        self.slots.len() - self.slots.len().div_ceil(32)
    }

    /// Makes never-used slots of those that are worth nothing any more. A newcomer uses them again only
    /// if they are on its probe, and so would evict others from a shard with room enough.
    ///
    /// Bounded by the shard's slots, and paid for by newcomers: it comes again when a sixteenth of the
    /// slots has been given to them, and far more seldom while it is of no use, as in a flood.
    #[cold]
    pub(super) fn tidy(&mut self, shards: u64, now: u64) {
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
    pub(super) fn rebuild(&mut self, len: usize, shards: u64, now: u64) {
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
