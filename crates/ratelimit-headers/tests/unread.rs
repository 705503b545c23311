//! Which fields were known and could not be read.

mod common;

use common::headers;
use http::HeaderName;
use ratelimit_headers::{Reader, Row, Says};

#[track_caller]
fn check(reader: &Reader, lines: &[(&str, &str)], expected: &[&str]) {
    let headers = headers(lines);
    let mut names: Vec<&str> = reader.unread(&headers).iter().map(|n| n.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, expected, "{lines:?}");
}

#[test]
fn a_value_that_says_nothing_is_unread() {
    for (name, value) in [
        ("ratelimit", r#""default";r="1""#),
        ("ratelimit", "limit=a"),
        ("ratelimit-policy", "60;w=x"),
        ("ratelimit-limit", "unlimited"),
        ("x-ratelimit-limit", "-1"),
        ("x-ratelimit-limit", "100, 50"),
        ("x-ratelimit-reset", "99999999999999999"),
        ("x-ratelimit-used", "-"),
        ("x-ratelimit-period", "a while"),
        ("x-shopify-shop-api-call-limit", "32"),
        ("x-sentry-rate-limits", "a:b"),
        ("zendesk-ratelimit-tickets", "none"),
        ("anthropic-ratelimit-tokens-reset", "tomorrow"),
        ("retry-after", "soon"),
        ("retry-after-ms", "1s"),
    ] {
        check(&Reader::new(), &[(name, value)], &[name]);
        check(&Reader::new(), &[(name, " ")], &[]);
    }
}

#[test]
fn lines_that_contradict_each_other_are_unread() {
    let limit = "x-ratelimit-limit";
    check(&Reader::new(), &[(limit, "5"), (limit, "6")], &[limit]);
    check(&Reader::new(), &[(limit, "5"), (limit, "5")], &[]);
    let list = "ratelimit";
    check(
        &Reader::new(),
        &[(list, r#""a";r=1"#), (list, r#""b";r=2"#)],
        &[],
    );
}

#[test]
fn what_can_be_read_is_read_whether_it_is_of_use_or_not() {
    check(
        &Reader::new(),
        &[
            ("age", "5"),
            ("ratelimit", r#""a";r=1"#),
            ("ratelimit-policy", "60;w=60"),
            ("x-ratelimit-limit", "100, 100;w=60"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-used", "5;comment"),
            ("x-ratelimit-resource", "core"),
            ("x-ratelimit-period", "1m"),
            ("x-rate-limit-limit", "15m"),
            ("x-shopify-shop-api-call-limit", "32/40"),
            ("zendesk-ratelimit-tickets", "total=5"),
            ("retry-after", "Mon, 02 Mar 2026 12:00:30 GMT"),
            ("x-ratelimit-retry-after", "0"),
            ("server", "-1"),
        ],
        &[],
    );
}

#[test]
fn a_row_of_ones_own_is_known() {
    const ROW: Row = Row::new(
        "acme",
        &[
            ("Acme-Left", Says::Remaining),
            ("Acme-Wait", Says::RetryAfter),
        ],
    );
    let reader = Reader::new().with_row(ROW).expect("a good row");
    let lines = [("acme-left", "few"), ("acme-wait", "5")];
    check(&reader, &lines, &["acme-left"]);
    check(&Reader::new(), &lines, &[]);
    let name = HeaderName::from_static("acme-left");
    assert!(reader.knows(&name) && !Reader::new().knows(&name));
}

/// Each is unreadable for a reason that the case is about.
#[test]
fn few_fields_of_published_responses_are_unread() {
    let mut unread = Vec::new();
    for line in include_str!("data/cases.jsonl").lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        let lines: Vec<(&str, &str)> = case["headers"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|line| Some((line[0].as_str()?, line[1].as_str()?)))
            .collect();
        let id = case["id"].as_str().unwrap_or_default();
        for name in Reader::new().unread(&headers(&lines)) {
            unread.push(format!("{id} {name}"));
        }
    }
    let expected = [
        "pub-d06-remaining-conflict ratelimit-remaining",
        "pub-d09-huggingface ratelimit-policy",
        "pub-d10-trailing-comma ratelimit",
        "pub-d10-string-r ratelimit",
        "pub-d10-sixteen-digits ratelimit",
        "pub-ra-garbage retry-after",
        "pub-lemlist-js-date x-ratelimit-reset",
        "pub-x-bad-numbers x-ratelimit-limit",
        "pub-x-bad-numbers x-ratelimit-remaining",
        "pub-x-bad-numbers x-ratelimit-reset",
        "pub-x-one-bad-field x-ratelimit-limit",
        "pub-x-duplicate-lines x-ratelimit-remaining",
        "pub-huge-x-limit x-ratelimit-limit",
    ];
    // More cases may have more.
    let found = |name: &&str| unread.iter().any(|unread| unread == name);
    assert!(expected.iter().all(found), "{unread:#?}");
    assert!(unread.len() < 30, "{unread:#?}");
}
