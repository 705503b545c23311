//! Windows that follow each other: `count` units were taken in the window that ends at `word`.
//!
//! Danger: around an edge twice the limit is admitted within one window's length. That is what a
//! fixed window is.

use super::{Fit, MAX_COUNT, State, Status, Taken, limit};
use crate::quota::Quota;

/// The window that `now` is in. A window that has not ended is kept, also when the clock stepped back
/// behind its beginning.
#[inline]
pub(crate) fn advance(state: State, now: u64, quota: &Quota) -> State {
    if now < state.word {
        return state;
    }
    State {
        word: window_end(now, quota),
        count: 0,
    }
}

#[inline]
pub(crate) fn is_idle(state: State, now: u64) -> bool {
    state.count == 0 || now >= state.word
}

pub(crate) fn fit(state: State, quota: &Quota, cost: u32) -> Fit {
    if cost > quota.limit() {
        Fit::Never
    } else if state.count + u64::from(cost) <= limit(quota) {
        Fit::Now
    } else {
        Fit::At(state.word)
    }
}

pub(crate) fn charge(state: State, units: u64) -> State {
    State {
        count: (state.count + units).min(MAX_COUNT),
        ..state
    }
}

/// Gives back only into the window that the units were taken in.
pub(crate) fn refund(state: State, quota: &Quota, taken: Taken, kept: u64) -> State {
    if taken.at < state.word.saturating_sub(quota.window_nanos()) {
        return state;
    }
    State {
        count: state
            .count
            .saturating_sub(taken.amount.saturating_sub(kept)),
        ..state
    }
}

pub(crate) fn status(state: State, now: u64, quota: &Quota) -> Status {
    let used = state.count > 0;
    // What is over the limit frees nothing before the window ends, and neither does the rest.
    Status {
        remaining: limit(quota).saturating_sub(state.count),
        used: state.count,
        reset_at: if used { state.word } else { now },
        next_at: used.then_some(state.word),
    }
}

fn window_end(now: u64, quota: &Quota) -> u64 {
    let window = quota.window_nanos();
    (now / window + 1).saturating_mul(window)
}
