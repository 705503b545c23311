//! Resets: one name, many encodings.

mod common;

use common::{NOW, at, headers, summary};
use ratelimit_headers::{Dialect, HintError, Reader, ResetUnit};
use std::time::Duration;

#[track_caller]
fn check_with(reader: &Reader, name: &str, value: &str, expected: &str) {
    let headers = headers(&[("x-ratelimit-limit", "1"), (name, value)]);
    let reading = reader.read(&headers, at(NOW));
    assert_eq!(
        summary(&reading),
        format!("- 1 - - {expected} -"),
        "{value}"
    );
}

#[track_caller]
fn check(value: &str, expected: &str) {
    check_with(&Reader::new(), "x-ratelimit-reset", value, expected);
}

#[test]
fn moments_of_iso_8601_are_read_with_any_offset() {
    for value in [
        "2026-03-02T12:00:30Z",
        "2026-03-02t12:00:30z",
        "2026-03-02 12:00:30",
        "2026-03-02T12:00:30",
        "2026-03-02T12:00:30+00:00",
        "2026-03-02T13:00:30+01:00",
        "2026-03-02T13:00:30+01",
        "2026-03-02 06:30:30-0530",
        "2026-03-03T00:00:30+12:00",
        "2026-03-02T12:00:30.000Z",
    ] {
        check(value, "30s");
    }
    check("2026-03-02T12:00:60Z", "60s");
    check("2026-03-02T12:01Z", "60s");
    check("2026-03-02 12:01", "60s");
}

#[test]
fn fractions_of_moments_round_up_to_the_millisecond() {
    check("2026-03-02T12:00:30.5Z", "30.5s");
    check("2026-03-02T12:00:30.0588326Z", "30.059s");
    check(
        "2026-03-02T12:00:30.0000000000000000000001+00:00",
        "30.001s",
    );
}

#[test]
fn days_are_counted_as_the_calendar_has_them() {
    check("2026-03-03T12:00:00Z", "86400s");
    check("2026-12-31T12:00:00Z", "26265600s");
    check("2028-02-29T12:00:00Z", "62985600s");
    check("2028-03-01T12:00:00Z", "63072000s");
    check("2100-03-01T12:00:00Z", "2335132800s");
    check("9999-12-31T23:59:59Z", "251629847999s");
}

#[test]
fn a_moment_before_the_epoch_is_past() {
    for value in [
        "1969-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "0000-01-01T00:00:00+23:59",
        "Mon, 01 Jan 0001 00:00:00 GMT",
    ] {
        check(value, "0ns");
    }
}

#[test]
fn what_is_almost_a_moment_says_nothing() {
    for value in [
        "2026-02-29T12:00:00Z",
        "2100-02-29T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-00-01T12:00:00Z",
        "2026-03-00T12:00:00Z",
        "2026-04-31T12:00:00Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T12:60:00Z",
        "2026-03-02T12:00:61Z",
        "2026-03-02T12:00:300Z",
        "2026-03-02T12:00:30.Z",
        "2026-03-02T12:00:30,5Z",
        "2026-03-02T12:00:30 Z",
        "2026-03-02T12:00:30+1:00",
        "2026-03-02T12:00:30+24:00",
        "2026-03-02T12:00:30*01:00",
        "2026-03-02T12",
        "2026-03-02",
        "20260302T120030Z",
        "2026-3-2T12:00:30Z",
        "+2026-03-02T12:00:30Z",
        "2026-03-0\u{663}T12:00:30Z",
    ] {
        check(value, "-");
    }
}

#[test]
fn durations_are_read_as_go_prints_them() {
    check("1s", "1s");
    check("6m0s", "360s");
    check("7.66s", "7.66s");
    check("2m59.56s", "179.56s");
    check("1h23m31s", "5011s");
    check("4h17m", "15420s");
    check("370ms", "370ms");
    check("20ms", "20ms");
    check("1.5h", "5400s");
    check("1500us", "2ms");
    check("1500\u{b5}s", "2ms");
    check("1500\u{3bc}s", "2ms");
    check("1ns", "1ms");
    check("0s", "0ns");
}

#[test]
fn fractions_of_any_unit_round_up() {
    check("0.0000001h", "1ms");
    check("0.333333333333333333333h", "1200s");
    check("1.00000000000000000000000000001m", "60.001s");
}

#[test]
fn what_is_almost_a_duration_says_nothing() {
    for value in [
        "s",
        "-1s",
        "+1s",
        "1 s",
        "1d",
        "1S",
        "1s5",
        "1.s",
        ".5s",
        "1sec",
        "1e3s",
        "1m-1s",
        "99999999999999999999s",
        "9999999999999999999h",
        "18446744073709551s999999999999h",
    ] {
        check(value, "-");
    }
}

#[test]
fn what_needs_no_clock_wins_then_the_reset_then_what_is_left() {
    let resets = [
        ("x-ratelimit-reset-after", "1.5"),
        ("x-ratelimit-reset", "2"),
        ("x-ratelimit-resettime", "3"),
        ("x-ratelimit-next", "4"),
    ];
    for (first, expected) in ["1.5s", "2s", "3s", "4s"].into_iter().enumerate() {
        let mut lines = resets[first..].to_vec();
        lines.reverse();
        common::check(&lines, &[&format!("- - - - {expected} -")]);
    }
    // One that cannot be read leaves the word to the next.
    common::check(
        &[
            ("x-ratelimit-reset-after", "soon"),
            ("x-ratelimit-reset", "2"),
        ],
        &["- - - - 2s -"],
    );
}

