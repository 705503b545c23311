//! The exact sliding window: never more than the limit in any window, wherever it begins.
//!
//! `word` is the number of the key's log plus one, 0 for none. A unit that was taken at `t` counts
//! in `[t, t + W)` and is free again at `t + W`.

use super::log::{Log, Logs};
use super::{Fit, State, Status, Taken, limit};
use crate::quota::Quota;

pub(crate) fn log(state: State, logs: &Logs) -> Option<&Log> {
    logs.get(id(state)?)
}

pub(crate) fn is_idle(state: State, logs: &Logs, now: u64, quota: &Quota) -> bool {
    log(state, logs).is_none_or(|log| log.is_empty_at(now, quota.window_nanos()))
}

pub(crate) fn fit(state: State, logs: &Logs, now: u64, quota: &Quota, cost: u32) -> Fit {
    if cost > quota.limit() {
        return Fit::Never;
    }
    let Some(log) = log(state, logs) else {
        return Fit::Now;
    };
    let window = quota.window_nanos();
    let level = limit(quota) - u64::from(cost);
    if log.used(now, window) <= level {
        Fit::Now
    } else {
        Fit::At(log.when_at_most(level, window))
    }
}

pub(crate) fn charge(state: State, logs: &mut Logs, now: u64, quota: &Quota, units: u64) -> State {
    let id = id(state).unwrap_or_else(|| logs.add());
    logs.push(id, now, units, quota.window_nanos());
    State {
        word: id as u64 + 1,
        count: 0,
    }
}

/// The state of a log that is made of these entries, oldest first.
pub(crate) fn restored(
    logs: &mut Logs,
    entries: impl Iterator<Item = (u64, u64)>,
    keep: u64,
) -> State {
    let id = logs.add();
    for (at, units) in entries {
        logs.push(id, at, units, keep);
    }
    State {
        word: id as u64 + 1,
        count: 0,
    }
}

pub(crate) fn refund(state: State, logs: &mut Logs, taken: Taken, kept: u64) {
    if let Some(id) = id(state) {
        logs.refund(id, taken.at, taken.amount.saturating_sub(kept));
    }
}

pub(crate) fn forget(state: State, logs: &mut Logs) {
    if let Some(id) = id(state) {
        logs.remove(id);
    }
}

pub(crate) fn used(state: State, logs: &Logs, now: u64, quota: &Quota) -> u64 {
    log(state, logs).map_or(0, |log| log.used(now, quota.window_nanos()))
}

pub(crate) fn status(state: State, logs: &Logs, now: u64, quota: &Quota) -> Status {
    let window = quota.window_nanos();
    let used = used(state, logs, now, quota);
    let log = log(state, logs).filter(|_| used > 0);
    let next_level = limit(quota).min(used).saturating_sub(1);
    Status {
        remaining: limit(quota).saturating_sub(used),
        used,
        reset_at: log.map_or(now, |log| log.empty_at(window)),
        next_at: log.map(|log| log.when_at_most(next_level, window)),
    }
}

fn id(state: State) -> Option<usize> {
    usize::try_from(state.word.checked_sub(1)?).ok()
}
