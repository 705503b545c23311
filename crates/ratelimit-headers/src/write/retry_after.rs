//! `Retry-After` (RFC 9110, section 10.2.3).

use super::{digits, time};
use http::HeaderMap;
use http::header::RETRY_AFTER;
use std::time::Duration;

/// Writes `Retry-After` in whole seconds, rounded up, and never 0: on a refusal that would mean "at once", and a loop.
///
/// Replaces whatever `Retry-After` is there: the refusal that is being written is the one to wait for.
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
