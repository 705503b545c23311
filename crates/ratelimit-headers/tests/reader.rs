//! Rows of the caller's own.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that cannot go on is a test that fails"
)]

mod common;

use common::{NOW, at, headers, summary};
use ratelimit_headers::{Dialect, HintError, Reader, ResetUnit, Row, RowError, Says};
use std::time::Duration;

const ROW: Row = Row::new(
    "acme",
    &[
        ("Acme-Limit", Says::Limit),
        ("Acme-Left", Says::Remaining),
        ("Acme-Reset", Says::Reset),
        ("Acme-Plan", Says::Name),
        ("Acme-Wait", Says::RetryAfter),
    ],
);

fn reader(row: Row) -> Reader {
    Reader::new().with_row(row).expect("a row that can be read")
}

#[track_caller]
fn check(reader: &Reader, lines: &[(&str, &str)], expected: &[&str]) {
    let reading = reader.read(&headers(lines), at(NOW));
    assert_eq!(summary(&reading), expected.join("\n"));
}

#[test]
fn a_row_is_one_more_policy() {
    check(
        &reader(ROW),
        &[
            ("acme-limit", "9"),
            ("ACME-Left", "3"),
            ("acme-reset", "1m"),
            ("acme-plan", "Gold"),
            ("ratelimit-limit", "5"),
            ("anthropic-ratelimit-tokens-limit", "7"),
        ],
        &["- 5 - - - -", "- 7 tokens - - -", "Gold 9 - 3 60s -"],
    );
    check(&Reader::new(), &[("acme-limit", "9")], &[]);
}

#[test]
fn a_row_says_where_its_policy_came_from() {
    let reading = reader(ROW).read(&headers(&[("acme-limit", "9")]), at(NOW));
    let dialects: Vec<_> = reading
        .policies()
        .iter()
        .map(|p| p.dialect().to_string())
        .collect();
    assert_eq!(dialects, ["acme"]);
}

#[test]
fn a_row_says_what_its_fields_do_not() {
    let row = ROW
        .with_name("all")
        .with_unit("credits")
        .with_window(Duration::from_secs(60))
        .with_reset_unit(ResetUnit::Millis);
    check(
        &reader(row),
        &[
            ("acme-limit", "9"),
            ("acme-plan", "Gold"),
            ("acme-reset", "1500"),
        ],
        &["all 9 credits - 1.5s 60s"],
    );
    // What the caller of the reader says stands above what the row says.
    let hinted = reader(row)
        .with_reset_unit(Dialect::Vendor("acme"), ResetUnit::Seconds)
        .unwrap();
    check(
        &hinted,
        &[("acme-reset", "1500")],
        &["all - credits - 1500s 60s"],
    );
}

#[test]
fn a_name_that_is_known_means_what_the_row_says() {
    let row = Row::new("burst", &[("X-RateLimit-Limit", Says::Remaining)]);
    check(
        &reader(row),
        &[("x-ratelimit-limit", "9")],
        &["- - - 9 - -"],
    );
}

#[test]
fn a_delay_of_a_row_counts_where_the_known_ones_say_nothing() {
    let reader = reader(ROW);
    let wait = |lines: &[(&str, &str)]| reader.read(&headers(lines), at(NOW)).retry_after();
    let ours = ("acme-wait", "2m");
    assert_eq!(wait(&[ours]), Some(Duration::from_secs(120)));
    assert_eq!(
        wait(&[ours, ("retry-after", "5")]),
        Some(Duration::from_secs(5))
    );
    assert_eq!(
        wait(&[ours, ("x-ratelimit-after", "soon")]),
        Some(Duration::from_secs(120))
    );
    check(&reader, &[ours], &[]);
}

#[test]
fn rows_are_read_beside_one_another() {
    let second = Row::new("zeta", &[("zeta-left", Says::Remaining)]);
    let reader = reader(ROW).with_row(second).expect("a second row");
    check(
        &reader,
        &[("zeta-left", "1"), ("acme-left", "2")],
        &["- - - 1 - -", "- - - 2 - -"],
    );
}

#[test]
fn the_parameters_of_the_lists_can_have_other_names_too() {
    let reader = Reader::new()
        .with_remaining_parameter("a")
        .and_then(|reader| reader.with_reset_parameter("w"))
        .unwrap();
    let quotas = ("ratelimit-policy", r#""burst";q=100;w=60"#);
    let check = |counters: &str, expected: &[&str]| {
        check(&reader, &[("ratelimit", counters), quotas], expected);
    };
    check(r#""burst";a=80;w=45"#, &["burst 100 requests 80 45s 60s"]);
    check(r#""burst";r=80;t=45"#, &["burst 100 requests 80 45s 60s"]);
    // What is specified has the word; and either of the wrong type spoils the field.
    check(
        r#""burst";a=1;r=80;w=2;t=45"#,
        &["burst 100 requests 80 45s 60s"],
    );
    for wrong in [
        r#""burst";a=80;r="not ours""#,
        r#""burst";a="not ours";r=80"#,
    ] {
        check(wrong, &["burst 100 requests - - 60s"]);
    }
}

#[test]
fn a_parameter_that_could_not_be_met_is_refused() {
    let reader = || Reader::new().with_remaining_parameter("a").unwrap();
    for key in ["", "A", "1", "a b", "\u{fc}"] {
        let error = reader().with_reset_parameter(key).err();
        assert_eq!(error, Some(HintError::IllegalParameter(key)));
    }
    for key in ["a", "r", "t", "pk"] {
        let error = reader().with_reset_parameter(key).err().unwrap();
        assert_eq!(error, HintError::TakenParameter(key));
        assert!(error.to_string().contains(key));
    }
}

#[test]
fn a_row_that_cannot_be_read_is_refused() {
    #[track_caller]
    fn refused(reader: Reader, fields: &'static [(&'static str, Says)], expected: RowError) {
        let error = reader
            .with_row(Row::new("acme", fields))
            .expect_err("a refusal");
        assert_eq!(error, expected);
        assert!(!error.to_string().is_empty());
    }
    let limit = Says::Limit;
    refused(Reader::new(), &[], RowError::SaysNothing);
    refused(
        Reader::new(),
        const {
            &[
                ("a", Says::Name),
                ("b", Says::Window),
                ("c", Says::WindowMillis),
            ]
        },
        RowError::SaysNothing,
    );
    for name in ["", "a b", "a:", "\u{fc}"] {
        let fields: &'static [(&'static str, Says)] = Vec::leak(vec![(name, limit)]);
        refused(Reader::new(), fields, RowError::IllegalName(name));
    }
    refused(
        Reader::new(),
        const { &[("a", Says::Limit), ("A", Says::Remaining)] },
        RowError::Taken("A"),
    );
    refused(
        reader(ROW),
        const { &[("acme-left", Says::Limit)] },
        RowError::Taken("acme-left"),
    );
}
