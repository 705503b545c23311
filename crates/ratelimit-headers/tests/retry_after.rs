//! `Retry-After`, and moments in time.

mod common;

use common::{NOW, read_at};
use std::time::Duration;

const fn secs(seconds: u64) -> Option<Duration> {
    Some(Duration::from_secs(seconds))
}

const fn millis(millis: u64) -> Option<Duration> {
    Some(Duration::from_millis(millis))
}

#[track_caller]
fn check(value: &str, expected: Option<Duration>) {
    check_at(NOW, value, expected);
}

#[track_caller]
fn check_at(now: u64, value: &str, expected: Option<Duration>) {
    let reading = read_at(now, &[("Retry-After", value)]);
    assert_eq!(reading.retry_after(), expected, "{value}");
    assert!(reading.policies().is_empty());
}

#[test]
fn seconds_are_read_whatever_their_size() {
    check("0", secs(0));
    check(" 7\t", secs(7));
    check("007", secs(7));
    // As a reset this would be a moment in time; here it is a very long delay, for the caller to cap.
    check("1772452860", secs(1_772_452_860));
}

#[test]
fn fractions_round_up_to_the_millisecond_exactly() {
    check("64.57", millis(64_570));
    check("0.0001", millis(1));
    check("0.1", millis(100));
    check("1.9999999999999999999999", secs(2));
    check("1.000000000000000000000000", secs(1));
    check("1.000000000000000000000001", millis(1001));
}

#[test]
fn what_is_not_a_plain_number_says_nothing() {
    for value in [
        "", " ", "-1", "+1", "1e3", "0x10", "1,000", "1_000", ".5", "5.", "5.5.5", "5s", "\"5\"",
        "NaN", "inf", "٥", "1 2",
    ] {
        check(value, None);
    }
}

#[test]
fn a_time_that_milliseconds_cannot_hold_says_nothing() {
    check("18446744073709551", secs(18_446_744_073_709_551));
    check("18446744073709552", None);
    check("18446744073709551615", None);
    check("18446744073709551616", None);
    check(&"9".repeat(60_000), None);
}

#[test]
fn http_dates_are_read_in_all_three_forms() {
    check("Mon, 02 Mar 2026 12:00:30 GMT", secs(30));
    check("Monday, 02-Mar-26 12:00:30 GMT", secs(30));
    check("Mon Mar  2 12:00:30 2026", secs(30));
}

#[test]
fn a_moment_that_is_past_is_a_wait_of_zero() {
    check("Mon, 02 Mar 2026 11:59:59 GMT", secs(0));
    check("Thu, 01 Jan 1970 00:00:00 GMT", secs(0));
}

#[test]
fn leap_days_exist_in_leap_years_only() {
    let noon_before = 1_709_121_600; // 28 Feb 2024 12:00:00
    check_at(noon_before, "Thu, 29 Feb 2024 12:00:00 GMT", secs(86_400));
    check_at(
        noon_before,
        "Fri, 01 Mar 2024 12:00:00 GMT",
        secs(2 * 86_400),
    );
    check("Sun, 29 Feb 2026 12:00:00 GMT", None);
    check("Mon, 30 Feb 2026 12:00:00 GMT", None);
}

/// RFC 9110, section 5.6.7: more than 50 years ahead is the past century.
#[test]
fn the_century_of_a_two_digit_year_depends_on_the_day_of_reading() {
    let in_1994 = 784_111_740; // Sun, 06 Nov 1994 08:49:00 GMT
    check_at(in_1994, "Sunday, 06-Nov-94 08:49:37 GMT", secs(37));
    check("Sunday, 06-Nov-94 08:49:37 GMT", secs(0));
    // 2 March 2076 is a Monday, 2 March 1977 a Wednesday.
    check("Monday, 02-Mar-76 12:00:00 GMT", secs(18_263 * 86_400));
    check("Wednesday, 02-Mar-77 12:00:00 GMT", secs(0));
}

#[test]
fn a_broken_date_says_nothing() {
    for value in [
        "Zun, 02 Mar 2026 12:00:30 GMT",
        "Mon, 02 Mar 2026 12:00:30",
        "Mon, 02 Mar 2026 25:00:30 GMT",
        "Monday, 02-Mar-2x 12:00:30 GMT",
        "Monday,",
        ",",
        "Monday, 99-Mar-26 99:99:99 GMT",
        "Mon, 02 Mär 2026 12:00:30 GMT",
    ] {
        check(value, None);
    }
}

