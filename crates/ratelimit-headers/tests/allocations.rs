//! Allocations are counted, because they repeat where nanoseconds do not.

use allocation_counter::measure;
use http::{HeaderMap, HeaderValue};
use ratelimit_headers::{Dialects, PolicyState, Reading, Writer, read, write_retry_after};
use std::time::{Duration, SystemTime};

const NOW: Duration = Duration::from_secs(1_772_452_800);

/// What `act` allocates when everything that is made once has been made.
#[track_caller]
fn check(expected: u64, mut act: impl FnMut()) {
    // More than one chunk of values, so that starting a chunk afresh is measured too.
    const ROUNDS: u32 = 2_000;
    for _ in 0..ROUNDS {
        act();
    }
    let counted = measure(|| {
        for _ in 0..ROUNDS {
            act();
        }
    });
    assert_eq!(counted.count_total, expected * u64::from(ROUNDS));
}

/// A map with room, emptied before each response: what a map needs for itself is not ours.
fn response() -> HeaderMap {
    HeaderMap::with_capacity(16)
}

fn states() -> [PolicyState<'static>; 2] {
    let burst = PolicyState::new("burst", 1_000_000, 999_999, Duration::from_secs(1));
    let daily = PolicyState::new("daily", 1_000, 10, Duration::from_secs(86_400));
    [
        burst
            .with_unit("tokens")
            .with_next_after(Duration::from_millis(1)),
        daily,
    ]
}

#[track_caller]
fn check_writing(dialects: Dialects) {
    let (writer, states, mut headers) = (Writer::new(dialects), states(), response());
    check(0, || {
        headers.clear();
        writer.write(&mut headers, &states[0], states.into_iter(), NOW);
    });
    assert!(!headers.is_empty());
}

#[test]
fn writing_x_ratelimit_allocates_nothing() {
    check_writing(Dialects::X_RATE_LIMIT);
}

#[test]
fn writing_the_ietf_lists_allocates_nothing() {
    check_writing(Dialects::IETF);
}

#[test]
fn writing_both_families_allocates_nothing() {
    check_writing(Dialects::default());
}

#[test]
fn writing_that_nobody_is_limited_allocates_nothing() {
    check_writing(Dialects::default() | Dialects::X_RETRY_AFTER);
}

#[test]
fn writing_retry_after_allocates_nothing() {
    let mut headers = response();
    check(0, || {
        write_retry_after(&mut headers, Duration::from_secs(86_400));
    });
}

#[test]
fn a_chunk_serves_hundreds_of_responses_that_are_kept() {
    let (writer, states) = (Writer::new(Dialects::X_RATE_LIMIT), states());
    let mut kept: Vec<HeaderMap> = (0..400).map(|_| response()).collect();
    let counted = measure(|| {
        for headers in &mut kept {
            writer.write(headers, &states[1], states.into_iter(), NOW);
        }
    });
    // 400 resets of ten bytes fill one chunk: at most two of them, of two allocations each.
    assert!(counted.count_total <= 4, "{counted:?}");
}

#[track_caller]
fn check_reading(expected: u64, lines: &[(&'static str, &'static str)]) {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(*name, HeaderValue::from_static(value));
    }
    let now = SystemTime::UNIX_EPOCH + NOW;
    let mut reading = Reading::default();
    check(expected, || reading = read(&headers, now));
    assert!(!reading.is_empty());
}

#[test]
fn reading_x_ratelimit_and_retry_after_allocates_nothing() {
    check_reading(
        0,
        &[
            ("x-ratelimit-limit", "60"),
            ("x-ratelimit-remaining", "12"),
            ("x-ratelimit-reset", "1772452860"),
            ("date", "Mon, 02 Mar 2026 12:00:00 GMT"),
            ("retry-after", "Mon, 02 Mar 2026 12:00:05 GMT"),
        ],
    );
}

#[test]
fn reading_three_policies_from_ietf_lists_allocates_nothing() {
    check_reading(
        0,
        &[
            (
                "ratelimit",
                r#""burst";r=9;t=1, "daily";r=900;t=40, "tokens";r=1;t=2"#,
            ),
            (
                "ratelimit-policy",
                r#""burst";q=10;w=1, "daily";q=1000;w=86400, "tokens";q=5;qu="tokens";w=60"#,
            ),
        ],
    );
}

#[test]
fn reading_the_early_drafts_allocates_nothing() {
    check_reading(
        0,
        &[
            ("ratelimit-limit", "100, 100;w=60, 5000;w=3600"),
            ("ratelimit-remaining", "50"),
            ("ratelimit-reset", "30"),
        ],
    );
    check_reading(
        0,
        &[
            ("ratelimit", "limit=100, remaining=50, reset=5"),
            ("ratelimit-policy", "100;w=10"),
        ],
    );
}

#[test]
fn reading_what_vendors_say_allocates_nothing() {
    check_reading(
        0,
        &[
            ("x-ratelimit-limit-requests", "60"),
            ("x-ratelimit-limit-tokens", "150000"),
            ("x-ratelimit-remaining-requests", "59"),
            ("x-ratelimit-remaining-tokens", "149984"),
            ("x-ratelimit-reset-requests", "1s"),
            ("x-ratelimit-reset-tokens", "6m0s"),
            ("anthropic-ratelimit-requests-remaining", "847"),
            ("anthropic-ratelimit-requests-reset", "2026-03-02T12:00:30Z"),
            ("x-ratelimit-bucket", "abcd1234"),
        ],
    );
}

#[test]
fn a_partition_key_is_the_only_thing_that_reading_a_list_must_allocate() {
    // Once to decode it, once to keep it.
    check_reading(2, &[("ratelimit", r#""a";r=9;t=1;pk=:AQI=:"#)]);
}
