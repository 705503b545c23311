//! `X-RateLimit-Limit`, `-Remaining` and `-Reset`, the last as a moment.

use super::family::{Family, put};
use super::{digits, time};
use crate::dialect::Dialect;
use crate::names::{X_LIMIT, X_REMAINING, X_RESET};
use crate::read::scope::Scope;
use crate::state::PolicyState;
use http::HeaderMap;
use std::time::Duration;

/// The last moment that readers take for epoch seconds and not for milliseconds (in the year 5138).
const LATEST: u64 = 99_999_999_999;

/// What the three fields say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers {
    pub(super) limit: u64,
    pub(super) remaining: u64,
    reset: u64,
}

impl Numbers {
    #[inline]
    pub(super) fn of(policy: &PolicyState<'_>, unix_now: Duration) -> Self {
        let reset = time::seconds_up(unix_now.saturating_add(policy.reset_after));
        Self {
            limit: policy.limit,
            remaining: policy.remaining,
            reset: reset.min(LATEST),
        }
    }

    /// Writes them where nothing of `X-RateLimit-*` is there.
    #[inline]
    pub(super) fn put(self, headers: &mut HeaderMap) {
        put(headers, X_LIMIT, digits::value(self.limit));
        put(headers, X_REMAINING, digits::value(self.remaining));
        put(headers, X_RESET, digits::moment(self.reset));
    }

    pub(super) fn family(self) -> Family {
        Family::of(Scope::X, Dialect::XRateLimit, self.remaining)
            .with_number(X_LIMIT, self.limit)
            .with_number(X_REMAINING, self.remaining)
            .with(X_RESET, digits::moment(self.reset))
    }
}
