//! `X-RateLimit-Limit`, `-Remaining` and `-Reset`: one policy in three fields, which must never come from two sides.

use super::{Existing, digits, fields, time};
use crate::names::{X_LIMIT, X_REMAINING, X_RESET};
use crate::read::{Moments, x_rate_limit};
use crate::state::PolicyState;
use http::HeaderMap;
use http::header::Entry;
use std::num::NonZero;
use std::time::{Duration, SystemTime};

/// The last moment that readers take for epoch seconds and not for milliseconds (in the year 5138).
const LATEST: u64 = 99_999_999_999;

/// What the three fields say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers {
    limit: u64,
    remaining: u64,
    /// Never 0, so that numbers that are not there take no room: the first second of 1970 is written as the next.
    reset: NonZero<u64>,
}

impl Numbers {
    #[inline]
    pub(super) fn of(policy: &PolicyState<'_>, unix_now: Duration) -> Self {
        let reset = time::seconds_up(unix_now.saturating_add(policy.reset_after));
        Self {
            limit: policy.limit,
            remaining: policy.remaining,
            reset: NonZero::new(reset.min(LATEST)).unwrap_or(NonZero::<u64>::MIN),
        }
    }
}

pub(super) fn write(headers: &mut HeaderMap, ours: Numbers, existing: Existing) {
    if existing == Existing::Keep && is_present(headers) {
        return;
    }
    // Look-ups are most of the cost here: the one that writes `remaining` also finds out whether anything was there.
    let remaining = digits::value(ours.remaining);
    let not_yet_written = match headers.entry(X_REMAINING) {
        Entry::Vacant(entry) => {
            entry.insert(remaining);
            None
        }
        Entry::Occupied(_) => Some(remaining),
    };
    let mut is_replaced = not_yet_written.is_some();
    if let Some(remaining) = not_yet_written {
        if inner_is_tighter(headers, ours) {
            return;
        }
        headers.insert(X_REMAINING, remaining);
    }
    is_replaced |= headers.insert(X_LIMIT, digits::value(ours.limit)).is_some();
    is_replaced |= headers
        .insert(X_RESET, digits::moment(ours.reset.get()))
        .is_some();
    if is_replaced {
        remove_what_stood_beside(headers);
    }
}

#[cold]
fn remove_what_stood_beside(headers: &mut HeaderMap) {
    let [_, _, _, beside @ ..] = &fields::X;
    for name in beside {
        headers.remove(name);
    }
}

fn is_present(headers: &HeaderMap) -> bool {
    [&X_LIMIT, &X_REMAINING, &X_RESET]
        .iter()
        .any(|name| headers.contains_key(*name))
}

fn inner_is_tighter(headers: &HeaderMap, ours: Numbers) -> bool {
    // The moment of reading concerns only the reset, which does not matter here.
    let moments = Moments::new(headers, SystemTime::UNIX_EPOCH);
    x_rate_limit::read(headers, &moments).is_some_and(|inner| {
        inner.limit().is_some() && inner.remaining().is_some_and(|left| left <= ours.remaining)
    })
}
