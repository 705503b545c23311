//! Which of the families in one response are read.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that cannot go on is a test that fails"
)]

mod common;

use common::{NOW, check, read_at};

/// From the newest to the oldest, each with a limit of its own.
const FAMILIES: [(&str, &str); 4] = [
    ("ratelimit", "limit=1"),
    ("ratelimit-limit", "2"),
    ("x-ratelimit-limit", "3"),
    ("x-rate-limit-limit", "4"),
];

#[test]
fn the_newest_family_is_used_alone() {
    for first in 0..FAMILIES.len() {
        let mut lines = FAMILIES[first..].to_vec();
        let expected = format!("- {} - - - -", first + 1);
        check(&lines, &[&expected]);
        lines.reverse();
        check(&lines, &[&expected]);
    }
}

#[test]
fn a_family_that_cannot_be_read_counts_as_absent() {
    for broken in 0..FAMILIES.len() - 1 {
        let mut lines = FAMILIES[broken..].to_vec();
        lines[0].1 = "?";
        check(&lines, &[&format!("- {} - - - -", broken + 2)]);
    }
}

#[test]
fn fields_of_two_families_are_not_mixed() {
    check(
        &[("ratelimit-limit", "5"), ("x-ratelimit-remaining", "4")],
        &["- 5 - - - -"],
    );
    check(
        &[("x-ratelimit-limit", "5"), ("x-rate-limit-reset", "9")],
        &["- 5 - - - -"],
    );
}

#[test]
fn vendors_are_added_to_whatever_family_is_used() {
    let kong = ("x-ratelimit-limit-minute", "9");
    let shopify = ("x-shopify-shop-api-call-limit", "1/9");
    for (number, family) in FAMILIES.into_iter().enumerate() {
        let generic = format!("- {} - - - -", number + 1);
        check(
            &[kong, family, shopify],
            &[&generic, "- 9 - 8 - -", "minute 9 - - - 60s"],
        );
    }
}

#[test]
fn a_cache_states_no_policies_of_any_family() {
    for (name, value) in FAMILIES {
        check(&[("age", "1"), (name, value)], &[]);
    }
    check(&[("age", "1"), ("x-sentry-rate-limits", "60:error")], &[]);
}

#[test]
fn a_policy_without_limit_remaining_and_reset_is_dropped() {
    check(
        &[
            ("x-ratelimit-bucket", "a"),
            ("x-ratelimit-period", "60"),
            ("x-ratelimit-limit-tokens", "many"),
        ],
        &[],
    );
}

#[test]
fn more_fields_than_have_room_in_place_are_all_read() {
    let periods = ["second", "minute", "hour", "day", "month", "year"];
    let names = periods
        .map(|period| ["limit", "remaining"].map(|what| format!("x-ratelimit-{what}-{period}")));
    let mut lines: Vec<_> = names.iter().flatten().map(|name| (&**name, "9")).collect();
    lines.extend([
        ("x-ratelimit-limit", "8"),
        ("x-ratelimit-remaining", "7"),
        ("x-ratelimit-reset", "6"),
        ("x-sentry-rate-limits", "5:a"),
        ("x-shopify-shop-api-call-limit", "1/4"),
        ("retry-after", "3"),
    ]);
    for shift in 0..lines.len() {
        lines.rotate_left(1);
        let reading = read_at(NOW, &lines);
        assert_eq!(reading.policies().len(), 9, "{shift}");
        assert!(reading.retry_after().is_some());
        let halves = reading
            .policies()
            .iter()
            .filter(|p| p.limit().is_some() != p.remaining().is_some());
        assert_eq!(halves.count(), 1, "only Sentry's has no limit");
    }
}
