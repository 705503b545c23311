//! The server's clock, as far as its `Date`s tell.
//!
//! `Date` has a grain of a second, and an answer was made somewhere between its request's departure and its
//! arrival: so each answer gives an interval, and all of them together a narrow one. Waits use its late end.

/// Oscillators of two machines drift apart by no more than this: a part in so many.
const DRIFT: u64 = 10_000;
const SECOND: i64 = 1_000_000_000;

/// The server's Unix time minus the local line of time, in nanoseconds: at least, and at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    pub(super) lo: i64,
    pub(super) hi: i64,
    at: u64,
    pub(super) guessed: bool,
}

impl Offset {
    /// What one answer tells that was asked for at `sent`, arrived at `now` and is dated `date`.
    pub(super) fn of(sent: u64, now: u64, date: u64) -> Self {
        let date = signed(date);
        Self {
            lo: date - signed(now),
            hi: date.saturating_add(SECOND).saturating_sub(signed(sent)),
            at: now,
            guessed: false,
        }
    }

    /// Without any `Date`: as if this first reset were an hour away. Only differences mean something then.
    pub(super) fn guess(reset: i64, now: u64) -> Self {
        let offset = reset
            .saturating_sub(signed(now))
            .saturating_sub(3600 * SECOND);
        Self {
            lo: offset,
            hi: offset,
            at: now,
            guessed: true,
        }
    }

    /// What both tell; the newer one alone, if they cannot both be true because a clock was set.
    pub(super) fn and(self, newer: Self) -> Self {
        let drift = signed(newer.at.saturating_sub(self.at) / DRIFT);
        let (lo, hi) = (self.lo.saturating_sub(drift), self.hi.saturating_add(drift));
        let both = Self {
            lo: lo.max(newer.lo),
            hi: hi.min(newer.hi),
            at: newer.at,
            guessed: false,
        };
        if both.lo <= both.hi && !self.guessed {
            both
        } else {
            newer
        }
    }
}

pub(super) fn signed(nanos: u64) -> i64 {
    i64::try_from(nanos.min(1 << 62)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
