//! `Retry-After` (RFC 9110, section 10.2.3).

use super::{Dialects, Writer, digits, fields, time};
use crate::state::PolicyState;
use http::HeaderMap;
use http::header::RETRY_AFTER;
use std::time::Duration;

/// Writes `Retry-After` in whole seconds, rounded up, and never 0: on a refusal that would mean "at once", and a loop.
///
/// Replaces whatever `Retry-After` is there: the refusal that is being written is the one to wait for. `wait` should not
/// end before the `t` of a policy with nothing left (draft-ietf-httpapi-ratelimit-headers-10, section 6);
/// [`Writer::write_refusal`] sees to that.
///
/// ```
/// use http::HeaderMap;
/// use ratelimit_headers::write_retry_after;
/// use std::time::Duration;
///
/// let mut headers = HeaderMap::new();
/// write_retry_after(&mut headers, Duration::from_millis(1001));
/// assert_eq!(headers["retry-after"], "2");
/// write_retry_after(&mut headers, Duration::ZERO);
/// assert_eq!(headers["retry-after"], "1");
/// ```
pub fn write_retry_after(headers: &mut HeaderMap, wait: Duration) {
    headers.insert(RETRY_AFTER, digits::value(time::seconds_up(wait).max(1)));
}

impl Writer {
    /// Writes how long to wait into the headers of a refusal: `Retry-After`, as [`write_retry_after`] does, and with
    /// [`Dialects::X_RETRY_AFTER`] also `X-RateLimit-Retry-After`, at most 999,999,999 seconds, above which readers would
    /// take it for a moment.
    ///
    /// After [`write`](Self::write): with [`Existing::Replace`](crate::Existing::Replace) that removes the second one.
    #[inline]
    pub fn write_retry_after(&self, headers: &mut HeaderMap, wait: Duration) {
        write_retry_after(headers, wait);
        if self.dialects.contains(Dialects::X_RETRY_AFTER) {
            let seconds = time::delay(wait).max(1);
            headers.insert(fields::X_RETRY_AFTER, digits::value(seconds));
        }
    }

    /// Writes everything that a refusal says: what [`write`](Self::write) writes, and how long to wait, as
    /// [`write_retry_after`](Self::write_retry_after) does.
    ///
    /// `Retry-After` never ends before the `t` of a policy with nothing left: `wait` is lengthened to it
    /// (draft-ietf-httpapi-ratelimit-headers-10, section 6: the two should not contradict each other). A policy that has
    /// something left does not lengthen it: it is not what the client waits for.
    ///
    /// ```
    /// use http::HeaderMap;
    /// use ratelimit_headers::{PolicyState, Writer};
    /// use std::time::Duration;
    ///
    /// let state = PolicyState::new("minute", 60, 0, Duration::from_secs(60))
    ///     .with_next_after(Duration::from_secs(30));
    /// let mut headers = HeaderMap::new();
    /// let (now, wait) = (Duration::from_secs(1_772_452_800), Duration::from_secs(1));
    /// Writer::default().write_refusal(&mut headers, &state, [state].into_iter(), now, wait);
    /// assert_eq!(headers["ratelimit"], r#""minute";r=0;t=30"#);
    /// assert_eq!(headers["retry-after"], "30");
    /// ```
    pub fn write_refusal<'a>(
        &self,
        headers: &mut HeaderMap,
        headline: &PolicyState<'a>,
        all: impl Iterator<Item = PolicyState<'a>> + Clone,
        unix_now: Duration,
        wait: Duration,
    ) {
        let used_up = all.clone().filter(|policy| policy.remaining == 0);
        let wait = used_up
            .filter_map(|policy| policy.next_after)
            .fold(wait, Duration::max);
        self.write(headers, headline, all, unix_now);
        self.write_retry_after(headers, wait);
    }
}
