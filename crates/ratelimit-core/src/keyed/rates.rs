//! The rates that the slots of one shard name by number.
//!
//! A state can only be turned into another rate's if its own rate is known, and a whole rate does
//! not fit into a slot. Numbers are given out under the shard's lock, and reused when a shard has
//! given out far more than its slots still name.

use std::collections::HashMap;

use super::slot::MAX_RATE_ID;
use crate::algorithm::Rate;

/// Up to this many rates are found by looking at each; beyond, by hash.
const FEW: usize = 8;

#[derive(Debug, Default)]
#[repr(C)]
pub(super) struct Rates {
    /// Most shards know one rate: it is next to the lock, not behind a pointer.
    first: Option<Rate>,
    rest: Vec<Rate>,
    index: HashMap<Rate, u32>,
}

impl Rates {
    /// The rate of this number, which some slot names.
    #[inline]
    pub(super) fn get(&self, id: u32) -> Rate {
        match self.first {
            Some(first) if id == 0 => first,
            // A number is only read from a slot, and numbers that slots name stay valid.
            _ => self.rest[id as usize - 1],
        }
    }

    /// The number of this rate, if it has one.
    pub(super) fn find(&self, rate: &Rate) -> Option<u32> {
        if self.first.as_ref() == Some(rate) {
            return Some(0);
        }
        if self.rest.len() > FEW {
            return self.index.get(rate).copied();
        }
        let at = self.rest.iter().position(|r| r == rate)?;
        u32::try_from(at + 1).ok()
    }

    /// Gives this rate a number. The caller [asked for it](Self::find) in vain.
    pub(super) fn add(&mut self, rate: Rate) -> u32 {
        if self.first.is_none() {
            self.first = Some(rate);
            return 0;
        }
        self.rest.push(rate);
        let id = u32::try_from(self.rest.len()).unwrap_or(MAX_RATE_ID);
        if self.rest.len() == FEW + 1 {
            self.index = self.rest.iter().copied().zip(1..).collect();
        } else if self.rest.len() > FEW {
            self.index.insert(rate, id);
        }
        id
    }

    pub(super) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.rest.len()
    }
}
