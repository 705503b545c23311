//! Beside what an inner layer has stated: nothing of both sides is mixed, and nothing that is tighter is hidden.

mod common;

use common::{NOW, at, headers, summary};
use http::{HeaderMap, HeaderName, HeaderValue};
use ratelimit_headers::{
    Dialects, Existing, PolicyState, Writer, read, write_date, write_retry_after,
};
use std::time::Duration;

type Lines<'a> = &'a [(&'a str, &'a str)];

const EXISTING: [Existing; 3] = [Existing::Merge, Existing::Replace, Existing::Keep];

/// 50 of 60 left.
const OURS: PolicyState<'_> = PolicyState::new("minute", 60, 50, Duration::from_secs(60));

fn write(headers: &mut HeaderMap, writer: Writer) {
    writer.write(headers, &OURS, [OURS].into_iter(), Duration::from_secs(NOW));
}

fn beside(dialects: Dialects, existing: Existing, before: Lines<'_>) -> HeaderMap {
    let mut headers = headers(before);
    write(&mut headers, Writer::new(dialects).with_existing(existing));
    headers
}

#[track_caller]
fn check(dialects: Dialects, existing: Existing, before: Lines<'_>, read_back: &str) {
    let headers = beside(dialects, existing, before);
    assert_eq!(summary(&read(&headers, at(NOW))), read_back, "{headers:?}");
}

/// All of ours is there, and of the others nothing; or of ours nothing, and of the others all.
#[track_caller]
fn check_whole(dialects: Dialects, existing: Existing, before: Lines<'_>, is_ours: bool) {
    let after = beside(dialects, existing, before);
    let expected = if is_ours {
        beside(dialects, existing, &[])
    } else {
        headers(before)
    };
    assert_eq!(after, expected, "{dialects:?} {existing:?}");
}

#[test]
fn whatever_stands_beside_a_limit_comes_and_goes_with_it() {
    let before = [
        &[("x-ratelimit-reset-after", "5")][..],
        &[
            ("x-ratelimit-bucket", "theirs"),
            ("x-ratelimit-period", "3600"),
        ],
        &[("x-ratelimit-limit", "100"), ("x-ratelimit-used", "49")],
        &[
            ("x-ratelimit-resource", "core"),
            ("x-ratelimit-renewalperiod", "9"),
        ],
    ];
    for dialects in [
        Dialects::X_RATE_LIMIT,
        Dialects::X_RATE_LIMIT_DELTA,
        Dialects::ENVOY,
    ] {
        for before in before {
            check_whole(dialects, Existing::Merge, before, true);
            check_whole(dialects, Existing::Replace, before, true);
            check_whole(dialects, Existing::Keep, before, false);
        }
        let used_up = &[("x-ratelimit-limit", "100"), ("x-ratelimit-used", "100")];
        check_whole(dialects, Existing::Merge, used_up, false);
    }
}

#[test]
fn the_window_of_another_is_not_ours() {
    let before = [
        ("x-ratelimit-limit-requests", "20000"),
        ("x-ratelimit-remaining-requests", "19999"),
        ("x-ratelimit-renewalperiod-requests", "7"),
    ];
    check_whole(Dialects::OPENAI, Existing::Merge, &before, true);
    check_whole(Dialects::OPENAI, Existing::Replace, &before, true);
    check_whole(Dialects::OPENAI, Existing::Keep, &before[2..], false);
}

#[test]
fn replace_removes_what_a_family_has_for_other_policies() {
    let before = [
        ("x-ratelimit-remaining-project-tokens", "0"),
        ("x-ratelimit-renewalperiod-tokens", "9"),
        ("anthropic-priority-input-tokens-remaining", "0"),
        ("x-ratelimit-retry-after", "9"),
    ];
    for dialects in [Dialects::NONE, Dialects::OPENAI, Dialects::default()] {
        check_whole(dialects, Existing::Replace, &before, true);
    }
    // Another policy does not contradict ours.
    let merged = beside(Dialects::OPENAI, Existing::Merge, &before[..1]);
    assert_eq!(merged.len(), 4);
}

#[test]
fn a_tighter_statement_of_an_older_family_is_not_hidden() {
    let dashed = [
        ("x-rate-limit-limit", "10"),
        ("x-rate-limit-remaining", "0"),
    ];
    let x = [("x-ratelimit-limit", "10"), ("x-ratelimit-remaining", "0")];
    let trio = [("ratelimit-limit", "10"), ("ratelimit-remaining", "0")];
    let dictionary = [("ratelimit", "limit=10, remaining=0")];
    for (before, dialects) in [
        (&dashed[..], Dialects::default()),
        (&dashed, Dialects::ENVOY),
        (&x, Dialects::default()),
        (&x, Dialects::IETF_TRIO),
        (&x, Dialects::IETF_07 | Dialects::X_RATE_LIMIT_DELTA),
        (&trio, Dialects::IETF),
        (&trio, Dialects::IETF_07),
        (&dictionary, Dialects::IETF),
    ] {
        check_whole(dialects, Existing::Merge, before, false);
    }
    // What it does not hide is written: older families, and those of vendors.
    for dialects in [
        Dialects::default(),
        Dialects::IETF_07 | Dialects::X_RATE_LIMIT,
    ] {
        check(dialects, Existing::Merge, &trio, "- 10 - 0 - -");
        let headers = beside(dialects, Existing::Merge, &trio);
        assert_eq!(headers["x-ratelimit-remaining"], "50");
    }
    let vendors = Dialects::IETF | Dialects::OPENAI;
    check(
        vendors,
        Existing::Merge,
        &x,
        "- 10 - 0 - -\n- 60 requests 50 60s -",
    );
}

