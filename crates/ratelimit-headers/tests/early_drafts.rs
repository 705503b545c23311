//! Reading the shapes of the drafts -00 to -07, and of those that copied them.

mod common;

use common::{NOW, check, read_at};
use ratelimit_headers::{Dialect, Policy};

const LIMIT: &str = "RateLimit-Limit";
const REMAINING: &str = "RateLimit-Remaining";
const RESET: &str = "RateLimit-Reset";
const POLICY: &str = "RateLimit-Policy";
const DICTIONARY: &str = "RateLimit";

#[track_caller]
fn check_dialect(lines: &[(&str, &str)], expected: Dialect) {
    let reading = read_at(NOW, lines);
    let dialects = reading.policies().iter().map(Policy::dialect);
    assert!(reading.policies().len() == 1 && dialects.eq([expected]));
}

#[test]
fn each_shape_says_what_it_is() {
    check_dialect(&[(LIMIT, "5")], Dialect::IetfTrio);
    check_dialect(&[(DICTIONARY, "limit=5")], Dialect::Ietf07);
    check_dialect(&[(DICTIONARY, r#""a";r=5"#)], Dialect::Ietf);
    check_dialect(&[("x-ratelimit-limit", "5")], Dialect::XRateLimit);
    check_dialect(&[("x-rate-limit-limit", "5")], Dialect::XRateLimitDashed);
}

#[test]
fn the_quota_of_the_size_of_the_limit_has_its_window_and_the_others_are_more_policies() {
    let (remaining, reset) = ((REMAINING, "9"), (RESET, "50"));
    for (limit, policy) in [
        ("100, 100;w=60, 5000;w=3600", ""),
        ("100, 5000;w=3600, 100;w=60", ""),
        ("100;w=60, 5000;w=3600", ""),
        ("100", "100;w=60, 5000;w=3600"),
        ("100", r#"100;w=60;comment="a, b;w=1", 5000;burst=9;w=3600"#),
        ("100, 100;window=60, 5000;window=3600", ""),
    ] {
        check(
            &[(LIMIT, limit), (POLICY, policy), remaining, reset],
            &["- 100 - 9 50s 60s", "- 5000 - - - 3600s"],
        );
    }
}

#[test]
fn the_policy_field_has_the_word_over_the_list_in_the_limit() {
    check(
        &[(LIMIT, "100, 100;w=1"), (POLICY, "100;w=60")],
        &["- 100 - - - 60s"],
    );
}

#[test]
fn two_quotas_of_one_size_cannot_be_told_apart() {
    check(
        &[(LIMIT, "10"), (POLICY, "10;w=1, 7;w=5, 10;w=60")],
        &["- 10 - - - -"],
    );
    check(&[(LIMIT, "10, 10;w=1, 10;w=60")], &["- 10 - - - -"]);
}

#[test]
fn quotas_alone_are_policies() {
    check(
        &[(POLICY, "10;w=1, 20;w=60")],
        &["- 10 - - - 1s", "- 20 - - - 60s"],
    );
}

#[test]
fn a_quota_may_have_a_name() {
    check(
        &[(
            "x-ratelimit-limit",
            r#"10, 10;w=1;name="per-ip", 1000;w=3600;name=all"#,
        )],
        &["all 1000 - - - 3600s", "per-ip 10 - - - 1s"],
    );
}

#[test]
fn a_limit_repeated_is_one_and_a_limit_contradicted_is_none() {
    let remaining = (REMAINING, "9");
    check(&[(LIMIT, "100, 100"), remaining], &["- 100 - 9 - -"]);
    check(&[(LIMIT, "100, 50"), remaining], &["- - - 9 - -"]);
    check(
        &[(LIMIT, "100"), (LIMIT, "50"), remaining],
        &["- - - 9 - -"],
    );
    // As its parts, a list may stand in several lines, and be repeated whole.
    check(
        &[(LIMIT, "100"), (LIMIT, "100;w=60"), remaining],
        &["- 100 - 9 - 60s"],
    );
    let whole = (LIMIT, "100, 100;w=60");
    check(&[whole, whole, remaining], &["- 100 - 9 - 60s"]);
}

#[test]
fn a_limit_that_is_not_a_list_of_numbers_says_nothing() {
    for limit in [
        "100;w=60,",
        "100 ;w=60",
        "100;w=x",
        "-1;w=60",
        "\"100\";w=60",
        "(100);w=60",
        "100, many;w=60",
        "1,000",
        "1,001",
        "100;x, 100;y",
        "1.5;w=60",
        "1000000000000000;w=60",
    ] {
        check(&[(LIMIT, limit), (REMAINING, "9")], &["- - - 9 - -"]);
    }
}

#[test]
fn parameters_on_counters_are_ignored() {
    check(
        &[
            (LIMIT, "100;comment=x"),
            (REMAINING, "76;w=21600"),
            (RESET, "5;x"),
        ],
        &["- 100 - 76 5s -"],
    );
}

#[test]
fn a_window_of_zero_is_not_a_window() {
    check(&[(LIMIT, "100;w=0")], &["- 100 - - - -"]);
}

#[test]
fn the_reset_of_the_trio_may_be_a_moment() {
    check(&[(LIMIT, "60"), (RESET, "1772452860")], &["- 60 - - 60s -"]);
}

#[test]
fn a_dictionary_is_joined_with_its_quotas() {
    let quotas = (POLICY, "100;w=10, 1000;w=60");
    check(
        &[(DICTIONARY, "limit=100, remaining=50, reset=5"), quotas],
        &["- 100 - 50 5s 10s", "- 1000 - - - 60s"],
    );
    check(
        &[(DICTIONARY, "limit=7, reset=5"), quotas],
        &["- 100 - - - 10s", "- 1000 - - - 60s", "- 7 - - 5s -"],
    );
}

#[test]
fn of_a_dictionary_unknown_keys_and_all_parameters_are_ignored() {
    check(
        &[(
            DICTIONARY,
            r#"a=(1 2);x, limit=100;w="x", b, remaining=5;r=7, *c=:AA==:"#,
        )],
        &["- 100 - 5 - -"],
    );
}

#[test]
fn a_dictionary_may_stand_in_several_lines_and_its_last_key_wins() {
    check(
        &[
            (DICTIONARY, "limit=100, remaining=\"x\""),
            (DICTIONARY, "remaining=10"),
        ],
        &["- 100 - 10 - -"],
    );
}

#[test]
fn a_dictionary_with_a_wrong_value_is_ignored_whole() {
    for value in [
        "limit=100, remaining=-1",
        "limit=100, remaining=1.0",
        "limit=100, remaining",
        "limit=100, remaining=(1)",
        "limit=100, remaining=1,",
        "limit=100, remaining=1, remaining=x",
        "limit=100 remaining=1",
        "limit;r=5",
    ] {
        check(&[(DICTIONARY, value)], &[]);
    }
}

#[test]
fn only_its_keys_make_a_dictionary() {
    // Two Tokens in a list, that also parse as a dictionary.
    check(
        &[(DICTIONARY, "quota;r=1, other;r=2")],
        &["other - - 2 - -", "quota - - 1 - -"],
    );
}
