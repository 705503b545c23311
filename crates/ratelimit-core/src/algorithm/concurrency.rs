//! A cap on how many are in flight: `count` permits are held. Time plays no part.

use super::{Fit, MAX_COUNT, State, Status, limit};
use crate::quota::Quota;

pub(crate) fn fit(state: State, quota: &Quota) -> Fit {
    if state.count < limit(quota) {
        Fit::Now
    } else {
        Fit::Held
    }
}

pub(crate) fn take(state: State) -> State {
    State {
        count: (state.count + 1).min(MAX_COUNT),
        ..state
    }
}

pub(crate) fn release(state: State) -> State {
    State {
        count: state.count.saturating_sub(1),
        ..state
    }
}

pub(crate) fn status(state: State, now: u64, quota: &Quota) -> Status {
    Status {
        remaining: limit(quota).saturating_sub(state.count),
        used: state.count,
        reset_at: now,
        next_at: None,
    }
}