#[test]
fn a_looser_or_hidden_statement_of_an_older_family_keeps_nothing_back() {
    let looser = [
        ("x-ratelimit-limit", "100"),
        ("x-ratelimit-remaining", "51"),
    ];
    check(
        Dialects::IETF,
        Existing::Merge,
        &looser,
        "minute 60 requests 50 - 60s",
    );
    // Its own side has hidden it already.
    let hidden = [
        ("x-ratelimit-limit", "10"),
        ("x-ratelimit-remaining", "0"),
        ("ratelimit", r#""in";r=60"#),
    ];
    check(
        Dialects::default(),
        Existing::Merge,
        &hidden,
        "in - - 60 - -\nminute 60 requests 50 - 60s",
    );
    let tight = [("x-ratelimit-limit", "10"), ("x-ratelimit-remaining", "0")];
    check(
        Dialects::IETF,
        Existing::Keep,
        &tight,
        "minute 60 requests 50 - 60s",
    );
    check(
        Dialects::IETF,
        Existing::Replace,
        &tight,
        "minute 60 requests 50 - 60s",
    );
}

#[test]
fn a_list_is_whole_without_its_quotas() {
    let list = [("ratelimit", r#""in";r=0;t=30"#)];
    for dialects in [Dialects::IETF_TRIO, Dialects::IETF_07] {
        check_whole(dialects, Existing::Merge, &list, false);
    }
}

#[test]
fn an_age_does_not_make_a_tighter_statement_go() {
    let x = [
        ("x-ratelimit-limit", "10"),
        ("x-ratelimit-remaining", "0"),
        ("age", "5"),
    ];
    check_whole(Dialects::default(), Existing::Merge, &x, false);
}

#[test]
fn a_refusal_is_not_undercut_by_what_clients_believe_before_it() {
    let like_it = [
        ("retry-after-ms", "100"),
        ("x-ms-retry-after-ms", "100"),
        ("retry-after", "1"),
        ("retry-after", "2"),
        ("x-ratelimit-retry-after", "1"),
        ("x-rate-limit-retry-after-seconds", "1"),
        ("x-ratelimit-after", "1"),
    ];
    let mut headers = headers(&like_it);
    write_retry_after(&mut headers, Duration::from_secs(30));
    assert_eq!(headers.len(), 1);
    assert_eq!(headers["retry-after"], "30");
    for existing in EXISTING {
        let mut headers = common::headers(&like_it);
        let writer = Writer::new(Dialects::X_RETRY_AFTER).with_existing(existing);
        let statement = writer.statement(&OURS, [OURS].into_iter(), Duration::from_secs(NOW));
        statement.write_refusal(&mut headers, Duration::from_secs(30));
        assert_eq!(headers.len(), 2);
        assert_eq!(
            read(&headers, at(NOW)).retry_after(),
            Some(Duration::from_secs(30))
        );
        assert_eq!(headers["x-ratelimit-retry-after"], "30");
    }
}

#[test]
fn a_wait_is_lengthened_beyond_any_number() {
    let used_up = PolicyState::new("a", 9, 0, Duration::MAX).with_next_after(Duration::MAX);
    let statement = Writer::default().statement(&used_up, [used_up].into_iter(), Duration::ZERO);
    let mut headers = HeaderMap::new();
    statement.write_refusal(&mut headers, Duration::ZERO);
    assert_eq!(headers["ratelimit"], r#""a";r=0;t=999999999999999"#);
    assert_eq!(headers["retry-after"], "999999999999999");
}

/// As many fields as a map holds, the given ones among them.
fn full(lines: Lines<'_>) -> HeaderMap {
    let mut headers = headers(lines);
    for number in 0.. {
        let name = HeaderName::try_from(format!("x-filler-{number}")).expect("a legal name");
        if headers
            .try_append(name, HeaderValue::from_static("1"))
            .is_err()
        {
            return headers;
        }
    }
    headers
}

#[test]
fn a_full_map_stays_without_what_it_has_no_room_for() {
    let all =
        Dialects::default() | Dialects::OPENAI | Dialects::ANTHROPIC | Dialects::X_RETRY_AFTER;
    for dialects in [all, Dialects::X_RATE_LIMIT_DELTA | Dialects::IETF_TRIO] {
        for existing in EXISTING {
            let mut headers = full(&[]);
            let before = headers.clone();
            write(&mut headers, Writer::new(dialects).with_existing(existing));
            Writer::new(dialects).write_retry_after(&mut headers, Duration::from_secs(1));
            write_date(&mut headers, Duration::from_secs(NOW));
            assert_eq!(headers, before);
        }
    }
}

#[test]
fn a_full_map_has_room_for_what_was_there() {
    let there = [("retry-after", "1"), ("ratelimit", r#""in";r=60"#)];
    let mut headers = full(&there);
    write(&mut headers, Writer::new(Dialects::IETF));
    write_retry_after(&mut headers, Duration::from_secs(30));
    assert_eq!(headers["ratelimit"], r#""in";r=60, "minute";r=50"#);
    assert_eq!(headers["retry-after"], "30");
}
