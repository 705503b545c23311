//! One place of the table: who, and the state of one policy.

use crate::algorithm::{MAX_COUNT, State};
use crate::key::Key;

const ID_BITS: u32 = 16;
const LIFE_BITS: u32 = 8;
const LABEL_BITS: u32 = ID_BITS + LIFE_BITS;
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
    /// The state's count, above its life, above the number of its rate.
    packed: u64,
}

/// Which life of a state this is, modulo 256. It changes when the state begins anew, so that what
/// was taken from a former life is not given back to this one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Life(u8);

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
    pub(super) fn new(fingerprint: Fingerprint, state: State, rate: u32, life: Life) -> Self {
        debug_assert!(state.count <= MAX_COUNT && rate <= MAX_RATE_ID);
        let label = u64::from(life.0) << ID_BITS | u64::from(rate);
        Self {
            high: fingerprint.high,
            low: fingerprint.low,
            word: state.word,
            packed: state.count << LABEL_BITS | label,
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
            count: self.packed >> LABEL_BITS,
        }
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "16 bits")]
    pub(super) fn rate(&self) -> u32 {
        (self.packed & u64::from(MAX_RATE_ID)) as u32
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "meant to")]
    pub(super) fn life(&self) -> Life {
        Life((self.packed >> ID_BITS) as u8)
    }

    pub(super) fn set_rate(&mut self, rate: u32) {
        *self = Self::new(self.fingerprint(), self.state(), rate, self.life());
    }
}

impl Life {
    pub(super) fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
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
