//! Periods of a calendar: `count` units were taken in the period that ends at `word`.
//!
//! The same as a [fixed window](super::fixed_window), but for where the windows begin and end; what
//! depends on that is here.

use super::{State, Taken};
use crate::calendar::Period;

/// The period that `now` is in. A period that has not ended is kept, also when the clock stepped back
/// behind its beginning.
#[inline]
pub(crate) fn advance(state: State, now: u64, period_at: impl FnOnce(u64) -> Period) -> State {
    if !has_ended(state, now) {
        return state;
    }
    State {
        word: period_at(now).end,
        count: 0,
    }
}

#[inline]
pub(crate) fn is_idle(state: State, now: u64) -> bool {
    state.count == 0 || has_ended(state, now)
}

/// Gives back only into the period that the units were taken in; `period` is that of the state.
pub(crate) fn refund(state: State, taken: Taken, kept: u64, period: Period) -> State {
    if !period.contains(taken.at) {
        return state;
    }
    State {
        count: state
            .count
            .saturating_sub(taken.amount.saturating_sub(kept)),
        ..state
    }
}

/// A period that goes on beyond the end of the line does not end on it.
#[inline]
fn has_ended(state: State, now: u64) -> bool {
    now >= state.word && state.word != u64::MAX
}
