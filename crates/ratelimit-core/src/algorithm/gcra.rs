//! The token bucket, kept as a meter: *`count` units were taken since `word` (the anchor), and the
//! limit per window flowed back since then*. So `level(now) = count − (now − anchor)·L/W`.
//!
//! Nothing is ever rounded, because the fraction of a unit lives in the time difference; that is why
//! this is not a bare "theoretical arrival time", whose emission interval W/L must be rounded, and
//! which cannot be turned into another rate's. A clock that steps back adds nothing to `now − anchor`.

use super::{MAX_COUNT, Refund, State, Status, Taken, div_down, div_up, limit, wide};
use crate::algorithm::Fit;
use crate::quota::Quota;

/// Moves the anchor forward: to now when everything flowed back, else by whole windows.
#[inline]
pub(crate) fn advance(state: State, now: u64, quota: &Quota) -> State {
    if is_idle(state, now, quota) {
        return State {
            word: now,
            count: 0,
        };
    }
    let window = quota.window_nanos();
    let elapsed = now.saturating_sub(state.word);
    if elapsed < window {
        return state;
    }
    // Cannot underflow: not idle means count > elapsed·L/W ≥ windows·L.
    let windows = elapsed / window;
    State {
        word: state.word + windows * window,
        count: state.count - windows * limit(quota),
    }
}

#[inline]
pub(crate) fn is_idle(state: State, now: u64, quota: &Quota) -> bool {
    wide(state.count, quota.window_nanos()) <= wide(now.saturating_sub(state.word), limit(quota))
}

/// `state` must be [advanced](advance) to `now`, here and below.
#[inline]
pub(crate) fn fit(state: State, now: u64, quota: &Quota, cost: u32) -> Fit {
    if cost > quota.burst_size() {
        return Fit::Never;
    }
    let over = excess(state, quota, u64::from(cost));
    let flowed = wide(now.saturating_sub(state.word), limit(quota));
    if over == 0 || wide(over, quota.window_nanos()) <= flowed {
        return Fit::Now;
    }
    Fit::At(when_flowed(state, quota, over))
}

#[inline]
pub(crate) fn charge(state: State, units: u64) -> State {
    State {
        count: (state.count + units).min(MAX_COUNT),
        ..state
    }
}

/// Gives back what has not flowed back by itself since it was taken.
///
/// Had only the units been taken that were kept, the level might have reached zero; what would have
/// been lost there is not given back, or a refund would mint a burst. Exact if nothing else was taken
/// or given back since, else perhaps too little; by parts of a unit, and rounded against the caller
/// by less than two nanoseconds of flow.
pub(crate) fn refund(state: State, now: u64, quota: &Quota, taken: Taken, refund: Refund) -> State {
    let back = taken.amount.saturating_sub(refund.kept);
    let lost = lost(now, quota, &taken, refund);
    if lost == 0 {
        return State {
            count: state.count.saturating_sub(back),
            ..state
        };
    }
    let back = wide(back, quota.window_nanos()).saturating_sub(lost);
    at_level(
        level(state, now, quota).saturating_sub(back),
        now,
        quota,
        quota,
    )
}

/// How much would have been lost at zero, had only the units been taken that were kept; in parts of
/// a unit, as many as the window has nanoseconds.
fn lost(now: u64, quota: &Quota, taken: &Taken, refund: Refund) -> u128 {
    let flowed = wide(now.saturating_sub(taken.at), limit(quota));
    let kept = wide(refund.kept, quota.window_nanos());
    let before = wide(taken.clear_at.saturating_sub(taken.at), limit(quota));
    let given_back = refund.given_back.saturating_sub(taken.given_back);
    let before = before.saturating_sub(wide(given_back, quota.window_nanos()));
    flowed.saturating_sub(kept + before)
}

/// When everything will have flowed back, rounded down.
pub(crate) fn clear_at(state: State, now: u64, quota: &Quota) -> u64 {
    let wait = div_down(
        wide(state.count, quota.window_nanos()),
        u128::from(quota.limit()),
    );
    state.word.saturating_add(wait).max(now)
}

/// Whole units in use, rounded up.
pub(crate) fn used(state: State, now: u64, quota: &Quota) -> u64 {
    let window = u128::from(quota.window_nanos());
    let taken = u128::from(state.count) * window;
    let flowed = wide(now.saturating_sub(state.word), limit(quota));
    div_up(taken.saturating_sub(flowed), window)
}

pub(crate) fn status(state: State, now: u64, quota: &Quota) -> Status {
    let burst = u64::from(quota.burst_size());
    let used = used(state, now, quota);
    let remaining = burst.saturating_sub(used);
    let next = excess(state, quota, remaining + 1);
    Status {
        remaining,
        used,
        reset_at: when_flowed(state, quota, state.count).max(now),
        next_at: (remaining < burst).then(|| when_flowed(state, quota, next)),
    }
}

/// The same level under another rate, rounded against the caller by less than a nanosecond of flow.
///
/// Time that was spent idle before the change counts at the old rate.
pub(crate) fn rebase(state: State, now: u64, from: &Quota, to: &Quota) -> State {
    let state = advance(state, now, from);
    if flows_alike(from, to) {
        return state;
    }
    at_level(level(state, now, from), now, from, to)
}

/// Whether they differ at most in their bursts.
pub(crate) fn flows_alike(a: &Quota, b: &Quota) -> bool {
    (a.limit(), a.window_nanos()) == (b.limit(), b.window_nanos())
}

/// What is in use, in parts of a unit, as many as the window has nanoseconds.
fn level(state: State, now: u64, quota: &Quota) -> u128 {
    let flowed = wide(now.saturating_sub(state.word), limit(quota));
    wide(state.count, quota.window_nanos()).saturating_sub(flowed)
}

/// The state of the rate `to` in which so much is in use, in parts of a unit of the rate `from`.
fn at_level(level: u128, now: u64, from: &Quota, to: &Quota) -> State {
    let (w0, w1) = (from.window_nanos().into(), u128::from(to.window_nanos()));
    let count: u128 = level.div_ceil(w0);
    let fraction = count * w0 - level;
    let anchor = now.saturating_sub(div_down(fraction * w1, w0 * u128::from(to.limit())));
    State {
        word: anchor,
        count: u64::try_from(count).unwrap_or(MAX_COUNT).min(MAX_COUNT),
    }
}

/// By how much `more` units would stand above the burst, had nothing flowed back.
fn excess(state: State, quota: &Quota, more: u64) -> u64 {
    (state.count + more).saturating_sub(u64::from(quota.burst_size()))
}

/// The instant at which `units` have flowed back since the anchor.
fn when_flowed(state: State, quota: &Quota, units: u64) -> u64 {
    let wait = div_up(wide(units, quota.window_nanos()), u128::from(quota.limit()));
    state.word.saturating_add(wait)
}
