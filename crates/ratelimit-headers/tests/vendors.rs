//! What vendors have under names of their own, or in ways of their own under common ones.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that cannot go on is a test that fails"
)]

mod common;

use common::{NOW, check, read_at};

/// Epoch seconds and milliseconds, half a minute from now.
const SOON: &str = "1772452830";
const SOON_MILLIS: &str = "1772452830000";

#[test]
fn what_is_used_stands_in_for_what_is_missing() {
    // Reddit
    check(
        &[
            ("x-ratelimit-used", "43"),
            ("x-ratelimit-remaining", "57.0"),
        ],
        &["- 100 - 57 - -"],
    );
    // GitLab
    check(
        &[("ratelimit-limit", "60"), ("ratelimit-observed", "67")],
        &["- 60 - 0 - -"],
    );
    check(
        &[("x-ratelimit-limit", "60"), ("x-ratelimit-used", "7")],
        &["- 60 - 53 - -"],
    );
    // Nothing is made up of it alone, and what is said is not corrected.
    check(&[("x-ratelimit-used", "7")], &[]);
    check(
        &[
            ("x-ratelimit-used", "7"),
            ("x-ratelimit-limit", "5"),
            ("x-ratelimit-remaining", "4"),
        ],
        &["- 5 - 4 - -"],
    );
    let most = "9223372036854775807";
    check(
        &[("x-ratelimit-used", most), ("x-ratelimit-remaining", "1")],
        &["- - - 1 - -"],
    );
}

#[test]
fn policies_are_named_by_resource_bucket_or_name() {
    for name in [
        "x-ratelimit-resource",
        "x-ratelimit-bucket",
        "x-ratelimit-name",
    ] {
        check(
            &[("x-ratelimit-limit", "5"), (name, " Core/\u{fc} ")],
            &["Core/\u{fc} 5 - - - -"],
        );
        check(&[(name, "core")], &[]);
    }
    // A reason is not a name (Atlassian).
    check(
        &[("ratelimit-limit", "5"), ("ratelimit-reason", "quota")],
        &["- 5 - - - -"],
    );
}

#[test]
fn a_name_that_is_not_utf8_is_none() {
    let mut headers = common::headers(&[("x-ratelimit-limit", "5")]);
    let name = http::HeaderValue::from_bytes(b"caf\xe9").unwrap();
    headers.insert("x-ratelimit-bucket", name);
    let reading = ratelimit_headers::read(&headers, common::at(NOW));
    assert_eq!(common::summary(&reading), "- 5 - - - -");
}

#[test]
fn windows_are_seconds_or_have_a_unit() {
    for (window, expected) in [
        ("60", "60s"),
        ("1s", "1s"),
        ("15m", "900s"),
        ("1h", "3600s"),
        ("1d", "86400s"),
        ("0.5", "1s"),
        ("0", "-"),
        ("0s", "-"),
        ("-1", "-"),
        ("1w", "-"),
        ("1 s", "-"),
        ("one", "-"),
        ("99999999999999999999", "-"),
        ("18446744073709551615d", "-"),
    ] {
        for name in ["interval", "period", "duration", "renewalperiod"] {
            let name = format!("x-rate-limit-{name}");
            check(
                &[("x-rate-limit-limit", "10.00"), (&name, window)],
                &[&format!("- 10 - - - {expected}")],
            );
        }
    }
}

#[test]
fn a_limit_that_is_a_period_is_the_window() {
    // AspNetCoreRateLimit
    for (limit, window) in [
        ("1s", "1s"),
        ("15m", "900s"),
        ("12h", "43200s"),
        ("1d", "86400s"),
    ] {
        check(
            &[
                ("X-Rate-Limit-Limit", limit),
                ("X-Rate-Limit-Remaining", "3"),
            ],
            &[&format!("- - - 3 - {window}")],
        );
    }
    // Under another name it is only a limit that cannot be read.
    check(
        &[("x-ratelimit-limit", "1s"), ("x-ratelimit-remaining", "3")],
        &["- - - 3 - -"],
    );
}

#[test]
fn providers_of_models_have_a_policy_for_each_unit_and_period() {
    check(
        &[
            ("x-ratelimit-limit-project-tokens", "5"),
            ("x-ratelimit-reset-project-tokens", "1s"),
            ("x-ratelimit-remaining-requests-day", "33011.382867"),
            ("x-ratelimit-reset-requests-day", "45.5"),
            ("x-ratelimit-limit-tokens-minute", "500000"),
            ("x-ratelimit-remaining-req-minute", "0"),
            ("x-ratelimit-tokens-query-cost", "9"),
        ],
        &[
            "day - requests 33011 45.5s 86400s",
            "minute - requests 0 - 60s",
            "minute 500000 tokens - - 60s",
            "project 5 tokens - 1s -",
        ],
    );
    check(
        &[
            ("ratelimitbysize-limit", "500000"),
            ("ratelimitbysize-remaining", "499900"),
            ("ratelimitbysize-reset", "28"),
        ],
        &["- 500000 tokens 499900 28s -"],
    );
    check(
        &[
            ("anthropic-ratelimit-input-tokens-remaining", "1"),
            ("anthropic-ratelimit-output-tokens-remaining", "2"),
            ("anthropic-priority-input-tokens-remaining", "3"),
            (
                "anthropic-priority-output-tokens-reset",
                "2026-03-02T12:00:30Z",
            ),
        ],
        &[
            "- - input-tokens 1 - -",
            "- - output-tokens 2 - -",
            "priority - input-tokens 3 - -",
            "priority - output-tokens - 30s -",
        ],
    );
    check(
        &[("x-trial-endpoint-call-remaining", "19")],
        &["- - - 19 - -"],
    );
}

