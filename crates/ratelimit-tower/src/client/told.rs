//! What a refusal says about when to come back.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode, header};
use ratelimit_headers::{Policy, Reading, is_from_cache};

use super::grpc;

/// A reset without a window beyond this is more likely a misread number than a quota.
const LONGEST_RESET: Duration = Duration::from_secs(3600);

/// For longer than this nobody waits, if not told to: neither in a throttle's line nor for the next try.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// How long a response tells to stay away: `Retry-After` of a 429 or a 503, else the reset of what a
/// 429 says is used up. A refusal over gRPC has its own way to say it, under the status 200.
///
/// A cache that repeats a refusal says how old it is: that is less to wait.
///
/// Never zero. A refusal that says "now" says nothing of when there is room: whoever believed it would
/// be back within a round trip, over and over.
pub(crate) fn stated_wait(
    status: StatusCode,
    headers: &HeaderMap,
    now: SystemTime,
) -> Option<Duration> {
    let refuses = match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => true,
        StatusCode::OK => grpc::refuses(headers),
        _ => false,
    };
    let reading = refuses.then(|| ratelimit_headers::read(headers, now))?;
    stated_wait_of(status, headers, &reading)
}

/// The same for headers that were read already.
pub(crate) fn stated_wait_of(
    status: StatusCode,
    headers: &HeaderMap,
    reading: &Reading,
) -> Option<Duration> {
    let after = reading.retry_after().filter(is_a_wait);
    let wait = match status {
        StatusCode::TOO_MANY_REQUESTS => after.or_else(|| reset(reading)),
        StatusCode::SERVICE_UNAVAILABLE => after,
        StatusCode::OK if grpc::refuses(headers) => grpc::stated_wait(headers, after),
        _ => None,
    };
    wait.map(|wait| wait.saturating_sub(age(headers)))
        .filter(is_a_wait)
}

/// How long ago the server made this answer, if a cache had kept it (RFC 9111, section 5.1).
fn age(headers: &HeaderMap) -> Duration {
    let text = headers.get(header::AGE).filter(|_| is_from_cache(headers));
    let seconds = text.map(|text| text.to_str().map(str::parse));
    match seconds {
        Some(Ok(Ok(seconds))) => Duration::from_secs(seconds),
        // It is a number, and longer than any.
        Some(_) => Duration::MAX,
        None => Duration::ZERO,
    }
}

fn is_a_wait(wait: &Duration) -> bool {
    !wait.is_zero()
}

/// The latest reset of those policies that may be what refused.
fn reset(reading: &Reading) -> Option<Duration> {
    let used_up = reading
        .policies()
        .iter()
        .filter(|p| p.remaining().unwrap_or(0) == 0);
    used_up.filter_map(believable_reset).max()
}

/// A policy's reset, no longer than its window.
pub(crate) fn believable_reset(policy: &Policy) -> Option<Duration> {
    let longest = policy.window().unwrap_or(LONGEST_RESET);
    Some(policy.reset_after()?.min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn waits(status: u16, headers: &[(&'static str, &'static str)], expected: Option<u64>) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let wait = stated_wait(StatusCode::from_u16(status).unwrap(), &map, now);
        assert_eq!(wait, expected.map(Duration::from_secs));
    }

    #[test]
    fn retry_after_comes_before_a_reset_and_only_refusals_count() {
        let after = ("retry-after", "7");
        let used_up = ("x-ratelimit-remaining", "0");
        let reset = ("x-ratelimit-reset", "1700000030");
        waits(429, &[after], Some(7));
        waits(503, &[after], Some(7));
        waits(200, &[after], None);
        waits(500, &[after], None);
        waits(429, &[after, used_up, reset], Some(7));
        waits(429, &[used_up, reset], Some(30));
        waits(429, &[reset], Some(30));
        waits(503, &[used_up, reset], None);
        waits(429, &[], None);
        // Something is left, so it was another limit that refused.
        waits(429, &[("x-ratelimit-remaining", "5"), reset], None);
    }

    #[test]
    fn that_nobody_is_limited_is_no_wish_to_come_at_once() {
        let none = ("x-ratelimit-retry-after", "0");
        let used_up = ("x-ratelimit-remaining", "0");
        let reset = ("x-ratelimit-reset", "1700000030");
        waits(200, &[none], None);
        waits(429, &[none], None);
        waits(503, &[none], None);
        waits(429, &[none, used_up, reset], Some(30));
        waits(429, &[none, ("retry-after", "7")], Some(7));
    }

    #[test]
    fn what_a_cache_repeats_is_as_much_sooner_over_as_it_is_old() {
        let after = ("retry-after", "30");
        waits(429, &[after, ("age", "2")], Some(28));
        waits(503, &[after, ("age", "2")], Some(28));
        waits(429, &[after, ("age", "0")], Some(30));
        waits(429, &[after, ("age", "-2")], Some(30));
        waits(429, &[after, ("age", "30")], None);
        waits(429, &[after, ("age", "99999999999999999999999")], None);
    }

    #[test]
    fn a_zero_on_a_refusal_states_no_time() {
        let now = ("retry-after", "0");
        let past = ("retry-after", "Tue, 14 Nov 2023 22:13:00 GMT");
        let used_up = ("x-ratelimit-remaining", "0");
        for zero in [now, past, ("retry-after-ms", "0")] {
            waits(429, &[zero], None);
            waits(503, &[zero], None);
            waits(
                429,
                &[zero, used_up, ("x-ratelimit-reset", "1700000030")],
                Some(30),
            );
        }
        waits(429, &[used_up, ("x-ratelimit-reset", "0")], None);
        let pushback = ("grpc-retry-pushback-ms", "0");
        waits(200, &[("grpc-status", "8"), pushback], None);
        waits(
            200,
            &[("grpc-status", "8"), pushback, ("retry-after", "7")],
            None,
        );
    }

    #[test]
    fn a_refusal_over_grpc_is_a_200_whose_pushback_comes_first() {
        let (limit, down) = (("grpc-status", "8"), ("grpc-status", "14"));
        let pushback = ("grpc-retry-pushback-ms", "3000");
        let after = ("retry-after", "7");
        waits(200, &[limit, pushback, after], Some(3));
        waits(200, &[down, pushback], Some(3));
        waits(200, &[limit, after], Some(7));
        waits(200, &[down, after], Some(7));
        // Not again, whatever else it says.
        waits(200, &[limit, ("grpc-retry-pushback-ms", "-1"), after], None);
        waits(200, &[limit], None);
        waits(200, &[("grpc-status", "0"), pushback, after], None);
        waits(200, &[("grpc-status", "13"), pushback, after], None);
        waits(500, &[limit, pushback], None);
        let used_up = ("x-ratelimit-remaining", "0");
        waits(200, &[limit, used_up, ("x-ratelimit-reset", "30")], None);
    }

    #[test]
    fn a_reset_far_away_is_not_believed() {
        let used_up = ("x-ratelimit-remaining", "0");
        waits(
            429,
            &[used_up, ("x-ratelimit-reset", "1800000000")],
            Some(3600),
        );
        waits(
            429,
            &[
                ("ratelimit", r#""d";r=0;t=50000"#),
                ("ratelimit-policy", r#""d";q=9;w=86400"#),
            ],
            Some(50_000),
        );
        waits(
            429,
            &[
                ("ratelimit", r#""m";r=0;t=50000"#),
                ("ratelimit-policy", r#""m";q=9;w=60"#),
            ],
            Some(60),
        );
    }
}
