//! Reads and writes the headers in which HTTP responses state rate limits.
//!
//! A text format and nothing more: this crate knows no key, no clock and no algorithm. Whoever decides hands over a
//! [`PolicyState`], a [`Writer`] prints it; whoever receives a response hands over its headers and the moment of
//! reading, and [`read()`] says what they state. Both ends share one vocabulary, so that they understand each other:
//! what is written is read back the same, up to the rounding of times to whole seconds.
//!
//! # What is understood
//!
//! | Headers | Defined by |
//! |---|---|
//! | `RateLimit`, `RateLimit-Policy` | draft-ietf-httpapi-ratelimit-headers-07, -08 and later, on RFC 9651 |
//! | `RateLimit-Limit`, `-Remaining`, `-Reset` | the drafts before; others sent them with values of their own |
//! | `X-RateLimit-*`, `X-Rate-Limit-*` | nobody: reset may be a delay, a moment in any of six forms, or a duration |
//! | those of OpenAI, Anthropic, Kong, Sentry and a dozen other vendors | their documentation, source, or responses |
//! | `Retry-After`, `retry-after-ms` | RFC 9110, section 10.2.3, and decimals; clients of OpenAI and Azure |
//!
//! What is read is data: a [`Reader`] reads a [`Row`] of your own, and takes hints for what no value can say. What of it
//! is written, in one family or several at once, is said by [`Dialects`].
//!
//! # Dangers
//!
//! - **Times are always rounded up**, in both directions: who waits as told has waited enough.
//! - **A moment is of somebody's clock.** `X-RateLimit-Reset` is written as a moment, so the response needs a `Date`;
//!   it is read against that `Date`, and only without one against the reader's clock.
//! - **Nothing that is read is to be believed.** Absurd limits and delays are reported as they were sent: the caller
//!   caps them. They may overflow an `Instant`: add with `checked_add`.
//! - **Responses pass through several layers.** What is already there is merged, not doubled; see [`Existing`].
//! - **Everybody sees a partition key**: it is never a secret, and never the key that a caller sent.
//! - **A written response that is kept pins memory**: a few of its bytes hold a chunk of 4 KiB that it shares with
//!   hundreds of others. Copy the values of responses that you store.
//!
//! # Example
//!
//! ```
//! use http::HeaderMap;
//! use ratelimit_headers::{PolicyState, Writer, read, write_retry_after};
//! use std::time::{Duration, SystemTime};
//!
//! // The server refuses a request:
//! let wait = Duration::from_millis(2500);
//! let state = PolicyState::new("per-minute", 60, 0, Duration::from_secs(60)).with_next_after(wait);
//! let now = Duration::from_secs(1_772_452_800);
//! let mut headers = HeaderMap::new();
//! Writer::default().write(&mut headers, &state, [state].into_iter(), now);
//! write_retry_after(&mut headers, wait);
//!
//! // The client reads the refusal:
//! let reading = read(&headers, SystemTime::UNIX_EPOCH + now);
//! assert_eq!(reading.wait(), Some(Duration::from_secs(3)));
//! let policy = reading.binding().unwrap();
//! assert_eq!(policy.name(), Some("per-minute"));
//! assert_eq!(policy.limit(), Some(60));
//! ```

mod dialect;
mod few;
mod names;
mod policy;
mod problem;
mod read;
mod reading;
mod state;
mod text;
mod write;

pub use dialect::Dialect;
pub use policy::Policy;
pub use problem::ProblemType;
pub use read::{HintError, Reader, ResetUnit, Row, RowError, Says, is_from_cache, read, read_date};
pub use reading::Reading;
pub use state::PolicyState;
pub use write::{
    Dialects, DialectsError, Existing, NameError, Statement, Writer, check_name, http_date,
    retry_after_seconds, rfc3339, write_date, write_retry_after,
};
