//! From headers to policies.
//!
//! Headers come from strangers. So nothing here panics, every step is linear in the size of the headers (or that times
//! its logarithm), no number is trusted beyond its syntax, and a value that cannot be read says nothing at all: it is
//! never repaired, wrapped or saturated. One unreadable field does not spoil the others, except in a structured list,
//! which RFC 9651 (section 4.2) has us ignore whole.

mod calendar;
mod dictionary;
mod duration;
mod families;
pub(crate) mod field;
mod found;
mod hint;
mod http_date;
pub(crate) mod ietf;
mod iso8601;
mod join;
mod limit;
pub(crate) mod member;
mod moment;
mod number;
mod own;
mod places;
mod quota;
mod reader;
mod response;
pub(crate) mod retry_after;
mod row;
mod rows;
pub(crate) mod scope;
mod sentry;
mod single;
mod structured;
mod unread;
mod zendesk;

use crate::reading::Reading;
use http::HeaderMap;
use std::time::SystemTime;

pub use hint::HintError;
pub(crate) use moment::Stated;
pub use moment::read_date;
pub use own::RowError;
pub use reader::{Reader, is_from_cache};
pub use row::{ResetUnit, Row, Says};

/// Reads every rate-limit header that this crate knows: the fields of the IETF drafts in all their shapes,
/// `X-RateLimit-*`, `X-Rate-Limit-*`, those of the vendors, and `Retry-After` (RFC 9110, section 10.2.3).
///
/// `now` is the moment of reading. It is used only for moments in time (`Retry-After` as a date, `X-RateLimit-Reset` as
/// an epoch), and only where the response has no valid `Date` of its own to measure from: the clocks of client and
/// server need not agree.
///
/// Of the generic families the newest that yields a policy is used alone, since servers repeat one fact in several of
/// them; what vendors say under names of their own is added. A response from a cache (`Age` above 0) states no
/// policies: they were somebody else's.
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
    const READER: &Reader = &Reader::new();
    READER.read(headers, now)
}
