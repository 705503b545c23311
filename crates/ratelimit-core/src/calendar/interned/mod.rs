//! What calendars stand for, kept once for the life of the process.
//!
//! A rate is compared with every check, is the key of hash maps, and must stay small and `Copy`: so it
//! holds a number. What a number stands for is found without a lock, because newcomers ask for it.

#[cfg(feature = "calendar")]
mod numbers;

#[cfg(feature = "calendar")]
pub(super) use numbers::intern;

use std::num::NonZeroU16;
use std::sync::OnceLock;

use super::CalendarPeriod;
use super::period::{Period, Remembered};
use super::zone::Zone;

const BLOCKS: usize = 512;
const BLOCK: usize = 64;

type Block = Box<[OnceLock<Interned>; BLOCK]>;

/// In blocks, so that what is not used needs no room, and nothing is ever moved.
static BY_NUMBER: [OnceLock<Block>; BLOCKS] = [const { OnceLock::new() }; BLOCKS];

/// What a calendar stands for.
#[derive(Debug)]
pub(super) struct Interned {
    pub(super) period: CalendarPeriod,
    pub(super) anchor: u8,
    pub(super) zone: Zone,
    /// Of the text, unkeyed: it is configuration.
    pub(super) hash: u64,
    remembered: Remembered,
}

impl Interned {
    #[inline]
    pub(super) fn period_at(&self, at: u64) -> Period {
        let remembered = self.remembered.get();
        if remembered.contains(at) {
            return remembered;
        }
        let period = self.compute(at);
        self.remembered.set(period);
        period
    }

    #[cold]
    pub(super) fn compute(&self, at: u64) -> Period {
        let period = self.zone.period_at(self.period, self.anchor, at);
        period.unwrap_or(Period::ENDLESS)
    }
}

#[inline]
pub(super) fn get(number: NonZeroU16) -> &'static Interned {
    let at = usize::from(number.get()) - 1;
    let block = BY_NUMBER.get(at / BLOCK).and_then(OnceLock::get);
    let interned = block.and_then(|block| block[at % BLOCK].get());
    // A calendar is only made after its place was filled.
    interned.expect("a calendar that was made")
}
