//! What the last answer said of limits, for people to look at. What is sent when is decided elsewhere.

use std::time::{Duration, SystemTime};

use http::HeaderMap;

/// The tightest limit of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) left: u64,
    /// How long after the answer there is more.
    pub(super) reset: Option<Duration>,
}

/// Reads the headers of an answer.
pub(super) fn standing(headers: &HeaderMap, now: SystemTime) -> Option<Standing> {
    let reading = ratelimit_headers::read(headers, now);
    let of_requests = |unit: Option<&str>| unit.is_none_or(|unit| unit == "requests");
    let policies = reading
        .policies()
        .iter()
        .filter(|policy| of_requests(policy.unit()));
    let standings = policies.filter_map(|policy| {
        let left = policy.remaining()?;
        let reset = policy.reset_after();
        Some(Standing { left, reset })
    });
    standings.min_by_key(|standing| standing.left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tightest_limit_is_seen() {
        let mut headers = HeaderMap::new();
        assert_eq!(standing(&headers, SystemTime::UNIX_EPOCH), None);
        let value = r#""minute";r=12;t=34, "day";r=400;t=5000"#;
        headers.insert("ratelimit", value.parse().unwrap());
        let expected = Standing {
            left: 12,
            reset: Some(Duration::from_secs(34)),
        };
        assert_eq!(standing(&headers, SystemTime::UNIX_EPOCH), Some(expected));
    }
}
