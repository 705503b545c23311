//! A refusal over gRPC: a 200 of HTTP, whose head says all there is (PROTOCOL-HTTP2.md,
//! "Trailers-Only").
//!
//! Only one that states a wait counts. RESOURCE_EXHAUSTED may also mean a message that is too large, or
//! a disk that is full: to pause everybody for that would help nobody. A pushback of 0 states none, but it
//! invites to come again: that is done, after a back-off. And a status in the trailers, after
//! a body, is not seen: by then the answer is the caller's.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const PUSHBACK: HeaderName = HeaderName::from_static("grpc-retry-pushback-ms");

const RESOURCE_EXHAUSTED: &str = "8";
const UNAVAILABLE: &str = "14";

/// Whether a 200 with these headers refuses what a 429 or a 503 of HTTP would have refused.
pub(crate) fn refuses(headers: &HeaderMap) -> bool {
    let status = headers.get(STATUS);
    status.is_some_and(|status| status == RESOURCE_EXHAUSTED || status == UNAVAILABLE)
}

/// Whether it is a limit that refuses.
pub(crate) fn is_limit(headers: &HeaderMap) -> bool {
    let status = headers.get(STATUS);
    status.is_some_and(|status| status == RESOURCE_EXHAUSTED)
}

/// How long such a refusal tells to stay away: its pushback, which is the finer one, else its
/// `Retry-After`. `None` if it asks not to come again.
pub(crate) fn stated_wait(headers: &HeaderMap, retry_after: Option<Duration>) -> Option<Duration> {
    match headers.get(PUSHBACK) {
        Some(value) => pushback(value),
        None => retry_after,
    }
}

/// Whether such a refusal asks to come again, without a time.
pub(crate) fn invites(headers: &HeaderMap) -> bool {
    let wait = headers.get(PUSHBACK).and_then(pushback);
    refuses(headers) && wait == Some(Duration::ZERO)
}

/// A signed 32-bit number of milliseconds. What is negative or cannot be read means: not again
/// (gRFC A6, "Pushback").
fn pushback(value: &HeaderValue) -> Option<Duration> {
    let milliseconds: i32 = value.to_str().ok()?.parse().ok()?;
    u64::try_from(milliseconds).ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pushback_that_is_negative_or_cannot_be_read_is_no_wait() {
        let of = |text| pushback(&HeaderValue::from_static(text));
        assert_eq!(of("1500"), Some(Duration::from_millis(1500)));
        assert_eq!(of("0"), Some(Duration::ZERO));
        assert_eq!(of("2147483647"), Some(Duration::from_millis(2_147_483_647)));
        for text in ["-1", "-1500", "", "soon", "1.5", "2147483648", "1, 2"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
