//! One place of the table: who, and the state of one policy.

use crate::algorithm::{MAX_COUNT, State};
use crate::key::Key;

const ID_BITS: u32 = 24;
/// The largest number of a rate that a slot can name; a shard has far fewer slots.
pub(super) const MAX_RATE_ID: u32 = (1 << ID_BITS) - 1;

/// 32 bytes, aligned so that a slot never straddles two cache lines.
///
/// A slot whose fingerprint is zero was never used, and ends every probe that comes to it.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(super) struct Slot {
    high: u64,
    low: u64,
    word: u64,
    /// The state's count, above the number of its rate.
    packed: u64,
}

/// Which life of a state something was taken from. Another begins when the state begins anew, so that
/// what was taken from a former one is not given back to it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Life {
    /// The life's number, modulo 2³².
    pub(super) number: u32,
    /// How many lives had begun in the shard when it was taken.
    pub(super) begun: u64,
}

/// The fingerprint of one policy of one key. `high` is the key's own, because places are computed
/// from it: a key's policies are neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fingerprint {
    pub(super) high: u64,
    pub(super) low: u64,
}

impl Slot {
    pub(super) const NEVER_USED: Self = Self {
        high: 0,
        low: 0,
        word: 0,
        packed: 0,
    };

    #[inline]
    pub(super) fn new(fingerprint: Fingerprint, state: State, rate: u32) -> Self {
        debug_assert!(state.count <= MAX_COUNT && rate <= MAX_RATE_ID);
        Self {
            high: fingerprint.high,
            low: fingerprint.low,
            word: state.word,
            packed: state.count << ID_BITS | u64::from(rate),
        }
    }

    #[inline]
    pub(super) fn is_never_used(&self) -> bool {
        self.high == 0
    }

    #[inline]
    pub(super) fn is(&self, fingerprint: Fingerprint) -> bool {
        self.high == fingerprint.high && self.low == fingerprint.low
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        Fingerprint {
            high: self.high,
            low: self.low,
        }
    }

    #[inline]
    pub(super) fn state(&self) -> State {
        State {
            word: self.word,
            count: self.packed >> ID_BITS,
        }
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "24 bits")]
    pub(super) fn rate(&self) -> u32 {
        (self.packed & u64::from(MAX_RATE_ID)) as u32
    }

    pub(super) fn set_rate(&mut self, rate: u32) {
        *self = Self::new(self.fingerprint(), self.state(), rate);
    }
}

impl Life {
    /// Whether a state whose life has this `number` is surely still in this one, now that so many have
    /// `begun`. A life that has perhaps begun since with the same number counts as another.
    #[expect(clippy::cast_possible_truncation, reason = "modulo 2³²")]
    pub(super) fn is_still(self, number: u32, begun: u64) -> bool {
        let before_alike = self
            .number
            .wrapping_sub((self.begun as u32).wrapping_add(1));
        number == self.number && begun - self.begun <= u64::from(before_alike)
    }
}

impl Fingerprint {
    #[inline]
    pub(super) fn new(key: Key, tag: u64) -> Self {
        Self {
            high: key.high,
            low: key.low ^ tag,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALIKE: u64 = 1 << 32;

    #[test]
    fn a_life_is_another_as_soon_as_one_of_the_same_number_may_have_begun() {
        let born = |number, begun| Life { number, begun };
        assert!(born(7, 7).is_still(7, 7));
        assert!(!born(7, 7).is_still(8, 8));
        assert!(born(7, 7).is_still(7, 7 + ALIKE - 1));
        assert!(!born(7, 7).is_still(7, 7 + ALIKE));
        assert!(born(7, 10).is_still(7, 6 + ALIKE));
        assert!(!born(7, 10).is_still(7, 7 + ALIKE));
        // What is older than all that can be told apart is told from the next of its number too.
        assert!(born(7, 3 + ALIKE).is_still(7, 6 + ALIKE));
        assert!(!born(7, 3 + ALIKE).is_still(7, 7 + ALIKE));
        assert!(born(0, ALIKE - 1).is_still(0, ALIKE - 1));
        assert!(!born(0, ALIKE - 1).is_still(0, ALIKE));
    }
}
