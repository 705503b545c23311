//! `Date` (RFC 9110, section 6.6.1): the clock by which the moments of a response are meant; and the form that it has.

use super::time;
use http::header::{DATE, Entry};
use http::{HeaderMap, HeaderValue};
use std::time::{Duration, SystemTime};

/// The last second that an HTTP-date can say: the year has four digits.
const LATEST: Duration = Duration::from_secs(253_402_300_799);

/// Writes `Date`, unless there is one.
///
/// `X-RateLimit-Reset` and `anthropic-ratelimit-*-reset` are moments of the server's clock: a client whose own clock is
/// wrong can measure them only against a `Date`. Servers made of hyper add one to every response; a server that does not
/// should call this with the `unix_now` that the policies were stated with. Where a proxy passes on the `Date` of an
/// upstream whose clock is another, state delays instead ([`IETF`](crate::Dialects::IETF), or
/// [`X_RATE_LIMIT_DELTA`](crate::Dialects::X_RATE_LIMIT_DELTA)).
///
/// Never panics: a map that is full stays without it.
///
/// `unix_now` is the wall-clock time since the epoch. What is after the year 9999 is written as its last second.
///
/// ```
/// use http::HeaderMap;
/// use ratelimit_headers::write_date;
/// use std::time::Duration;
///
/// let mut headers = HeaderMap::new();
/// write_date(&mut headers, Duration::from_secs(1_772_452_800));
/// assert_eq!(headers["date"], "Mon, 02 Mar 2026 12:00:00 GMT");
/// write_date(&mut headers, Duration::ZERO);
/// assert_eq!(headers["date"], "Mon, 02 Mar 2026 12:00:00 GMT");
/// ```
pub fn write_date(headers: &mut HeaderMap, unix_now: Duration) {
    if let Ok(Entry::Vacant(entry)) = headers.try_entry(DATE) {
        if let Ok(date) = HeaderValue::try_from(text(unix_now)) {
            let _ = entry.try_insert(date);
        }
    }
}

/// A moment as an HTTP-date (RFC 9110, section 5.6.7): `Mon, 02 Mar 2026 12:00:00 GMT`.
///
/// `unix` is the time since the epoch, rounded up to whole seconds: who waits until then has waited enough. What is after
/// the year 9999 is written as its last second.
///
/// ```
/// use std::time::Duration;
///
/// let moment = Duration::from_millis(1_772_452_799_001);
/// assert_eq!(ratelimit_headers::http_date(moment), "Mon, 02 Mar 2026 12:00:00 GMT");
/// ```
#[must_use]
pub fn http_date(unix: Duration) -> String {
    text(Duration::from_secs(time::seconds_up(unix)))
}

/// The fraction of a second is dropped.
fn text(unix: Duration) -> String {
    let moment = SystemTime::UNIX_EPOCH.checked_add(unix.min(LATEST));
    httpdate::fmt_http_date(moment.unwrap_or(SystemTime::UNIX_EPOCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_clock_makes_it_panic() {
        for now in [Duration::MAX, LATEST, LATEST + Duration::from_secs(1)] {
            let mut headers = HeaderMap::new();
            write_date(&mut headers, now);
            assert_eq!(headers[DATE], "Fri, 31 Dec 9999 23:59:59 GMT");
        }
    }
}