#[test]
fn periods_are_names_and_windows() {
    let periods = [
        ("second", 1),
        ("minute", 60),
        ("hour", 3_600),
        ("day", 86_400),
        ("month", 2_592_000),
        ("year", 31_536_000),
    ];
    for (period, seconds) in periods {
        check(
            &[(&format!("X-RateLimit-Remaining-{period}"), "9")],
            &[&format!("{period} - - 9 - {seconds}s")],
        );
    }
}

#[test]
fn linear_and_rapidapi_share_names_but_not_clocks() {
    for reset in ["30", SOON, SOON_MILLIS] {
        check(
            &[
                ("x-ratelimit-requests-limit", "5"),
                ("x-ratelimit-requests-reset", reset),
            ],
            &["- 5 requests - 30s -"],
        );
    }
    check(
        &[("X-RateLimit-Endpoint-Requests-Remaining", "5")],
        &["endpoint - requests 5 - -"],
    );
}

#[test]
fn contentful_does_not_say_whose_reset_it_is() {
    check(
        &[
            ("X-Contentful-RateLimit-Hour-Limit", "36000"),
            ("X-Contentful-RateLimit-Second-Remaining", "9"),
            ("X-Contentful-RateLimit-Reset", "1"),
        ],
        &[
            "- - - - 1s -",
            "hour 36000 - - - 3600s",
            "second - - 9 - 1s",
        ],
    );
}

#[test]
fn fastly_states_a_moment() {
    check(
        &[
            ("Fastly-RateLimit-Remaining", "9"),
            ("Fastly-RateLimit-Reset", SOON),
        ],
        &["- - - 9 30s -"],
    );
}

#[test]
fn shopify_states_used_of_limit() {
    let name = "X-Shopify-Shop-Api-Call-Limit";
    check(&[(name, "32/40")], &["- 40 - 8 - -"]);
    check(&[(name, "41/40")], &["- 40 - 0 - -"]);
    for value in [
        "32", "32/", "/40", "32/40/1", "-1/40", "32 / 40", "a/b", "/",
    ] {
        check(&[(name, value)], &[]);
    }
}

#[test]
fn hubspot_s_interval_is_in_milliseconds_and_says_nothing_alone() {
    let interval = ("X-HubSpot-RateLimit-Interval-Milliseconds", "10001");
    check(&[interval], &[]);
    check(
        &[interval, ("X-HubSpot-RateLimit-Max", "100")],
        &["- 100 - - - 11s"],
    );
}

#[test]
fn sentry_s_entries_are_limits_in_force_and_bad_ones_are_skipped() {
    let name = "X-Sentry-Rate-Limits";
    check(
        &[
            (
                name,
                "60::organization:suspended, x:error,-1:error , :error,, 1e3:error",
            ),
            (name, " 0.5 : Default;error :key"),
            (name, "99999999999999999999:error, 7"),
        ],
        &[
            "- - - 0 60s -",
            "- - - 0 7s -",
            "Default;error - - 0 500ms -",
        ],
    );
    // It is a wait, however long.
    check(&[(name, "1772452830:a")], &["a - - 0 1772452830s -"]);
}

/// No category means all of them: one that cannot be read must not come to that.
#[test]
fn a_category_of_sentry_s_that_is_not_utf8_is_skipped() {
    let mut headers = common::headers(&[]);
    let value = http::HeaderValue::from_bytes(b"60:caf\xe9:key, 5:error").unwrap();
    headers.insert("x-sentry-rate-limits", value);
    let reading = ratelimit_headers::read(&headers, common::at(NOW));
    assert_eq!(common::summary(&reading), "error - - 0 5s -");
}

#[test]
fn zendesk_s_endpoints_are_names() {
    check(
        &[
            (
                "Zendesk-RateLimit-Tickets-Index",
                "total=100;remaining=99 ; resets=41;x=5;y",
            ),
            ("zendesk-ratelimit-b", "remaining=-1; total=5"),
            ("zendesk-ratelimit-c", "resets=x"),
            ("zendesk-ratelimit-", "total=5"),
            ("zendesk-ratelimit", "total=5"),
            ("zendesk-ratelimit-d", "total=5"),
            ("zendesk-ratelimit-d", "total=6"),
        ],
        &["b 5 - - - -", "tickets-index 100 - 99 41s -"],
    );
}

#[test]
fn names_outside_the_table_are_never_guessed() {
    for name in [
        "x-amzn-ratelimit-limit",
        "beta-ratelimit",
        "x-ratelimit",
        "x-ratelimit-limits",
        "x-ratelimit-limit-requests-week",
        "x-ratelimit-type",
        "x-ratelimit-burst-capacity",
        "ratelimit-cost",
        "x-retry-in",
        "x-complexity",
        "anthropic-ratelimit-limit",
        "docker-ratelimit-source",
    ] {
        assert!(read_at(NOW, &[(name, "5")]).is_empty(), "{name}");
    }
}

#[test]
fn lists_stand_in_the_limits_of_the_early_drafts_only() {
    for name in ["x-ratelimit-limit-requests", "x-rate-limit-limit"] {
        let left = name.replace("limit-limit", "limit-remaining");
        let left = left.replace("ratelimit-limit", "ratelimit-remaining");
        for limit in ["100, 100;w=60, 1000;w=3600", "100;w=60"] {
            let reading = read_at(NOW, &[(name, limit), (&left, "3")]);
            let [policy] = reading.policies() else {
                panic!("one policy, not {reading:?}")
            };
            assert_eq!((policy.limit(), policy.remaining()), (None, Some(3)));
            assert_eq!(policy.window(), None);
        }
        let repeated = read_at(NOW, &[(name, "100, 100")]);
        assert_eq!(repeated.policies()[0].limit(), Some(100));
    }
}
