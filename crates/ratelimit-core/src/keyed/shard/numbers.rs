//! The numbers that slots name their rates by.

use super::{MAX_RATE_ID, Shard};
use crate::algorithm::Rate;

impl Shard {
    /// The number of a rate, for a slot that perhaps names it already.
    #[inline]
    pub(super) fn number(&mut self, at: usize, rate: &Rate) -> u32 {
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
    pub(super) fn new_number(&mut self, rate: &Rate) -> u32 {
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
    pub(super) fn renumber(&mut self) {
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
}
