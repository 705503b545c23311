//! What one response says, all of it.

use crate::few::Few;
use crate::policy::Policy;
use std::cmp::{Ordering, Reverse};
use std::time::Duration;

/// Everything that one response says about limits; made by [`read`](crate::read).
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub(crate) policies: Few<Policy>,
    pub(crate) retry_after: Option<Duration>,
    /// Empty without `retry_after`.
    pub(crate) retry_after_field: &'static str,
}

impl Reading {
    /// The policies, in no particular order. Of the generic families only one is among them, for they repeat one
    /// another; what vendors say under names of their own is added.
    #[must_use]
    pub fn policies(&self) -> &[Policy] {
        self.policies.as_slice()
    }

    /// The policy that binds: among those with nothing left the one that resets last, else the one with the smallest
    /// part of its limit left. `None` if no policy says what is left.
    #[must_use]
    pub fn binding(&self) -> Option<&Policy> {
        let counted = || self.policies().iter().filter(|p| p.remaining.is_some());
        counted()
            .filter(|policy| policy.remaining == Some(0))
            .min_by_key(|policy| Reverse(policy.reset_after))
            .or_else(|| counted().min_by(|a, b| by_part_left(a, b)))
    }

    /// How long to wait before the next request, as `Retry-After` (RFC 9110, section 10.2.3) or one of those like it
    /// says, rounded up to the millisecond; zero if that moment is past.
    ///
    /// `X-RateLimit-Retry-After: 0` is no such wish: servers that send it with every response mean that nobody is limited
    /// now.
    ///
    /// It takes precedence over every [`Policy::reset_after`]; neither is ever copied into the other. However long it
    /// is, it is reported: what to believe is the caller's policy.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The field that says [`retry_after`](Self::retry_after), in lower case: `retry-after`, or one like it.
    #[must_use]
    pub fn retry_after_field(&self) -> Option<&'static str> {
        self.retry_after.map(|_| self.retry_after_field)
    }

    /// How long to wait before the next request, as far as the response says: [`retry_after`](Self::retry_after); else,
    /// if nothing is left of the [binding](Self::binding) policy, its reset; else `None`.
    ///
    /// Danger: `None` is not "no wait". It means that the response does not say, so a refusal (429, 503) without a wait
    /// still asks for one: of the caller's choice, and longer each time. As with all that is read, the caller caps it.
    ///
    /// ```
    /// use http::{HeaderMap, HeaderValue};
    /// use std::time::{Duration, SystemTime};
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert("x-ratelimit-remaining", HeaderValue::from_static("0"));
    /// headers.insert("x-ratelimit-reset", HeaderValue::from_static("30"));
    /// let reading = ratelimit_headers::read(&headers, SystemTime::UNIX_EPOCH);
    /// assert_eq!(reading.retry_after(), None);
    /// assert_eq!(reading.wait(), Some(Duration::from_secs(30)));
    /// ```
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        let used_up = || self.binding().filter(|policy| policy.remaining == Some(0));
        self.retry_after.or_else(|| used_up()?.reset_after)
    }

    /// Whether nothing could be read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.policies().is_empty() && self.retry_after.is_none()
    }
}

/// Compares the remaining parts exactly, by cross multiplication; a policy without a limit comes last.
fn by_part_left(a: &Policy, b: &Policy) -> Ordering {
    let left = |policy: &Policy| u128::from(policy.remaining.unwrap_or(u64::MAX));
    match (a.limit, b.limit) {
        (Some(of_a), Some(of_b)) => (left(a) * u128::from(of_b)).cmp(&(left(b) * u128::from(of_a))),
        (None, None) => left(a).cmp(&left(b)),
        (of_a, of_b) => of_b.cmp(&of_a),
    }
}
