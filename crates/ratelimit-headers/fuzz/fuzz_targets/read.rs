//! Any headers are read without a panic, and what is read holds together.
#![no_main]

use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;
use ratelimit_headers::{Dialect, Policy, Reader, Reading, ResetUnit, Row, Says, read};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

const MOMENTS: [u64; 4] = [0, 784_111_777, 1_772_452_800, 253_402_300_800];

static READER: LazyLock<Reader> = LazyLock::new(|| {
    let row = Row::new(
        "own",
        &[
            ("a", Says::LimitOrWindow),
            ("b", Says::Used),
            ("c", Says::UsedOfLimit),
            ("d", Says::WindowMillis),
            ("e", Says::RetryAfter),
            ("x-ratelimit-reset", Says::Reset),
        ],
    );
    Reader::new()
        .with_row(row.with_reset_unit(ResetUnit::EpochMillis))
        .expect("a row that can be read")
        .with_reset_unit(Dialect::XRateLimitDashed, ResetUnit::Millis)
        .and_then(|reader| reader.with_remaining_parameter("a"))
        .and_then(|reader| reader.with_reset_parameter("w"))
        .expect("hints that can be taken")
});

fuzz_target!(|data: &[u8]| {
    let headers = headers(data);
    for seconds in MOMENTS {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let reading = read(&headers, now);
        check(&reading, data.len());
        assert_eq!(format!("{reading:?}"), format!("{:?}", read(&headers, now)));
        check(&READER.read(&headers, now), data.len());
    }
    unrelated_fields_change_nothing(&headers);
});

/// One header a line; what cannot be one is left out.
fn headers(data: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            continue;
        };
        let name = HeaderName::from_bytes(&line[..colon]);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(&line[colon + 1..])) {
            // A map holds 32,768 names.
            let _ = headers.try_append(name, value);
        }
    }
    headers
}

fn check(reading: &Reading, size: usize) {
    let policies = reading.policies();
    assert!(policies.len() <= size, "more policies than bytes");
    policies.iter().for_each(check_policy);
    if let Some(binding) = reading.binding() {
        assert!(policies.iter().any(|policy| std::ptr::eq(policy, binding)));
        assert!(binding.remaining().is_some());
        let used_up = policies.iter().any(|policy| policy.remaining() == Some(0));
        assert!(!used_up || binding.remaining() == Some(0));
    }
    assert_eq!(
        reading.is_empty(),
        policies.is_empty() && reading.retry_after().is_none()
    );
    check_millis(reading.retry_after());
}

fn check_policy(policy: &Policy) {
    let (limit, remaining) = (policy.limit(), policy.remaining());
    assert!(limit.is_some() || remaining.is_some() || policy.reset_after().is_some());
    for count in [limit, remaining].into_iter().flatten() {
        assert!(i64::try_from(count).is_ok());
    }
    if let Some(window) = policy.window() {
        assert!(window.as_secs() > 0 && window.subsec_nanos() == 0);
    }
    check_millis(policy.reset_after());
}

fn check_millis(time: Option<Duration>) {
    if let Some(time) = time {
        assert_eq!(time.subsec_nanos() % 1_000_000, 0);
        assert!(u64::try_from(time.as_millis()).is_ok());
    }
}

fn unrelated_fields_change_nothing(headers: &HeaderMap) {
    let now = SystemTime::UNIX_EPOCH;
    let before = format!("{:?}", read(headers, now));
    let mut more = headers.clone();
    if more
        .try_append("x-amzn-ratelimit-limit", HeaderValue::from_static("5"))
        .is_ok()
    {
        assert_eq!(format!("{:?}", read(&more, now)), before);
    }
}
