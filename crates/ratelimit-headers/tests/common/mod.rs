//! Responses and readings in one line each.
// Each test binary uses its part; a helper that cannot go on is a test that fails.
#![allow(dead_code, clippy::unwrap_used)]

use http::{HeaderMap, HeaderName, HeaderValue};
use ratelimit_headers::{Reading, read};
use std::time::{Duration, Instant, SystemTime};

/// Mon, 02 Mar 2026 12:00:00 GMT
pub(crate) const NOW: u64 = 1_772_452_800;

pub(crate) fn headers(lines: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
    }
    headers
}

pub(crate) fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

pub(crate) fn read_at(seconds: u64, lines: &[(&str, &str)]) -> Reading {
    read(&headers(lines), at(seconds))
}

/// One line for each policy, sorted: `name limit unit remaining reset window`, with `-` for what is not stated.
pub(crate) fn summary(reading: &Reading) -> String {
    let number = |number: Option<u64>| number.map_or("-".into(), |number| number.to_string());
    let time = |time: Option<Duration>| time.map_or("-".into(), |time| format!("{time:?}"));
    let mut lines: Vec<String> = reading
        .policies()
        .iter()
        .map(|p| {
            [
                p.name().unwrap_or("-").to_owned(),
                number(p.limit()),
                p.unit().unwrap_or("-").to_owned(),
                number(p.remaining()),
                time(p.reset_after()),
                time(p.window()),
            ]
            .join(" ")
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

/// Reads at [`NOW`]; `expected` has a line for each policy, as [`summary`] has it.
#[track_caller]
pub(crate) fn check(lines: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(summary(&read_at(NOW, lines)), expected.join("\n"));
}

/// Four times as much takes less than ten times as long; quadratic work would take sixteen times as long.
///
/// Real time, of which the shortest of a few counts, for other work disturbs it. What takes no time at all with
/// thousands of whatever is counted is not quadratic either.
#[track_caller]
pub(crate) fn assert_linear<T>(size: usize, make: impl Fn(usize) -> T, work: impl Fn(&mut T)) {
    const NO_TIME: Duration = Duration::from_millis(5);
    let time = |size| {
        let mut input = make(size);
        #[allow(clippy::disallowed_methods)] // The code under test never sees it.
        let start = Instant::now();
        work(&mut input);
        start.elapsed()
    };
    let (mut small, mut large) = (time(size / 4), time(size));
    for _ in 0..20 {
        if large < NO_TIME || large < small * 10 {
            return;
        }
        (small, large) = (time(size / 4).max(small), time(size).min(large));
    }
    panic!("{small:?} for {} and {large:?} for {size}", size / 4);
}