#[test]
fn a_hint_says_what_plain_numbers_are() {
    let reader = |unit| {
        Reader::new()
            .with_reset_unit(Dialect::XRateLimit, unit)
            .unwrap()
    };
    for (unit, value, expected) in [
        (ResetUnit::Seconds, "1772452860", "1772452860s"),
        (ResetUnit::Millis, "1500.0001", "1.501s"),
        (ResetUnit::Millis, "1772452860", "1772452.86s"),
        (ResetUnit::EpochSeconds, "1772452801", "1s"),
        (ResetUnit::EpochSeconds, "5", "0ns"),
        (ResetUnit::EpochMillis, "1772452801001", "1.001s"),
        (ResetUnit::BySize, "1772452801001", "1.001s"),
        // What is not a plain number says itself what it is.
        (ResetUnit::Millis, "6m0s", "360s"),
        (ResetUnit::Millis, "2026-03-02T12:00:30Z", "30s"),
        (ResetUnit::EpochMillis, "-1", "-"),
    ] {
        check_with(&reader(unit), "x-ratelimit-reset", value, expected);
    }
}

#[test]
fn a_hint_is_for_one_family_and_the_last_one_stands() {
    let reader = Reader::new()
        .with_reset_unit(Dialect::XRateLimit, ResetUnit::EpochMillis)
        .and_then(|reader| reader.with_reset_unit(Dialect::IetfTrio, ResetUnit::Seconds))
        .and_then(|reader| reader.with_reset_unit(Dialect::XRateLimit, ResetUnit::Millis))
        .unwrap();
    check_with(&reader, "x-ratelimit-reset", "5", "5ms");
    let trio = headers(&[("ratelimit-reset", "5")]);
    assert_eq!(summary(&reader.read(&trio, at(NOW))), "- - - - 5s -");
}

#[test]
fn a_reset_after_is_a_delay_whatever_its_size_and_whatever_the_hint() {
    for unit in [
        ResetUnit::EpochSeconds,
        ResetUnit::Millis,
        ResetUnit::BySize,
    ] {
        let reader = Reader::new()
            .with_reset_unit(Dialect::XRateLimit, unit)
            .unwrap();
        let discord = headers(&[
            ("x-ratelimit-reset", "1772452864.57"),
            ("x-ratelimit-reset-after", "64.57"),
        ]);
        assert_eq!(summary(&reader.read(&discord, at(NOW))), "- - - - 64.57s -");
        check_with(
            &reader,
            "x-ratelimit-reset-after",
            "1772452860",
            "1772452860s",
        );
        check_with(&reader, "x-ratelimit-reset-after", "1m1s", "61s");
        check_with(
            &reader,
            "x-ratelimit-reset-after",
            "2026-03-02T12:00:30Z",
            "-",
        );
    }
}

#[test]
fn a_hint_is_applied_or_refused() {
    let zendesk = Reader::new()
        .with_reset_unit(Dialect::Vendor("zendesk"), ResetUnit::Millis)
        .unwrap();
    let lines = headers(&[("zendesk-ratelimit-a", "total=100; resets=41000")]);
    assert_eq!(summary(&zendesk.read(&lines, at(NOW))), "a 100 - - 41s -");
    for dialect in [
        Dialect::Ietf,
        Dialect::Ietf07,
        Dialect::Vendor("shopify"),
        Dialect::Vendor("sentry"),
        Dialect::Vendor("kong"),
        Dialect::Vendor("nobody"),
    ] {
        let refused = Reader::new().with_reset_unit(dialect, ResetUnit::Millis);
        assert_eq!(refused.err(), Some(HintError::NoResets(dialect)));
    }
}

#[test]
fn a_moment_is_reported_as_it_was_stated_and_a_delay_is_none() {
    let of = |value: &str| {
        // The server's clock is a minute behind the reader's.
        let date = ("date", "Mon, 02 Mar 2026 11:59:00 GMT");
        let headers = headers(&[
            ("x-ratelimit-limit", "1"),
            ("x-ratelimit-reset", value),
            date,
        ]);
        let reading = Reader::new().read(&headers, at(NOW));
        let policy = reading.policies().first().cloned().unwrap();
        (policy.reset_after().unwrap(), policy.reset_at())
    };
    let (second, moment) = (Duration::from_secs(1), Duration::from_secs(NOW));
    assert_eq!(of("1772452830"), (90 * second, Some(moment + 30 * second)));
    assert_eq!(
        of("1772452830500").1,
        Some(moment + Duration::from_millis(30_500))
    );
    assert_eq!(
        of("2026-03-02T12:00:30.0588326Z").1,
        Some(moment + Duration::from_nanos(30_058_832_600))
    );
    assert_eq!(
        of("Mon, 02 Mar 2026 12:00:30 GMT").1,
        Some(moment + 30 * second)
    );
    // One that is past is stated all the same.
    assert_eq!(
        of("1772452700"),
        (Duration::ZERO, Some(moment - 100 * second))
    );
    assert_eq!(of("30"), (30 * second, None));
    assert_eq!(of("6m0s"), (360 * second, None));
}
