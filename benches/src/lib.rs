//! The work that the benches give to every limiter alike: ours and governor's, in one run.
//!
//! Keys are drawn at random and written into one buffer. A long list of ready-made strings would add
//! its own cache misses to everybody's, and hide the difference that is to be measured.

pub mod layers;
pub mod pilot;

use std::num::NonZeroU32;

use governor::clock::{Clock, FakeRelativeClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, RateLimiter};
use ratelimit_core::{Direct, ManualClock, Memory, Plan, Quota};

/// A limit that nobody reaches.
const AMPLE: u32 = 1_000_000_000;

/// Whether the limit is one that nobody reaches, or one that everybody has reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Every check is admitted.
    Allowed,
    /// Every check but a key's first is refused.
    Refused,
}

/// Draws keys at random, without a table of them.
#[derive(Clone, Debug)]
pub struct Draw {
    state: u64,
    keys: u64,
}

impl Draw {
    /// Draws from so many keys.
    #[must_use]
    pub fn new(keys: u64, seed: u64) -> Self {
        let state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Self { state, keys }
    }

    /// The next key's number.
    #[inline]
    pub fn next_number(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        // The upper half of the product: below `keys`, without a division.
        u64::try_from((u128::from(self.state) * u128::from(self.keys)) >> 64).unwrap_or(0)
    }
}

/// Writes a key's number as 32 characters.
#[inline]
pub fn write_key(buffer: &mut String, number: u64) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut text = [b'-'; 32];
    for (word, half) in [number, mixed].into_iter().zip(text.chunks_exact_mut(16)) {
        for (place, digit) in half.iter_mut().zip((0..16).rev()) {
            *place = DIGITS[usize::try_from(word >> (digit * 4) & 15).unwrap_or(0)];
        }
    }
    buffer.clear();
    buffer.push_str(std::str::from_utf8(&text).unwrap_or(""));
}

/// A limiter of ours for one caller.
#[must_use]
pub fn direct(answers: Answers) -> Direct {
    Direct::new(quota(answers))
}

/// A limiter of ours for many keys.
#[must_use]
pub fn memory(answers: Answers) -> (Memory, Plan) {
    (Memory::new(), Plan::from(quota(answers)))
}

/// Governor's limiter of string keys, on a clock that stands still.
pub type GovernorStill = RateLimiter<
    String,
    DashMapStateStore<String>,
    FakeRelativeClock,
    NoOpMiddleware<<FakeRelativeClock as Clock>::Instant>,
>;

/// A limiter of ours on a clock that stands still: the decision alone.
#[must_use]
pub fn memory_still() -> (Memory, Plan) {
    let memory = Memory::builder().clock(ManualClock::new()).build();
    (memory, Plan::from(quota(Answers::Allowed)))
}

/// Governor's limiter on a clock that stands still.
#[must_use]
pub fn governor_still() -> GovernorStill {
    let quota = governor_quota(Answers::Allowed);
    RateLimiter::new(
        quota,
        DashMapStateStore::default(),
        FakeRelativeClock::default(),
    )
}

/// Governor's limiter for one caller.
#[must_use]
pub fn governor_direct(answers: Answers) -> DefaultDirectRateLimiter {
    RateLimiter::direct(governor_quota(answers))
}

/// Governor's limiter for many keys.
#[must_use]
pub fn governor_keyed<K: Clone + std::hash::Hash + Eq>(
    answers: Answers,
) -> DefaultKeyedRateLimiter<K> {
    RateLimiter::keyed(governor_quota(answers))
}

fn quota(answers: Answers) -> Quota {
    match answers {
        Answers::Allowed => Quota::per_second(AMPLE),
        Answers::Refused => Quota::per_day(1),
    }
}

fn governor_quota(answers: Answers) -> governor::Quota {
    let ample = NonZeroU32::new(AMPLE).unwrap_or(NonZeroU32::MAX);
    match answers {
        Answers::Allowed => governor::Quota::per_second(ample),
        Answers::Refused => governor::Quota::per_hour(NonZeroU32::MIN),
    }
}
