//! `Retry-After` (RFC 9110, section 10.2.3).
//!
//! The danger is in the fields that are like it: clients believe `retry-after-ms` before it, and an upstream may have
//! written that one. And `X-RateLimit-Retry-After: 0` beside the wait of somebody else would contradict it.

use super::family::put;
use super::{Dialects, Writer, digits, time};
use crate::read::retry_after::X_RETRY_AFTER;
use crate::read::scope::Scope;
use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderName};
use std::time::Duration;

const NAME: HeaderName = HeaderName::from_static(X_RETRY_AFTER);

/// Writes `Retry-After` in whole seconds, rounded up, and never 0: on a refusal that would mean "at once", and a loop.
///
/// Replaces whatever `Retry-After` is there, and removes the fields like it (`retry-after-ms`, `X-RateLimit-Retry-After`
/// and whatever else this crate reads as one): the refusal that is being written is the one to wait for. `wait` should
/// not end before the `t` of a policy with nothing left (draft-ietf-httpapi-ratelimit-headers-10, section 6);
/// [`Statement::write_refusal`](crate::Statement::write_refusal) sees to that.
///
/// Never panics: a map that is full stays without it.
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
    if headers.keys().any(is_like_it) {
        Scope::Retry.remove(headers);
    }
    let seconds = retry_after_seconds(wait);
    if headers
        .try_insert(RETRY_AFTER, digits::value(seconds))
        .is_err()
    {
        // A map that is full has room for it if it is there already.
        headers.remove(RETRY_AFTER);
        put(headers, RETRY_AFTER, digits::value(seconds));
    }
}

/// The number that `Retry-After` says for this wait: whole seconds, rounded up, at least 1 and at most
/// 999,999,999,999,999. For whoever says it elsewhere too, in a body, say.
///
/// ```
/// use ratelimit_headers::retry_after_seconds;
/// use std::time::Duration;
///
/// assert_eq!(retry_after_seconds(Duration::from_millis(1001)), 2);
/// assert_eq!(retry_after_seconds(Duration::ZERO), 1);
/// ```
#[must_use]
pub fn retry_after_seconds(wait: Duration) -> u64 {
    time::seconds_up(wait).clamp(1, digits::LARGEST)
}

/// Asked of each field of each refusal, so it first looks at a few bytes.
fn is_like_it(name: &HeaderName) -> bool {
    let may_be = matches!(
        name.as_str().as_bytes(),
        [b'r', b'e', ..] | [b'x', b'-', ..]
    );
    may_be && name != RETRY_AFTER && Scope::Retry.has(name)
}

impl Writer {
    /// Writes how long to wait into the headers of a refusal: `Retry-After`, as [`write_retry_after`] does, and with
    /// [`Dialects::X_RETRY_AFTER`] also `X-RateLimit-Retry-After`, at most 999,999,999 seconds, above which readers would
    /// take it for a moment.
    ///
    /// After [`write`](Self::write), which with [`Existing::Replace`](crate::Existing::Replace) removes the second one, and
    /// would leave it at 0.
    /// Where there is a statement, [`Statement::write_refusal`](crate::Statement::write_refusal) writes both.
    #[inline]
    pub fn write_retry_after(&self, headers: &mut HeaderMap, wait: Duration) {
        write(headers, self.dialects, wait);
    }
}

#[inline]
pub(super) fn write(headers: &mut HeaderMap, dialects: Dialects, wait: Duration) {
    write_retry_after(headers, wait);
    if dialects.contains(Dialects::X_RETRY_AFTER) {
        put(headers, NAME, digits::value(time::delay(wait).max(1)));
    }
}

/// Says that nobody is limited now, unless somebody asks for a wait: an inner layer that refuses, an upstream that is
/// down. Whatever that is, it is no less than nothing.
pub(super) fn write_none(headers: &mut HeaderMap) {
    if !Scope::Retry.is_in(headers) {
        put(headers, NAME, digits::value(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn whatever_is_read_as_a_wait_is_removed_beside_ours() {
        let mut others = 0;
        for name in crate::read::retry_after::names() {
            let name = HeaderName::from_static(name);
            if name == RETRY_AFTER {
                continue;
            }
            others += 1;
            let mut headers = HeaderMap::new();
            headers.insert(&name, HeaderValue::from_static("7"));
            write_retry_after(&mut headers, Duration::from_secs(1));
            assert!(!headers.contains_key(&name), "{name}");
            assert_eq!(headers[RETRY_AFTER], "1");
        }
        assert!(others > 3);
    }
}
