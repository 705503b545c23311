//! The work that the benches give to every limiter alike: ours and governor's, in one run.
//!
//! Keys are drawn at random and written into one buffer. A long list of ready-made strings would add
//! its own cache misses to everybody's, and hide the difference that is to be measured.

pub mod layers;
pub mod pilot;

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, FakeRelativeClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, RateLimiter};
use ratelimit_core::{Direct, ManualClock, Memory, Plan, Quota};

/// A limit a second that nobody reaches.
const AMPLE: u32 = 1_000_000_000;
/// A limit a day that nobody reaches who is one of many.
const DAILY: u32 = 10_000;
/// From so many keys on they are many.
const MANY: u64 = 100_000;

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
    Direct::new(quota(answers, 1))
}

/// A limiter of ours for so many keys.
#[must_use]
pub fn memory(answers: Answers, keys: u64) -> (Memory, Plan) {
    (Memory::new(), Plan::from(quota(answers, keys)))
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
pub fn memory_still(keys: u64) -> (Memory, Plan) {
    let memory = Memory::builder().clock(ManualClock::new()).build();
    (memory, Plan::from(quota(Answers::Allowed, keys)))
}

/// Governor's limiter on a clock that stands still.
#[must_use]
pub fn governor_still(keys: u64) -> GovernorStill {
    let quota = governor_quota(Answers::Allowed, keys);
    RateLimiter::new(
        quota,
        DashMapStateStore::default(),
        FakeRelativeClock::default(),
    )
}

/// Governor's limiter for one caller.
#[must_use]
pub fn governor_direct(answers: Answers) -> DefaultDirectRateLimiter {
    RateLimiter::direct(governor_quota(answers, 1))
}

/// Governor's limiter for so many keys.
#[must_use]
pub fn governor_keyed<K: Clone + std::hash::Hash + Eq>(
    answers: Answers,
    keys: u64,
) -> DefaultKeyedRateLimiter<K> {
    RateLimiter::keyed(governor_quota(answers, keys))
}

/// Many keys have a limit a day: under one that is full again after a nanosecond our table would give the place of one
/// key to the next before all of them have come, and it would not be many keys that are measured.
fn quota(answers: Answers, keys: u64) -> Quota {
    match answers {
        Answers::Allowed if keys < MANY => Quota::per_second(AMPLE),
        Answers::Allowed => Quota::per_day(DAILY),
        Answers::Refused => Quota::per_day(1),
    }
}

fn governor_quota(answers: Answers, keys: u64) -> governor::Quota {
    match answers {
        Answers::Allowed if keys < MANY => governor::Quota::per_second(whole(AMPLE)),
        Answers::Allowed => daily(DAILY),
        Answers::Refused => daily(1),
    }
}

fn daily(limit: u32) -> governor::Quota {
    let period = Duration::from_secs(24 * 3_600) / limit;
    // Only without a period there is no quota.
    let quota = governor::Quota::with_period(period).expect("a period");
    quota.allow_burst(whole(limit))
}

fn whole(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}
