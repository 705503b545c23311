//! How long a response asks to wait, whichever field says so.

mod common;

use common::{NOW, read_at};
use std::time::Duration;

#[track_caller]
fn check(lines: &[(&str, &str)], expected: Option<u64>) {
    let wait = read_at(NOW, lines).wait();
    assert_eq!(wait, expected.map(Duration::from_secs), "{lines:?}");
}

#[test]
fn what_is_asked_for_goes_before_every_reset() {
    for (retry_after, expected) in [("3", 3), ("90", 90), ("0", 0)] {
        check(
            &[
                ("retry-after", retry_after),
                ("x-ratelimit-remaining", "0"),
                ("x-ratelimit-reset", "30"),
            ],
            Some(expected),
        );
    }
}

#[test]
fn a_policy_with_nothing_left_asks_to_wait_for_its_reset() {
    check(
        &[
            ("ratelimit", r#""a";r=0;t=5, "b";r=0;t=25, "c";r=1;t=99"#),
            ("retry-after", "soon"),
        ],
        Some(25),
    );
    check(
        &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "0")],
        Some(0),
    );
}

#[test]
fn nothing_else_says_how_long_to_wait() {
    check(
        &[("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "30")],
        None,
    );
    check(&[("x-ratelimit-reset", "30")], None);
    check(&[("x-ratelimit-remaining", "0")], None);
    check(&[], None);
}
