//! Reading `X-RateLimit-*`.

mod common;

use common::{NOW, read_at, summary};

/// `expected` is `- limit - remaining reset -`, as `common::summary` has it.
#[track_caller]
fn check(lines: &[(&str, &str)], expected: &str) {
    assert_eq!(summary(&read_at(NOW, lines)), expected);
}

#[track_caller]
fn check_reset(value: &str, expected: &str) {
    let lines = [("x-ratelimit-limit", "1"), ("x-ratelimit-reset", value)];
    check(&lines, &format!("- 1 - - {expected} -"));
}

#[test]
fn the_size_of_a_reset_says_whether_it_is_a_delay_or_a_moment() {
    check_reset("0", "0ns");
    check_reset("999999999", "999999999s");
    check_reset("999999999.5", "999999999.5s");
    check_reset("1000000000", "0ns");
    check_reset("1772452860", "60s");
    check_reset("1772452860.0001", "60.001s");
    check_reset("99999999999", "98227547199s");
    check_reset("100000000000", "0ns");
    check_reset("1772452860000", "60s");
    check_reset("1772452860000.5", "60.001s");
    check_reset("99999999999999", "98227547199.999s");
    check_reset("100000000000000", "-");
    check_reset("99999999999999999999999", "-");
}

#[test]
fn a_reset_may_be_an_http_date() {
    check_reset("Mon, 02 Mar 2026 12:05:00 GMT", "300s");
    check_reset("Monday, 02-Mar-26 12:05:00 GMT", "300s");
}

/// A subtraction without a sign would make it 1.8·10¹⁹ seconds.
#[test]
fn a_reset_in_the_past_is_zero() {
    check_reset("1772452799", "0ns");
    check_reset("1772452799999", "0ns");
    check_reset("Mon, 02 Mar 2026 11:59:59 GMT", "0ns");
}

#[test]
fn a_reset_of_another_shape_says_nothing() {
    for value in [
        "soon",
        "-1",
        "1d",
        "Tue Feb 16 2021 09:02:42 GMT+0100 (CET)",
    ] {
        check_reset(value, "-");
    }
}

#[test]
fn counts_are_floored_and_zero_is_a_value() {
    check(&[("X-RateLimit-Remaining", "57.9")], "- - - 57 - -");
    check(&[("X-RateLimit-Remaining", "0")], "- - - 0 - -");
}

#[test]
fn a_count_beyond_signed_64_bits_is_nobody_s_limit() {
    check(
        &[("x-ratelimit-limit", "9223372036854775807")],
        "- 9223372036854775807 - - - -",
    );
    check(&[("x-ratelimit-limit", "9223372036854775808")], "");
    check(&[("x-ratelimit-limit", "18446744073709551616")], "");
}

#[test]
fn remaining_above_the_limit_is_reported_as_sent() {
    check(
        &[("x-ratelimit-limit", "5"), ("x-ratelimit-remaining", "9")],
        "- 5 - 9 - -",
    );
}

#[test]
fn equal_repeats_are_one_and_contradictions_none() {
    check(
        &[("x-ratelimit-limit", "5"), ("X-RATELIMIT-LIMIT", " 5\t")],
        "- 5 - - - -",
    );
    check(
        &[("x-ratelimit-limit", "5, 5"), ("x-ratelimit-limit", "5")],
        "- 5 - - - -",
    );
    check(&[("x-ratelimit-limit", "5, 6")], "");
    check(
        &[("x-ratelimit-limit", "5"), ("x-ratelimit-limit", "6")],
        "",
    );
    check(
        &[
            ("x-ratelimit-remaining", "5"),
            ("x-ratelimit-remaining", ""),
        ],
        "- - - 5 - -",
    );
    check(
        &[
            ("x-ratelimit-remaining", "5"),
            ("x-ratelimit-remaining", "6"),
            ("x-ratelimit-limit", "7"),
        ],
        "- 7 - - - -",
    );
}

#[test]
fn only_the_exact_names_are_read() {
    for name in [
        "x-ratelimit-limit-foo",
        "xratelimit-limit",
        "my-x-ratelimit-limit",
        "beta-ratelimit",
        "x-ratelimit",
    ] {
        check(&[(name, "5")], "");
    }
}

#[test]
fn any_positive_age_means_a_cache() {
    let limit = ("x-ratelimit-limit", "5");
    for age in ["1", " 30 ", "99999999999999999999999999"] {
        check(&[("Age", age), limit], "");
    }
    for age in ["0", "", "-1", "000", "x", "1, 2"] {
        check(&[("age", age), limit], "- 5 - - - -");
    }
}

#[test]
fn what_is_stated_and_cannot_be_read_is_not_derived() {
    let (limit, left, used) = (
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-used",
    );
    check(&[(limit, "10"), (left, "-1"), (used, "11")], "- 10 - - - -");
    check(
        &[(limit, "10"), (left, "1"), (left, "2"), (used, "3")],
        "- 10 - - - -",
    );
    check(
        &[(limit, "unlimited"), (left, "1"), (used, "3")],
        "- - - 1 - -",
    );
    check(&[(limit, "5, 6"), (left, "1"), (used, "3")], "- - - 1 - -");
    // What is blank is absent.
    check(
        &[(limit, "10"), (left, " "), (left, ""), (used, "3")],
        "- 10 - 7 - -",
    );
    check(&[(limit, ""), (left, "1"), (used, "3")], "- 4 - 1 - -");
    // And a limit that is a window is none.
    let dashed = [
        ("x-rate-limit-limit", "1s"),
        ("x-rate-limit-remaining", "1"),
        ("x-rate-limit-used", "3"),
    ];
    check(&dashed, "- 4 - 1 - 1s");
}