#[test]
fn a_moment_is_measured_from_the_servers_own_clock() {
    let date = ("date", "Mon, 02 Mar 2026 11:50:00 GMT");
    let moment = ("retry-after", "Mon, 02 Mar 2026 11:50:05 GMT");
    assert_eq!(read_at(NOW, &[date, moment]).retry_after(), secs(5));
    let delay = ("retry-after", "5");
    assert_eq!(read_at(NOW, &[date, delay]).retry_after(), secs(5));
    let broken = ("date", "yesterday");
    assert_eq!(read_at(NOW, &[broken, moment]).retry_after(), secs(0));
}

#[test]
fn a_clock_before_the_epoch_is_the_epoch() {
    let headers = common::headers(&[("retry-after", "Thu, 01 Jan 1970 00:00:09 GMT")]);
    let now = std::time::SystemTime::UNIX_EPOCH - Duration::from_secs(1);
    assert_eq!(
        ratelimit_headers::read(&headers, now).retry_after(),
        secs(9)
    );
}

#[test]
fn a_cached_response_still_says_when_to_retry() {
    let reading = read_at(
        NOW,
        &[
            ("age", "1"),
            ("retry-after", "5"),
            ("x-ratelimit-limit", "5"),
        ],
    );
    assert_eq!(reading.retry_after(), secs(5));
    assert!(reading.policies().is_empty());
}

#[track_caller]
fn check_lines(lines: &[(&str, &str)], expected: Option<Duration>) {
    assert_eq!(read_at(NOW, lines).retry_after(), expected);
}

#[test]
fn the_more_precise_field_comes_first_and_what_cannot_be_read_is_passed_over() {
    let fields = [
        ("retry-after-ms", "1000.5", millis(1001)),
        ("x-ms-retry-after-ms", "2000", secs(2)),
        ("Retry-After", "3", secs(3)),
        ("X-RateLimit-Retry-After", "4", secs(4)),
        ("X-Rate-Limit-Retry-After-Seconds", "5", secs(5)),
        ("x-ratelimit-after", "6", secs(6)),
    ];
    for first in 0..fields.len() {
        let mut lines: Vec<_> = fields[first..].iter().map(|f| (f.0, f.1)).collect();
        check_lines(&lines, fields[first].2);
        lines.reverse();
        check_lines(&lines, fields[first].2);
        if let [.., _, readable] = &mut lines[..] {
            readable.1 = "soon";
            check_lines(&lines, fields[first + 1].2);
        }
    }
}

#[test]
fn milliseconds_are_a_number_and_nothing_else() {
    check_lines(&[("retry-after-ms", "0")], secs(0));
    check_lines(&[("retry-after-ms", "1772452860000")], secs(1_772_452_860));
    for value in ["Mon, 02 Mar 2026 12:00:30 GMT", "5s", "-1", "1e3", ""] {
        check_lines(&[("retry-after-ms", value)], None);
    }
}

#[test]
fn what_is_not_specified_may_be_a_delay_or_a_moment() {
    for value in ["30", "1772452830", "1772452830000", "2026-03-02T12:00:30Z"] {
        check_lines(&[("x-ratelimit-retry-after", value)], secs(30));
    }
    // The specified one is a delay or an HTTP-date.
    check_lines(&[("retry-after", "2026-03-02T12:00:30Z")], None);
}

#[test]
fn nobody_is_limited_is_no_wish_to_wait_for_nothing() {
    const NONE: (&str, &str) = ("x-ratelimit-retry-after", "0");
    for value in ["0", "0.0", "1772452799", "2026-03-02T11:59:59Z"] {
        check_lines(&[("x-ratelimit-retry-after", value)], None);
    }
    // So it hides nothing: neither who asks for a wait nor when what is used up resets.
    check_lines(&[NONE, ("retry-after", "5")], secs(5));
    check_lines(&[NONE, ("x-ratelimit-after", "5")], secs(5));
    let used_up = [
        NONE,
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "30"),
    ];
    let reading = read_at(NOW, &used_up);
    assert_eq!((reading.retry_after(), reading.wait()), (None, secs(30)));
    // A zero that is asked for is one.
    check_lines(&[NONE, ("retry-after", "0")], secs(0));
}

#[test]
fn equal_lines_are_one_and_a_reset_is_never_a_delay() {
    check_lines(&[("retry-after", "5"), ("retry-after", " 5 ")], secs(5));
    check_lines(&[("x-ratelimit-reset", "5")], None);
    let reading = read_at(NOW, &[("retry-after", "5"), ("x-ratelimit-limit", "1")]);
    assert_eq!(reading.policies()[0].reset_after(), None);
}
