//! From headers to policies.
//!
//! Headers come from strangers. So nothing here panics, every step is linear in the size of the headers (or that times
//! its logarithm), no number is trusted beyond its syntax, and a value that cannot be read says nothing at all: it is
//! never repaired, wrapped or saturated. One unreadable field does not spoil the others, except in a structured list,
//! which RFC 9651 (section 4.2) has us ignore whole.

pub(crate) mod field;
pub(crate) mod ietf;
mod join;
pub(crate) mod member;
mod moment;
mod number;
mod retry_after;
mod rfc850;
pub(crate) mod x_rate_limit;

use crate::few::Few;
use crate::policy::Policy;
use crate::reading::Reading;
use http::HeaderMap;
use http::header::AGE;
use std::time::SystemTime;

pub(crate) use moment::Moments;

/// Reads every rate-limit header that this crate knows: `RateLimit` with `RateLimit-Policy`
/// (draft-ietf-httpapi-ratelimit-headers-08 and later), `X-RateLimit-Limit`, `-Remaining` and `-Reset`, and
/// `Retry-After` (RFC 9110, section 10.2.3).
///
/// `now` is the moment of reading. It is used only for moments in time (`Retry-After` as a date, `X-RateLimit-Reset` as
/// an epoch), and only where the response has no valid `Date` of its own to measure from: the clocks of client and
/// server need not agree.
///
/// The first family that yields a policy is used alone, since servers repeat one fact in several families. A response
/// from a cache (`Age` above 0) states no policies: they were somebody else's.
///
/// Never fails and never panics: what cannot be read is absent.
///
/// ```
/// use http::{HeaderMap, HeaderValue};
/// use std::time::{Duration, SystemTime};
///
/// let mut headers = HeaderMap::new();
/// headers.insert("ratelimit", HeaderValue::from_static(r#""default";r=50;t=30"#));
/// headers.insert("ratelimit-policy", HeaderValue::from_static(r#""default";q=100;w=60"#));
/// headers.insert("retry-after", HeaderValue::from_static("2"));
///
/// let reading = ratelimit_headers::read(&headers, SystemTime::UNIX_EPOCH);
/// let policy = reading.binding().unwrap();
/// assert_eq!(policy.name(), Some("default"));
/// assert_eq!((policy.remaining(), policy.limit()), (Some(50), Some(100)));
/// assert_eq!(policy.window(), Some(Duration::from_secs(60)));
/// assert_eq!(reading.retry_after(), Some(Duration::from_secs(2)));
/// ```
#[must_use]
pub fn read(headers: &HeaderMap, now: SystemTime) -> Reading {
    let moments = Moments::new(headers, now);
    let policies = if is_from_cache(headers) {
        Few::Zero
    } else {
        newest_family(headers, &moments)
    };
    Reading {
        policies,
        retry_after: retry_after::read(headers, &moments),
    }
}

fn newest_family(headers: &HeaderMap, moments: &Moments<'_>) -> Few<Policy> {
    let structured = ietf::read(headers);
    if !structured.as_slice().is_empty() {
        return structured;
    }
    match x_rate_limit::read(headers, moments) {
        Some(policy) => Few::One([policy]),
        None => Few::Zero,
    }
}

/// Draft -10, section 7.3. Only "above zero" matters, so an age of any size counts (RFC 9111, section 1.2.2).
fn is_from_cache(headers: &HeaderMap) -> bool {
    field::single(headers, &AGE).is_some_and(|age| {
        age.iter().all(u8::is_ascii_digit) && age.iter().any(|digit| *digit != b'0')
    })
}
