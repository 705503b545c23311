//! A sliding window in two counters: `word` holds this window's count (upper half) and that of the
//! one before; `count` holds the window's number, modulo 2⁴⁰ (unambiguous for 17 years of windows of
//! one millisecond).
//!
//! The units of the window before count in the proportion in which it still overlaps, rounded up:
//! `used = current + ⌈previous·(W − elapsed)/W⌉`. Danger: that assumes they were spread evenly; if
//! they all came at its end, somewhat more than the limit is admitted within one window's length.
//! Where "never more than N" is promised, use the sliding log.

use super::restored::Shift;
use super::{Fit, State, Status, Taken, div_down, div_up, limit, wide};
use crate::quota::Quota;

const INDEX_MASK: u64 = (1 << 40) - 1;

/// The counters as seen from one instant.
#[derive(Clone, Copy)]
struct View {
    current: u64,
    previous: u64,
    /// The beginning of the window, in nanoseconds.
    start: u64,
    window: u64,
}

#[inline]
pub(crate) fn advance(state: State, now: u64, quota: &Quota) -> State {
    let index = (now / quota.window_nanos()) & INDEX_MASK;
    let (current, previous) = halves(state);
    match index.wrapping_sub(state.count) & INDEX_MASK {
        0 => state,
        1 => pack(0, current, index),
        // The clock stepped back: the window stays what it was.
        ahead if ahead > INDEX_MASK / 2 && current + previous > 0 => state,
        _ => pack(0, 0, index),
    }
}

pub(crate) fn is_idle(state: State, now: u64, quota: &Quota) -> bool {
    advance(state, now, quota).word == 0
}

/// `state` must be [advanced](advance) to `now`, here and below.
pub(crate) fn fit(state: State, now: u64, quota: &Quota, cost: u32) -> Fit {
    if cost > quota.limit() {
        return Fit::Never;
    }
    let view = View::of(state, now, quota);
    if view.used(now) + u64::from(cost) <= limit(quota) {
        return Fit::Now;
    }
    Fit::At(view.when_at_most(limit(quota) - u64::from(cost)))
}

pub(crate) fn charge(state: State, units: u64) -> State {
    let (current, previous) = halves(state);
    pack(current + units, previous, state.count)
}

/// Gives back into the window that the units were taken in, while it still counts.
pub(crate) fn refund(state: State, now: u64, quota: &Quota, taken: Taken, kept: u64) -> State {
    let back = taken.amount.saturating_sub(kept);
    let (current, previous) = halves(state);
    let view = View::of(state, now, quota);
    if taken.at >= view.start {
        pack(current.saturating_sub(back), previous, state.count)
    } else if taken.at >= view.start.saturating_sub(view.window) {
        pack(current, previous.saturating_sub(back), state.count)
    } else {
        state
    }
}

/// A state that was written on another line: its window stays where it is, or begins as long ago as it
/// did, and not before that, if the new line is behind. `None` if it lies beyond the line, where nobody ever
/// wrote one; its arithmetic would overflow.
pub(crate) fn restored(state: State, shift: &Shift, quota: &Quota) -> Option<State> {
    const LATEST: u64 = 1 << 63;
    let mut state = advance(state, shift.from, quota);
    let start = View::of(state, shift.from, quota).start;
    if shift.moved(start) < start {
        state.count = shift.moved(start).div_ceil(quota.window_nanos()) & INDEX_MASK;
    }
    let state = advance(state, shift.now, quota);
    let start = View::of(state, shift.now, quota).start;
    (start <= LATEST.max(shift.now)).then_some(state)
}

pub(crate) fn used(state: State, now: u64, quota: &Quota) -> u64 {
    View::of(state, now, quota).used(now)
}

pub(crate) fn status(state: State, now: u64, quota: &Quota) -> Status {
    let view = View::of(state, now, quota);
    let used = view.used(now);
    let next_level = limit(quota).min(used).saturating_sub(1);
    Status {
        remaining: limit(quota).saturating_sub(used),
        used,
        reset_at: if used == 0 { now } else { view.when_at_most(0) },
        next_at: (used > 0).then(|| view.when_at_most(next_level)),
    }
}

impl View {
    fn of(state: State, now: u64, quota: &Quota) -> Self {
        let (current, previous) = halves(state);
        let window = quota.window_nanos();
        let index = now / window;
        // Zero, unless the clock stepped back behind the window's beginning.
        let ahead = state.count.wrapping_sub(index) & INDEX_MASK;
        Self {
            current,
            previous,
            start: index.saturating_add(ahead).saturating_mul(window),
            window,
        }
    }

    fn used(&self, now: u64) -> u64 {
        let elapsed = now.saturating_sub(self.start).min(self.window);
        let overlap = wide(self.previous, self.window - elapsed);
        self.current + div_up(overlap, u128::from(self.window))
    }

    /// The first instant at which at most `level` units are in use, if no more are taken.
    fn when_at_most(&self, level: u64) -> u64 {
        if self.current <= level {
            return self.start + self.when_shrunk(self.previous, level - self.current);
        }
        self.start + self.window + self.when_shrunk(self.current, level)
    }

    /// How far into a window `previous` units of the one before count as at most `level`.
    fn when_shrunk(&self, previous: u64, level: u64) -> u64 {
        if previous <= level {
            return 0;
        }
        let overlap = div_down(wide(level, self.window), u128::from(previous));
        self.window - overlap
    }
}

fn halves(state: State) -> (u64, u64) {
    (state.word >> 32, state.word & u64::from(u32::MAX))
}

/// Counts saturate at 2³² − 1, the largest limit.
fn pack(current: u64, previous: u64, index: u64) -> State {
    let max = u64::from(u32::MAX);
    State {
        word: current.min(max) << 32 | previous.min(max),
        count: index,
    }
}
