//! What each family looks like on the wire, and that reading it gives back what was said.

#![allow(clippy::unwrap_used, reason = "a call that fails is a test that fails")]

mod common;

use common::{NOW, at, headers, summary};
use http::HeaderMap;
use ratelimit_headers::{Dialects, Existing, PolicyState, Writer, read, retry_after_seconds};
use std::time::Duration;

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// 4 of 5 left of the minute, all back in 59.1 s.
const MINUTE: PolicyState<'_> = PolicyState::new("per-\"ip\"", 5, 4, secs(60))
    .with_reset_after(Duration::from_millis(59_100))
    .with_next_after(secs(12));
const HOUR: PolicyState<'_> = PolicyState::new("hour", 1000, 900, secs(3600));
/// As many as in the minute: the lists of quotas cannot tell the two apart.
const SECOND: PolicyState<'_> = PolicyState::new("second", 5, 5, secs(1));
const TOKENS: PolicyState<'_> = PolicyState::new("tokens", 150_000, 149_984, secs(60))
    .with_unit("tokens")
    .with_reset_after(Duration::from_millis(7_660));
const OUTPUT: PolicyState<'_> = PolicyState::new("out", 8000, 0, secs(60))
    .with_unit("output-tokens")
    .with_reset_after(secs(360));
const CALLS: PolicyState<'_> = PolicyState::new("calls", 7, 1, secs(60)).with_unit("calls");

