//! Writing into a response, empty or not.

mod common;

use common::{NOW, at, headers, summary};
use http::HeaderMap;
use ratelimit_headers::{Dialects, Existing, PolicyState, Writer, read, write_retry_after};
use std::time::Duration;

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Limit 100, 40 left, more in 1.2 s, all in 29.5 s.
const OURS: PolicyState<'_> = PolicyState::new("ours", 100, 40, secs(60))
    .with_next_after(Duration::from_millis(1200))
    .with_reset_after(Duration::from_millis(29_500));

fn write(headers: &mut HeaderMap, writer: Writer, all: &[PolicyState<'_>]) {
    writer.write(headers, &all[0], all.iter().copied(), secs(NOW));
}

/// All rate-limit headers, one a line, in the order of their names.
fn written(headers: &HeaderMap) -> String {
    let mut lines: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("not ASCII")))
        .collect();
    lines.sort();
    lines.join("\n")
}

#[track_caller]
fn check(writer: Writer, before: &[(&str, &str)], all: &[PolicyState<'_>], after: &[&str]) {
    let mut headers = headers(before);
    write(&mut headers, writer, all);
    assert_eq!(written(&headers), after.join("\n"));
}

const OURS_X: [&str; 3] = [
    "x-ratelimit-limit: 100",
    "x-ratelimit-remaining: 40",
    "x-ratelimit-reset: 1772452830",
];
const OURS_IETF: [&str; 2] = [
    r#"ratelimit-policy: "ours";q=100;w=60"#,
    r#"ratelimit: "ours";r=40;t=2"#,
];

const X: Writer = Writer::new(Dialects::X_RATE_LIMIT);
const IETF: Writer = Writer::new(Dialects::IETF);

#[test]
fn an_empty_response_gets_the_families_that_were_asked_for() {
    check(X, &[], &[OURS], &OURS_X);
    check(IETF, &[], &[OURS], &OURS_IETF);
    check(
        Writer::default(),
        &[],
        &[OURS],
        &[&OURS_IETF[..], &OURS_X].concat(),
    );
    check(
        Writer::new(Dialects::NONE),
        &[("a", "b")],
        &[OURS],
        &["a: b"],
    );
}

#[test]
fn every_policy_stands_in_the_lists_and_the_headline_in_x_ratelimit() {
    let tokens =
        PolicyState::new("tokens", 10_000, 10_000, Duration::from_millis(1)).with_unit("tokens");
    check(
        IETF,
        &[],
        &[OURS, tokens],
        &[
            r#"ratelimit-policy: "ours";q=100;w=60, "tokens";q=10000;qu="tokens";w=1"#,
            r#"ratelimit: "ours";r=40;t=2, "tokens";r=10000"#,
        ],
    );
}

#[test]
fn without_policies_there_are_no_lists() {
    let mut headers = HeaderMap::new();
    Writer::default().write(&mut headers, &OURS, std::iter::empty(), secs(NOW));
    assert_eq!(written(&headers), OURS_X.join("\n"));
}

#[test]
fn numbers_and_times_beyond_the_format_are_capped() {
    let huge =
        PolicyState::new("h", u64::MAX, u64::MAX, Duration::MAX).with_next_after(Duration::MAX);
    check(
        Writer::default(),
        &[],
        &[huge],
        &[
            r#"ratelimit-policy: "h";q=999999999999999;w=999999999999999"#,
            r#"ratelimit: "h";r=999999999999999;t=999999999999999"#,
            "x-ratelimit-limit: 999999999999999",
            "x-ratelimit-remaining: 999999999999999",
            "x-ratelimit-reset: 99999999999",
        ],
    );
}

#[test]
fn a_window_is_never_zero() {
    check(
        IETF,
        &[],
        &[PolicyState::new("n", 0, 0, Duration::ZERO).with_next_after(Duration::ZERO)],
        &[
            r#"ratelimit-policy: "n";q=0;w=1"#,
            r#"ratelimit: "n";r=0;t=0"#,
        ],
    );
}

#[test]
fn every_name_gives_a_legal_list() {
    let state =
        PolicyState::new("a\"b\\c\u{e4}\r\n\u{0}d\u{7f}", 1, 1, secs(1)).with_unit("\u{1f980}\"");
    check(
        IETF,
        &[],
        &[state],
        &[
            r#"ratelimit-policy: "a\"b\\c????d?";q=1;qu="?\"";w=1"#,
            r#"ratelimit: "a\"b\\c????d?";r=1"#,
        ],
    );
}

#[test]
fn names_longer_than_a_chunk_are_written() {
    let name = "n".repeat(10_000);
    let mut headers = HeaderMap::new();
    write(
        &mut headers,
        IETF,
        &[PolicyState::new(&name, 5, 4, secs(1))],
    );
    assert_eq!(
        summary(&read(&headers, at(NOW))),
        format!("{name} 5 requests 4 - 1s")
    );
}

#[test]
fn retry_after_is_rounded_up_and_never_zero() {
    for (wait, expected) in [
        (Duration::ZERO, "1"),
        (Duration::from_nanos(1), "1"),
        (secs(1), "1"),
        (Duration::from_millis(1001), "2"),
        (secs(86_400), "86400"),
        (Duration::MAX, "999999999999999"),
    ] {
        let mut headers = headers(&[("retry-after", "7"), ("retry-after", "8")]);
        write_retry_after(&mut headers, wait);
        assert_eq!(written(&headers), format!("retry-after: {expected}"));
    }
}

// What is already there: X-RateLimit.

const INNER_TIGHT: [(&str, &str); 3] = [
    ("x-ratelimit-limit", "50"),
    ("x-ratelimit-remaining", "40"),
    ("x-ratelimit-reset", "9"),
];

#[test]
fn a_tighter_inner_set_stays_whole() {
    check(
        X,
        &INNER_TIGHT,
        &[OURS],
        &[
            "x-ratelimit-limit: 50",
            "x-ratelimit-remaining: 40",
            "x-ratelimit-reset: 9",
        ],
    );
    check(
        X,
        &INNER_TIGHT[..2],
        &[OURS],
        &["x-ratelimit-limit: 50", "x-ratelimit-remaining: 40"],
    );
}

#[test]
fn a_looser_or_unreadable_inner_set_goes_whole() {
    for inner in [
        &[
            ("x-ratelimit-limit", "50"),
            ("x-ratelimit-remaining", "41"),
            ("x-ratelimit-reset", "9"),
        ][..],
        &[("x-ratelimit-remaining", "3")],
        &[("x-ratelimit-limit", "50")],
        &[("x-ratelimit-reset", "50")],
        &[("x-ratelimit-limit", "1s"), ("x-ratelimit-remaining", "3")],
        &[("x-ratelimit-limit", "50"), ("x-ratelimit-remaining", "-3")],
        &[
            ("x-ratelimit-limit", "50"),
            ("x-ratelimit-remaining", "3"),
            ("x-ratelimit-remaining", "4"),
        ],
    ] {
        check(X, inner, &[OURS], &OURS_X);
    }
}

#[test]
fn keep_leaves_a_family_of_which_anything_is_there() {
    let keep = Writer::default().with_existing(Existing::Keep);
    let half = [("x-ratelimit-reset", "soon")];
    check(
        keep,
        &half,
        &[OURS],
        &[OURS_IETF[0], OURS_IETF[1], "x-ratelimit-reset: soon"],
    );
    let list = [("ratelimit-policy", "?")];
    check(
        keep,
        &list,
        &[OURS],
        &["ratelimit-policy: ?", OURS_X[0], OURS_X[1], OURS_X[2]],
    );
}

#[test]
fn keep_leaves_the_lists_whichever_of_them_is_there() {
    let keep = IETF.with_existing(Existing::Keep);
    check(keep, &[("ratelimit", "?")], &[OURS], &["ratelimit: ?"]);
    check(
        keep,
        &[("ratelimit-policy", "a;q=1")],
        &[OURS],
        &["ratelimit-policy: a;q=1"],
    );
}

#[test]
fn replace_removes_every_family_and_all_lines() {
    let before = [
        &INNER_TIGHT[..],
        &INNER_TIGHT,
        &[
            ("ratelimit", "a;r=1"),
            ("ratelimit", "b;r=2"),
            ("ratelimit-policy", "a;q=1"),
        ],
    ]
    .concat();
    check(
        X.with_existing(Existing::Replace),
        &before,
        &[OURS],
        &OURS_X,
    );
    check(
        IETF.with_existing(Existing::Replace),
        &before,
        &[OURS],
        &OURS_IETF,
    );
    check(
        Writer::new(Dialects::NONE).with_existing(Existing::Replace),
        &before,
        &[OURS],
        &[],
    );
}

// What is already there: lists.

#[test]
fn our_members_come_after_legal_inner_ones() {
    check(
        IETF,
        &[
            (
                "ratelimit",
                r#""in, \"ner";r=1;t=3;x="a,b", tok;r=9;s=%"c,\""#,
            ),
            ("ratelimit", r#" "three";r=0 "#),
            ("ratelimit-policy", r#""in, \"ner";q=5"#),
        ],
        &[OURS],
        &[
            r#"ratelimit-policy: "in, \"ner";q=5, "ours";q=100;w=60"#,
            r#"ratelimit: "in, \"ner";r=1;t=3;x="a,b", tok;r=9;s=%"c,\", "three";r=0, "ours";r=40;t=2"#,
        ],
    );
}

#[test]
fn an_inner_list_that_cannot_be_read_is_replaced() {
    for broken in [
        "",
        "broken,",
        "limit=100, remaining=41",
        "100;w=60",
        r#""fixed";"api";q=500"#,
        r#""a";r=-1"#,
        r#""ä";r=1"#,
    ] {
        check(IETF, &[("ratelimit", broken)], &[OURS], &OURS_IETF);
        check(
            IETF,
            &[
                ("ratelimit-policy", "1"),
                ("ratelimit", broken),
                ("ratelimit", "a;r=1"),
            ],
            &[OURS],
            &OURS_IETF,
        );
    }
}

#[test]
fn for_one_name_the_side_with_less_remaining_stands() {
    let inner = |left: u64| {
        [
            ("ratelimit", format!("\"a\";r=1, \"ours\";r={left}")),
            ("ratelimit-policy", "\"ours\";q=50, b;q=1".to_owned()),
        ]
    };
    let check = |left: u64, after: &[&str]| {
        let inner = inner(left);
        let inner: Vec<_> = inner
            .iter()
            .map(|(name, value)| (*name, &**value))
            .collect();
        check(IETF, &inner, &[OURS], after);
    };
    check(
        40,
        &[
            r#"ratelimit-policy: "ours";q=50, b;q=1"#,
            r#"ratelimit: "a";r=1, "ours";r=40"#,
        ],
    );
    check(
        41,
        &[
            r#"ratelimit-policy: b;q=1, "ours";q=100;w=60"#,
            r#"ratelimit: "a";r=1, "ours";r=40;t=2"#,
        ],
    );
}

#[test]
fn a_name_is_compared_as_it_stands_on_the_wire() {
    let ours = OURS.with_name("\u{e4}");
    check(
        IETF,
        &[("ratelimit", r#""?";r=1"#)],
        &[ours],
        &[r#"ratelimit: "?";r=1"#],
    );
}

#[test]
fn two_layers_read_back_as_two_policies() {
    let outer = PolicyState::new("outer", 10, 3, secs(1));
    let mut headers = HeaderMap::new();
    write(&mut headers, Writer::default(), &[OURS]);
    write(&mut headers, Writer::default(), &[outer]);
    assert_eq!(
        summary(&read(&headers, at(NOW))),
        "ours 100 requests 40 2s 60s\nouter 10 requests 3 - 1s"
    );
    assert_eq!(headers["x-ratelimit-limit"], "10");
    assert_eq!(headers.len(), 5);
}

#[test]
fn writing_twice_changes_nothing() {
    let mut headers = HeaderMap::new();
    write(&mut headers, Writer::default(), &[OURS]);
    let once = written(&headers);
    write(&mut headers, Writer::default(), &[OURS]);
    assert_eq!(written(&headers), once);
}

#[test]
fn an_iterator_that_writes_headers_itself_does_no_harm() {
    let all = [OURS]
        .into_iter()
        .inspect(|_| write(&mut HeaderMap::new(), Writer::default(), &[OURS]));
    let mut headers = HeaderMap::new();
    IETF.write(&mut headers, &OURS, all, secs(NOW));
    assert_eq!(written(&headers), OURS_IETF.join("\n"));
}

#[test]
fn members_are_told_apart_by_their_places() {
    let user = |left| PolicyState::new("a", 60, left, secs(60));
    let inner = [
        ("ratelimit", r#""a";r=10"#),
        ("ratelimit-policy", r#""a";q=20"#),
    ];
    // A name without a key is all of them: it stands against one of ours, and the other stands against it.
    check(
        IETF,
        &inner,
        &[
            user(5).with_partition_key(b"1"),
            user(50).with_partition_key(b"2"),
        ],
        &[
            r#"ratelimit-policy: "a";q=20, "a";q=60;w=60;pk=:MQ==:"#,
            r#"ratelimit: "a";r=10, "a";r=5;pk=:MQ==:"#,
        ],
    );
    check(
        IETF,
        &inner,
        &[user(50), user(5)],
        &[
            r#"ratelimit-policy: "a";q=20, "a";q=60;w=60"#,
            r#"ratelimit: "a";r=10, "a";r=5"#,
        ],
    );
    check(
        IETF,
        &inner,
        &[user(5), user(6)],
        &[
            r#"ratelimit-policy: "a";q=60;w=60, "a";q=60;w=60"#,
            r#"ratelimit: "a";r=5, "a";r=6"#,
        ],
    );
}
