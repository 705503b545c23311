//! How admitted units are counted: pure functions of state, time, quota and cost.
//!
//! The quota comes in at each check, so another quota for the same key (a tier change, a limit that
//! was changed at run time) costs nothing and loses nothing: [`Rate::rebase`] turns the state of one
//! rate into that of another of the same [kind](Rate::kind). No algorithm can read a clock, and none knows where its state is kept.
//!
//! Danger: all arithmetic is in integers and exact. A rounding "in passing" would show after a year
//! as a limit that is not the limit; each file says which way it rounds where it must.

pub(crate) mod calendar;
pub(crate) mod concurrency;
pub(crate) mod fixed_window;
pub(crate) mod gcra;
pub(crate) mod log;
pub(crate) mod rate;
pub(crate) mod restored;
pub(crate) mod sliding_counter;
pub(crate) mod sliding_log;

pub(crate) use log::{Log, Logs};
pub(crate) use rate::Rate;

use crate::quota::Quota;

pub use rate::Algorithm;

/// The state of one policy of one key: what the meaning of the two numbers is, the algorithm knows.
/// All zeros is the state of a key that was never seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) word: u64,
    /// Less than [`MAX_COUNT`].
    pub(crate) count: u64,
}

/// The largest count: 40 bits, so that 24 bits of a slot are left for the rate's number. Limit and burst
/// together need 33; the rest is room for debt, which saturates here.
pub(crate) const MAX_COUNT: u64 = (1 << 40) - 1;

/// Whether, and when, a cost fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Now.
    Now,
    /// At this instant (nanoseconds on the clock's line), if nobody else asks.
    At(u64),
    /// When somebody lets go of a permit.
    Held,
    /// Never: more than could ever be granted.
    Never,
}

/// What a policy's state says, in numbers that a caller can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status {
    /// Units that would be admitted at this instant.
    pub(crate) remaining: u64,
    /// Whole units in use, rounded up; permits that are held.
    pub(crate) used: u64,
    /// When everything is free again, in nanoseconds on the clock's line.
    pub(crate) reset_at: u64,
    /// When one unit more than `remaining` will be admitted; `None` when nothing is in use, or when
    /// it cannot be known.
    pub(crate) next_at: Option<u64>,
}

/// What a settle needs to know about the moment when something was taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    /// What it was counted by.
    pub(crate) rate: Rate,
    pub(crate) at: u64,
    pub(crate) amount: u64,
    /// When what was in use before it would have flowed back, rounded down.
    pub(crate) clear_at: u64,
    /// How many units had been given back to the state until then. What is given back after that may
    /// be of what was in use before.
    pub(crate) given_back: u64,
}

/// How a settlement corrects what was taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refund {
    /// The units that were really used.
    pub(crate) kept: u64,
    /// How many units have been given back to the state until now.
    pub(crate) given_back: u64,
}

impl Taken {
    /// Whether a settlement gives anything back: only to the state that it was taken from.
    pub(crate) fn gives_back(&self, actual: u32) -> bool {
        self.rate.is_concurrency() || u64::from(actual) < self.amount
    }
}

/// `a·b`, wide enough for any two numbers.
#[inline]
pub(crate) fn wide(a: u64, b: u64) -> u128 {
    u128::from(a) * u128::from(b)
}

/// `⌈n/d⌉` as a `u64`, saturating.
#[inline]
pub(crate) fn div_up(n: u128, d: u128) -> u64 {
    if let (Ok(n), Ok(d)) = (u64::try_from(n), u64::try_from(d)) {
        // The usual case, at a fraction of the cost of the wide division.
        return n.div_ceil(d);
    }
    u64::try_from(n.div_ceil(d)).unwrap_or(u64::MAX)
}

/// `⌊n/d⌋` as a `u64`, saturating.
#[inline]
pub(crate) fn div_down(n: u128, d: u128) -> u64 {
    u64::try_from(n / d).unwrap_or(u64::MAX)
}

#[inline]
pub(crate) fn limit(quota: &Quota) -> u64 {
    u64::from(quota.limit())
}