const ALL: [PolicyState<'_>; 6] = [SECOND, MINUTE, HOUR, TOKENS, OUTPUT, CALLS];

fn write(headers: &mut HeaderMap, writer: Writer, headline: PolicyState<'_>) {
    writer.write(headers, &headline, ALL.into_iter(), secs(NOW));
}

/// All headers, one a line, sorted.
fn lines(headers: &HeaderMap) -> Vec<String> {
    let line =
        |(name, value): (_, &http::HeaderValue)| format!("{name}: {}", value.to_str().unwrap());
    let mut lines: Vec<String> = headers.iter().map(line).collect();
    lines.sort();
    lines
}

/// This is written into an empty response, and read back as this.
#[track_caller]
fn check(dialects: Dialects, expected: &[&str], read_back: &[&str]) {
    let mut headers = HeaderMap::new();
    write(&mut headers, Writer::new(dialects), MINUTE);
    assert_eq!(lines(&headers), expected);
    assert_eq!(summary(&read(&headers, at(NOW))), read_back.join("\n"));
}

#[test]
fn x_ratelimit_with_a_delay() {
    check(
        Dialects::X_RATE_LIMIT_DELTA,
        &[
            "x-ratelimit-limit: 5",
            "x-ratelimit-remaining: 4",
            "x-ratelimit-reset: 60",
        ],
        &["- 5 - 4 60s -"],
    );
}

#[test]
fn the_list_of_envoy() {
    check(
        Dialects::ENVOY,
        &[
            r#"x-ratelimit-limit: 5, 5;w=60;name="per-\"ip\"", 1000;w=3600;name="hour""#,
            "x-ratelimit-remaining: 4",
            "x-ratelimit-reset: 60",
        ],
        &["hour 1000 - - - 3600s", "per-\"ip\" 5 - 4 60s 60s"],
    );
}

#[test]
fn the_trio_of_draft_06() {
    check(
        Dialects::IETF_TRIO,
        &[
            "ratelimit-limit: 5",
            "ratelimit-policy: 5;w=60, 1000;w=3600",
            "ratelimit-remaining: 4",
            "ratelimit-reset: 60",
        ],
        &["- 1000 - - - 3600s", "- 5 - 4 60s 60s"],
    );
}

#[test]
fn the_dictionary_of_draft_07() {
    check(
        Dialects::IETF_07,
        &[
            "ratelimit-policy: 5;w=60, 1000;w=3600",
            "ratelimit: limit=5, remaining=4, reset=60",
        ],
        &["- 1000 - - - 3600s", "- 5 - 4 60s 60s"],
    );
}

#[test]
fn the_fields_of_openai() {
    check(
        Dialects::OPENAI,
        &[
            "x-ratelimit-limit-requests: 5",
            "x-ratelimit-limit-tokens: 150000",
            "x-ratelimit-remaining-requests: 4",
            "x-ratelimit-remaining-tokens: 149984",
            "x-ratelimit-reset-requests: 59.1s",
            "x-ratelimit-reset-tokens: 7.66s",
        ],
        &["- 150000 tokens 149984 7.66s -", "- 5 requests 4 59.1s -"],
    );
}

#[test]
fn the_fields_of_anthropic() {
    check(
        Dialects::ANTHROPIC,
        &[
            "anthropic-ratelimit-output-tokens-limit: 8000",
            "anthropic-ratelimit-output-tokens-remaining: 0",
            "anthropic-ratelimit-output-tokens-reset: 2026-03-02T12:06:00Z",
            "anthropic-ratelimit-requests-limit: 5",
            "anthropic-ratelimit-requests-remaining: 4",
            "anthropic-ratelimit-requests-reset: 2026-03-02T12:01:00Z",
            "anthropic-ratelimit-tokens-limit: 150000",
            "anthropic-ratelimit-tokens-remaining: 149984",
            "anthropic-ratelimit-tokens-reset: 2026-03-02T12:00:08Z",
        ],
        &[
            "- 150000 tokens 149984 8s -",
            "- 5 requests 4 60s -",
            "- 8000 output-tokens 0 360s -",
        ],
    );
}

#[test]
fn several_at_once() {
    let all =
        Dialects::default() | Dialects::OPENAI | Dialects::ANTHROPIC | Dialects::X_RETRY_AFTER;
    let mut headers = HeaderMap::new();
    write(&mut headers, Writer::new(all), MINUTE);
    assert_eq!(headers.len(), 2 + 3 + 6 + 9 + 1);
    let reading = read(&headers, at(NOW));
    assert_eq!(
        reading.policies().len(),
        ALL.len() + 2 + 3,
        "vendors' are beside the lists"
    );
}

#[test]
fn the_table_in_the_documentation_shows_what_is_written() {
    const TABLE: &str = include_str!("../../../docs/HEADERS.md");
    let minute = PolicyState::new("minute", 5, 4, secs(60)).with_next_after(secs(12));
    let hour = PolicyState::new("hour", 1000, 900, secs(3600)).with_next_after(secs(4));
    let tokens = PolicyState::new("tokens", 150_000, 149_984, secs(60))
        .with_unit("tokens")
        .with_next_after(Duration::from_millis(1));
    for (row, dialect) in [
        ("X_RATE_LIMIT", Dialects::X_RATE_LIMIT),
        ("X_RATE_LIMIT_DELTA", Dialects::X_RATE_LIMIT_DELTA),
        ("ENVOY", Dialects::ENVOY),
        ("IETF", Dialects::IETF),
        ("IETF_07", Dialects::IETF_07),
        ("IETF_TRIO", Dialects::IETF_TRIO),
    ] {
        let row = TABLE
            .lines()
            .find(|line| line.starts_with(&format!("| `{row}` |")));
        let mut headers = HeaderMap::new();
        let all = [minute, hour, tokens].into_iter();
        Writer::new(dialect).write(&mut headers, &minute, all, secs(NOW));
        for value in headers.values() {
            let shown = format!(": {}`", value.to_str().unwrap());
            assert!(row.unwrap().contains(&shown), "{shown} {row:?}");
        }
    }
}

#[test]
fn a_headline_of_another_unit_lists_the_quotas_of_that_unit() {
    let mut headers = HeaderMap::new();
    write(&mut headers, Writer::new(Dialects::IETF_07), TOKENS);
    assert_eq!(headers["ratelimit-policy"], "150000;w=60");
}

#[test]
fn without_policies_the_headline_stands_alone() {
    let mut headers = HeaderMap::new();
    let none = std::iter::empty::<PolicyState<'_>>;
    for dialect in [Dialects::IETF_TRIO, Dialects::ENVOY, Dialects::OPENAI] {
        Writer::new(dialect).write(&mut headers, &MINUTE, none(), secs(NOW));
    }
    assert!(!headers.contains_key("ratelimit-policy"));
    assert_eq!(headers["x-ratelimit-limit"], "5");
    assert_eq!(headers.len(), 6);
}

#[test]
fn what_is_beyond_a_form_is_capped() {
    let huge = PolicyState::new("h", u64::MAX, u64::MAX, Duration::MAX);
    let dialects =
        Dialects::X_RATE_LIMIT_DELTA | Dialects::IETF_07 | Dialects::OPENAI | Dialects::ANTHROPIC;
    let mut headers = HeaderMap::new();
    Writer::new(dialects).write(&mut headers, &huge, [huge].into_iter(), Duration::MAX);
    assert_eq!(headers["x-ratelimit-limit"], "999999999999999");
    assert_eq!(headers["x-ratelimit-reset"], "999999999");
    assert_eq!(
        headers["ratelimit"],
        "limit=999999999999999, remaining=999999999999999, reset=999999999"
    );
    assert_eq!(
        headers["ratelimit-policy"],
        "999999999999999;w=999999999999999"
    );
    assert_eq!(headers["x-ratelimit-reset-requests"], "277777h46m39s");
    assert_eq!(
        headers["anthropic-ratelimit-requests-reset"],
        "9999-12-31T23:59:59Z"
    );
}

// Partition keys.

#[test]
fn a_partition_key_stands_in_both_lists_and_is_padded() {
    let state = MINUTE.with_partition_key(b"user").with_unit("u");
    let mut headers = HeaderMap::new();
    Writer::new(Dialects::IETF).write(&mut headers, &state, [state].into_iter(), secs(NOW));
    assert_eq!(
        lines(&headers),
        [
            r#"ratelimit-policy: "per-\"ip\"";q=5;qu="u";w=60;pk=:dXNlcg==:"#,
            r#"ratelimit: "per-\"ip\"";r=4;t=12;pk=:dXNlcg==:"#,
        ]
    );
}

#[test]
fn one_name_with_two_keys_is_two_policies() {
    let mut headers = HeaderMap::new();
    for (key, remaining) in [(b"a", 4), (b"b", 3)] {
        let state = PolicyState::new("user", 5, remaining, secs(60)).with_partition_key(key);
        Writer::new(Dialects::IETF).write(&mut headers, &state, [state].into_iter(), secs(NOW));
    }
    assert_eq!(
        headers["ratelimit"],
        r#""user";r=4;pk=:YQ==:, "user";r=3;pk=:Yg==:"#
    );
    assert_eq!(
        summary(&read(&headers, at(NOW))),
        "user 5 requests 3 - 60s\nuser 5 requests 4 - 60s"
    );
    let keyless = PolicyState::new("user", 5, 1, secs(60));
    Writer::new(Dialects::IETF).write(&mut headers, &keyless, [keyless].into_iter(), secs(NOW));
    assert_eq!(headers["ratelimit"], r#""user";r=1"#);
}

// What is already there.

const ONE_POLICY: [Dialects; 4] = [
    Dialects::X_RATE_LIMIT_DELTA,
    Dialects::ENVOY,
    Dialects::IETF_TRIO,
    Dialects::IETF_07,
];

/// An inner statement in each form of the fields of a family, with so much left of 9.
fn inner(dialect: Dialects, left: u64) -> Vec<Vec<(&'static str, String)>> {
    let left = |form: &str| form.replace("LEFT", &left.to_string());
    if Dialects::X_RATE_LIMIT_DELTA == dialect || Dialects::ENVOY == dialect {
        return ["9", "9, 9;w=60;name=\"x\""]
            .map(|limit| {
                vec![
                    ("x-ratelimit-limit", limit.to_owned()),
                    ("x-ratelimit-remaining", left("LEFT")),
                    ("x-ratelimit-reset-after", "3".to_owned()),
                ]
            })
            .to_vec();
    }
    vec![
        vec![
            ("ratelimit", left("\"in\";r=LEFT;t=3")),
            ("ratelimit-policy", left("\"in\";q=9;w=60")),
        ],
        vec![("ratelimit", left("limit=9, remaining=LEFT, reset=3"))],
        vec![
            ("ratelimit-limit", "9".to_owned()),
            ("ratelimit-remaining", left("LEFT")),
            (
                "ratelimit-resettime",
                "Mon, 02 Mar 2026 12:00:30 GMT".to_owned(),
            ),
        ],
    ]
}

fn each_inner(left: u64) -> impl Iterator<Item = (Dialects, HeaderMap)> {
    ONE_POLICY.into_iter().flat_map(move |dialect| {
        let maps = inner(dialect, left).into_iter().map(|lines| {
            let lines: Vec<_> = lines
                .iter()
                .map(|(name, value)| (*name, &**value))
                .collect();
            headers(&lines)
        });
        maps.map(move |map| (dialect, map)).collect::<Vec<_>>()
    })
}

fn alone(writer: Writer) -> HeaderMap {
    let mut headers = HeaderMap::new();
    write(&mut headers, writer, MINUTE);
    headers
}

#[test]
fn a_tighter_inner_statement_stays_whole_in_whichever_form() {
    for (dialect, before) in each_inner(4) {
        let mut after = before.clone();
        write(&mut after, Writer::new(dialect), MINUTE);
        assert_eq!(lines(&after), lines(&before), "{dialect:?}");
    }
}

#[test]
fn a_looser_one_goes_with_everything_that_stood_beside_it() {
    for (dialect, mut headers) in each_inner(5) {
        let writer = Writer::new(dialect);
        write(&mut headers, writer, MINUTE);
        assert_eq!(lines(&headers), lines(&alone(writer)), "{dialect:?}");
    }
}

#[test]
fn keep_keeps_and_replace_replaces() {
    for (dialect, before) in each_inner(9).chain(each_inner(0)) {
        let mut kept = before.clone();
        write(
            &mut kept,
            Writer::new(dialect).with_existing(Existing::Keep),
            MINUTE,
        );
        assert_eq!(lines(&kept), lines(&before), "{dialect:?}");
        let writer = Writer::new(dialect).with_existing(Existing::Replace);
        let mut replaced = before;
        write(&mut replaced, writer, MINUTE);
        assert_eq!(lines(&replaced), lines(&alone(writer)), "{dialect:?}");
    }
}

#[test]
fn of_vendors_each_unit_is_one_statement() {
    for (dialect, fields) in [
        (
            Dialects::OPENAI,
            ["x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens"],
        ),
        (
            Dialects::ANTHROPIC,
            [
                "anthropic-ratelimit-tokens-limit",
                "anthropic-ratelimit-tokens-remaining",
            ],
        ),
    ] {
        let [limit, remaining] = fields;
        let mut headers = headers(&[(limit, "200000"), (remaining, "3")]);
        write(&mut headers, Writer::new(dialect), MINUTE);
        assert_eq!(
            (&headers[limit], &headers[remaining]),
            (&"200000".parse().unwrap(), &"3".parse().unwrap())
        );
        let reading = read(&headers, at(NOW));
        let requests = reading
            .policies()
            .iter()
            .find(|policy| policy.unit() == Some("requests"));
        assert_eq!(
            requests.and_then(ratelimit_headers::Policy::remaining),
            Some(4),
            "{dialect:?}"
        );
    }
}

#[test]
fn what_stood_beside_x_ratelimit_goes_with_it() {
    let beside = ("x-ratelimit-reset-after", "3");
    for there in [
        [("x-ratelimit-remaining", "41"), beside],
        [("x-ratelimit-limit", "50"), beside],
        [("x-ratelimit-reset", "50"), beside],
    ] {
        let mut headers = headers(&there);
        write(&mut headers, Writer::new(Dialects::X_RATE_LIMIT), MINUTE);
        assert_eq!(headers.len(), 3);
        assert!(!headers.contains_key(beside.0));
    }
}

#[test]
fn replace_removes_every_family_and_nothing_else() {
    let mut headers = headers(&[("x-ratelimit-retry-after", "3"), ("ratelimit-reason", "x")]);
    headers.insert("retry-after", "3".parse().unwrap());
    let others = lines(&headers)[..2].to_vec();
    for dialect in
        ONE_POLICY
            .into_iter()
            .chain([Dialects::default(), Dialects::OPENAI, Dialects::ANTHROPIC])
    {
        write(
            &mut headers,
            Writer::new(dialect).with_existing(Existing::Keep),
            MINUTE,
        );
    }
    write(
        &mut headers,
        Writer::new(Dialects::NONE).with_existing(Existing::Replace),
        MINUTE,
    );
    assert_eq!(lines(&headers), others);
}

// Refusals.

#[test]
fn a_refusal_says_the_wait_twice_where_it_is_asked_for() {
    let mut headers = HeaderMap::new();
    let writer = Writer::new(Dialects::X_RETRY_AFTER);
    writer.write_retry_after(&mut headers, Duration::from_millis(1500));
    assert_eq!(
        lines(&headers),
        ["retry-after: 2", "x-ratelimit-retry-after: 2"]
    );
    writer.write_retry_after(&mut headers, Duration::MAX);
    assert_eq!(
        lines(&headers),
        [
            "retry-after: 999999999999999",
            "x-ratelimit-retry-after: 999999999"
        ]
    );
    Writer::default().write_retry_after(&mut headers, Duration::ZERO);
    assert_eq!(headers["retry-after"], "1");
}

/// What a response that is no refusal says beside these lines.
fn waits_beside(existing: Existing, beside: &[(&str, &str)]) -> Vec<String> {
    let mut headers = headers(beside);
    let writer = Writer::new(Dialects::X_RETRY_AFTER).with_existing(existing);
    write(&mut headers, writer, MINUTE);
    lines(&headers)
}

#[test]
fn nobody_is_limited_is_said_on_every_response_that_is_no_refusal() {
    for existing in [Existing::Merge, Existing::Replace, Existing::Keep] {
        let none = ["x-ratelimit-retry-after: 0"];
        assert_eq!(waits_beside(existing, &[]), none);
        assert_eq!(
            waits_beside(existing, &[("x-ratelimit-retry-after", "0")]),
            none
        );
    }
    let mut headers = HeaderMap::new();
    write(&mut headers, Writer::default(), MINUTE);
    assert!(!headers.contains_key("x-ratelimit-retry-after"));
}

#[test]
fn a_wait_that_an_inner_layer_or_an_upstream_asks_for_stands() {
    let inner = [("x-ratelimit-retry-after", "30")];
    assert_eq!(
        waits_beside(Existing::Merge, &inner),
        ["x-ratelimit-retry-after: 30"]
    );
    assert_eq!(
        waits_beside(Existing::Keep, &inner),
        ["x-ratelimit-retry-after: 30"]
    );
    assert_eq!(
        waits_beside(Existing::Replace, &inner),
        ["x-ratelimit-retry-after: 0"]
    );
    // Also in another field, and whatever it says: a zero beside it would contradict it.
    for (name, value) in [("retry-after", "120"), ("retry-after-ms", "soon")] {
        for existing in [Existing::Merge, Existing::Replace, Existing::Keep] {
            let alone = [format!("{name}: {value}")];
            assert_eq!(waits_beside(existing, &[(name, value)]), alone);
        }
    }
}

#[test]
fn the_limits_alone_say_nothing_about_waiting() {
    let writer = Writer::new(Dialects::X_RATE_LIMIT | Dialects::X_RETRY_AFTER);
    let statement = writer.statement(&MINUTE, [MINUTE].into_iter(), secs(NOW));
    let mut headers = HeaderMap::new();
    statement.write_limits(&mut headers);
    assert_eq!(headers.len(), 3);
    assert!(!headers.contains_key("x-ratelimit-retry-after"));
    statement.write(&mut headers);
    assert_eq!(headers["x-ratelimit-retry-after"], "0");
    statement.write_refusal(&mut headers, secs(7));
    assert_eq!(headers["x-ratelimit-retry-after"], "7");
    // And a layer outside of it leaves it so.
    statement.write(&mut headers);
    assert_eq!(headers["x-ratelimit-retry-after"], "7");
}

#[test]
fn retry_after_is_never_before_the_t_of_a_policy_that_is_used_up() {
    let used_up =
        |name, seconds| PolicyState::new(name, 9, 0, secs(60)).with_next_after(secs(seconds));
    let left = PolicyState::new("left", 9, 1, secs(60)).with_next_after(secs(50));
    let all = [used_up("a", 20), left, used_up("b", 30)];
    for (wait, expected) in [(1, "30"), (31, "31")] {
        let mut headers = HeaderMap::new();
        let writer = Writer::new(Dialects::IETF | Dialects::X_RETRY_AFTER);
        let statement = writer.statement(&all[0], all.into_iter(), secs(NOW));
        statement.write_refusal(&mut headers, secs(wait));
        assert_eq!(headers["retry-after"], expected);
        assert_eq!(headers["x-ratelimit-retry-after"], expected);
        let said = retry_after_seconds(statement.wait(secs(wait)));
        assert_eq!(said.to_string(), expected);
        assert_eq!(
            headers["ratelimit"],
            r#""a";r=0;t=20, "left";r=1;t=50, "b";r=0;t=30"#
        );
    }
}
