//! The words of `ratelimit explain`.

#![allow(clippy::unwrap_used, reason = "a call that fails is a test that fails")]

mod common;

use common::explain::explained as text;

#[test]
fn the_words_for_several_policies() {
    let head = "\
HTTP/2 429 \r
ratelimit-policy: \"burst\";q=10;w=1, \"sustained\";q=100;qu=\"tokens\";w=60\r
ratelimit: \"burst\";r=8;t=1, \"sustained\";r=0;t=25\r
retry-after: 30\r\n\r\n";
    let expected = "\
429 Too Many Requests

burst      8 of 10 requests left
           resets in 1 s (at 12:00:01 UTC)
           window 1 s
           as ietf-08+ says

sustained  0 of 100 tokens left
           resets in 25 s (at 12:00:25 UTC)
           window 1 min
           as ietf-08+ says
           the tightest of these: it binds

Wait 30 s before the next request (until 12:00:30 UTC): the server asks for it, as retry-after says.
";
    assert_eq!(text(head), expected);
}

/// What is said of a head of these lines ends with this paragraph.
#[track_caller]
fn last(head: &str, expected: &str) {
    let said = text(&format!("{head}\n"));
    let found = said.trim_end().rsplit("\n\n").next().unwrap();
    assert_eq!(found, expected, "{said}");
}

#[test]
fn that_nobody_is_limited_hides_nothing() {
    let none = "x-ratelimit-retry-after: 0\n";
    let left = "x-ratelimit-limit: 60\nx-ratelimit-remaining: 47\nx-ratelimit-reset: 12\n";
    last(
        &format!("HTTP/1.1 200 OK\n{left}{none}"),
        "No need to wait: 47 left for the next 12 s.",
    );
    let used_up = "x-ratelimit-limit: 60\nx-ratelimit-remaining: 0\nx-ratelimit-reset: 12\n";
    for status in ["200 OK", "429 Too Many Requests"] {
        last(
            &format!("HTTP/1.1 {status}\n{used_up}{none}"),
            "Wait 12 s before the next request (until 12:00:12 UTC): nothing is left of the limit of `x-ratelimit`.",
        );
    }
}

#[test]
fn what_to_do() {
    last(
        "x-ratelimit-limit: 60\nx-ratelimit-remaining: 47\nx-ratelimit-reset: 12\n",
        "No need to wait: 47 left for the next 12 s.",
    );
    last("x-ratelimit-remaining: 47\n", "No need to wait: 47 left.");
    last(
        "x-ratelimit-remaining: 0\nx-ratelimit-reset: 90000\n",
        "Wait 1 d 1 h before the next request (until 2026-03-03 13:00:00 UTC): nothing is left of the limit of `x-ratelimit`.",
    );
    last(
        "x-ratelimit-remaining: 0\nx-ratelimit-reset: 0\n",
        "No need to wait: nothing was left of the limit of `x-ratelimit`, which resets now.",
    );
    last(
        "x-ratelimit-remaining: 0\n",
        "Nothing is left of the limit of `x-ratelimit`, until when is not stated: wait before the next request, and longer each time.",
    );
    last("retry-after: 0", "No need to wait: retry-after says so.");
    last(
        "retry-after: 9999999999999999",
        "Wait 115740740740 d 17 h 46 min 39 s before the next request: the server asks for it, as retry-after says.",
    );
    last("x-ratelimit-limit: 5", "What is left is not stated.");
    last("server: x", "It states no limits.");
    last(
        "HTTP/2 503 \n",
        "It states no limits, nor how long to wait: wait before the next request, and longer each time.",
    );
    last(
        "HTTP/2 200 \nage: 5\nx-ratelimit-remaining: 0\n",
        "It comes from a cache (it has an Age): what it may say about limits was said to somebody else.",
    );
}

#[test]
fn what_is_not_stated_is_said_to_be_so() {
    let said = text(
        "HTTP/1.1 200 OK\nx-ratelimit-limit: 5\nx-ratelimit-limit-hour: 9\nx-ratelimit-remaining-day: 0\n",
    );
    for line in [
        "(x-ratelimit)  5 at most (what is left is not stated)\n               when it resets is not stated\n               as x-ratelimit says",
        "hour           9 at most (what is left is not stated)\n",
        "day            nothing left (the limit is not stated)\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn times_are_those_of_the_response() {
    let said = text(
        "date: Mon, 02 Mar 2026 09:30:00 GMT\nx-ratelimit-remaining: 0\nx-ratelimit-reset: 30\n",
    );
    assert!(said.contains("resets in 30 s (at 09:30:30 UTC)"), "{said}");
    let expected = "Times are counted from the response's Date, 09:30:00 UTC, which is 2 h 30 min before now.\n";
    assert!(said.ends_with(expected), "{said}");
}

#[test]
fn a_name_cannot_command_the_terminal() {
    let said = text("x-ratelimit-remaining: 1\nx-ratelimit-resource: \u{9b}31m\u{202e}x\n");
    assert!(said.contains("\\u{9b}31m\\u{202e}x"), "{said}");
    assert!(!said.contains('\u{1b}'), "no colours into a pipe: {said}");
}

const LONGER: &str = "wait before the next request, and longer each time.";

#[test]
fn whoever_was_refused_has_to_wait_whatever_is_left() {
    let left = "x-ratelimit-limit: 10\nx-ratelimit-remaining: 4\nx-ratelimit-reset: 30";
    for status in ["HTTP/1.1 429", "HTTP/2 503 "] {
        last(
            &format!("{status}\n{left}"),
            &format!(
                "It was refused although 4 are left. How long to wait is not stated: {LONGER}"
            ),
        );
    }
    last(
        "HTTP/2 429\nanthropic-ratelimit-requests-remaining: 1\nanthropic-ratelimit-tokens-remaining: 9",
        &format!(
            "It was refused although 1 request is left. How long to wait is not stated: {LONGER}"
        ),
    );
    last(
        "HTTP/2 429\nratelimit: \"a\";r=2, \"b\";r=1",
        &format!(
            "It was refused although 1 is left of `b`. How long to wait is not stated: {LONGER}"
        ),
    );
    // It may be forbidden for another reason.
    last(
        &format!("HTTP/2 403\n{left}"),
        "No need to wait: 4 left for the next 30 s.",
    );
    for status in [403, 429, 503] {
        last(
            &format!("HTTP/2 {status}\nx-ratelimit-remaining: 0\nx-ratelimit-reset: 0"),
            &format!("Nothing was left of the limit of `x-ratelimit`, which resets now: {LONGER}"),
        );
    }
}

#[test]
fn a_refusal_with_a_reset_alone_says_when_that_is() {
    last(
        "HTTP/2 429\nx-ratelimit-reset: 10",
        &format!("How long to wait is not stated; it resets in 10 s: {LONGER}"),
    );
    last(
        "HTTP/2 429\nx-ratelimit-limit: 10",
        &format!("How long to wait is not stated: {LONGER}"),
    );
}

#[test]
fn the_verdict_follows_what_is_asked_for_and_says_what_contradicts_it() {
    let used_up = "HTTP/2 429\nx-ratelimit-remaining: 0\nx-ratelimit-reset: 3605\nretry-after: ";
    last(
        &format!("{used_up}1"),
        "Wait 1 s before the next request (until 12:00:01 UTC): the server asks for it, as retry-after says. \
         But nothing is left of the limit of `x-ratelimit` until 13:00:05 UTC; what is asked for goes first.",
    );
    // Times are rounded to seconds.
    last(
        &format!("{used_up}3604"),
        "Wait 1 h 4 s before the next request (until 13:00:04 UTC): the server asks for it, as retry-after says.",
    );
}

#[test]
fn what_was_not_understood_is_named() {
    last(
        "X-RateLimit-Limit: 5\nX-RateLimit-Limit: 6\nx-ratelimit-remaining: -1\n\
         ratelimit: \"default\";r=\"1\"\nratelimit: \"a\"\nretry-after: soon\n\
         x-amzn-RateLimit-Limit: S3CRET\nanthropic-ratelimit-unified-status: S3CRET\n\
         x-app-limit-24hour-remaining: S3CRET\nx-quota: S3CRET\nset-cookie: S3CRET",
        "not understood: x-ratelimit-limit (its values contradict each other), \
         x-ratelimit-remaining (its value cannot be read), ratelimit (its value cannot be read), \
         retry-after (its value cannot be read), x-amzn-ratelimit-limit (no known field), \
         anthropic-ratelimit-unified-status (no known field), \
         x-app-limit-24hour-remaining (no known field), x-quota (no known field)",
    );
    let said = text("HTTP/2 200\nx-ratelimit-limit: -1\n");
    assert!(
        said.contains("\n\nIt states no limits that are understood.\n"),
        "{said}"
    );
    let understood = text("x-ratelimit-limit: 5\nx-ratelimit-resource: core\nx-ratelimit-used: \n");
    assert!(!understood.contains("not understood"), "{understood}");
}

#[test]
fn not_endlessly_much_is_listed() {
    let long = "x".repeat(2000);
    let many: String = (0..99).map(|n| format!("{long}-{n}-limit: 1\n")).collect();
    let said = text(&many);
    assert!(said.ends_with(", 87 more\n"), "{said}");
    assert!(said.len() < 2000, "{said}");
}

#[test]
fn several_families_may_state_one_limit() {
    last(
        "x-ratelimit-limit: 5\nx-ratelimit-limit-minute: 5\nx-ratelimit-limit-requests: 5",
        "x-ratelimit, openai and kong are different families of headers: they may state the same limit.",
    );
    let one = text("x-ratelimit-limit-minute: 5\nx-ratelimit-limit-hour: 9\n");
    assert!(!one.contains("families"), "{one}");
}

#[test]
fn a_head_that_ends_in_the_middle_of_a_line_is_noted() {
    const CUT: &str = "the head ends in the middle of a line: its last value may be cut short\n";
    assert!(text("HTTP/2 200\nretry-after: 1").ends_with(CUT));
    for whole in [
        "HTTP/2 200\nretry-after: 1\n",
        "HTTP/2 200\nretry-after: 1\n\r",
        "HTTP/2 200\nretry-after: 1\n\n{}",
        "HTTP/2 200\nretry-after: 1\n\nHTTP/2",
    ] {
        assert!(!text(whole).contains("middle"), "{whole}");
    }
}

#[test]
fn policies_that_differ_in_their_partition_are_told_apart() {
    let said = text("ratelimit: \"u\";r=2;pk=:dXNlciA3:, \"u\";r=1;pk=:bRs=:\n");
    assert!(said.contains("   partition `user 7`\n"), "{said}");
    assert!(said.contains("   partition 0x6d1b\n"), "{said}");
}

#[test]
fn a_unit_is_not_said_twice() {
    let anthropic = "anthropic-ratelimit-requests-remaining: 9999\nanthropic-ratelimit-requests-reset: 2026-03-02T12:00:00.006Z\nanthropic-ratelimit-requests-limit: 100000\nanthropic-ratelimit-tokens-remaining: 9\n";
    let said = text(anthropic);
    assert!(said.contains("resets in 6 ms\n"), "no time of day: {said}");
    last(
        anthropic,
        "No need to wait: 9999 requests left for the next 6 ms.",
    );
}

#[test]
fn a_long_name_stands_above_and_does_not_indent_the_others() {
    let name = "n".repeat(25);
    let said = text(&format!("ratelimit: \"{name}\";r=2;t=1, \"short\";r=3\n"));
    assert!(
        said.starts_with(&format!("{name}\n       2 left")),
        "{said}"
    );
    assert!(said.contains("\nshort  3 left"), "{said}");
}

#[test]
fn times_are_counted_from_the_date_that_the_reading_takes() {
    let reset = "x-ratelimit-remaining: 0\nx-ratelimit-reset: 1772444000\n";
    let said = |date: &str| text(&format!("{date}{reset}"));
    // All three forms of an HTTP-date.
    for date in [
        "date: Mon, 02 Mar 2026 09:30:00 GMT\n",
        "date: Monday, 02-Mar-26 09:30:00 GMT\n",
        "date: Mon Mar  2 09:30:00 2026\n",
    ] {
        let said = said(date);
        assert!(said.contains("(at 09:33:20 UTC)"), "{said}");
        assert!(said.contains("counted from the response's Date"), "{said}");
    }
    // What is none, and two that contradict each other: then the moment of reading counts.
    for date in [
        "date: Mon, 02 Mar 2026 09:30:00 +0000\n",
        "date: Mon, 02 Mar 2026 09:30:00 GMT\ndate: Mon, 02 Mar 2026 09:31:00 GMT\n",
    ] {
        let said = said(date);
        assert!(said.contains("resets now"), "{said}");
        assert!(!said.contains("counted from"), "{said}");
    }
}

#[test]
fn whoever_asks_for_a_wait_is_named_and_a_cache_is() {
    last(
        "retry-after-ms: 1500\nretry-after: 9\n",
        "Wait 1.5 s before the next request (until 12:00:02 UTC): the server asks for it, as retry-after-ms says.",
    );
    let cached = text("age: 5\nretry-after: 3\nx-ratelimit-remaining: 0\n");
    assert!(
        cached.contains("as retry-after says. It comes from a cache"),
        "{cached}"
    );
}

#[test]
fn to_wait_does_not_help_whoever_has_to_pay() {
    last(
        "HTTP/1.1 402 Payment Required\r\nx-ratelimit-limit: 60\r\nx-ratelimit-remaining: 57\r\nx-ratelimit-reset: 30\r\n",
        "To wait does not help: a 402 is a matter of payment, whatever is left.",
    );
}

#[test]
fn what_not_every_request_uses_concerns_those_that_do() {
    last(
        "HTTP/1.1 200 OK\r\nratelimit-policy: \"credits\";q=3;qu=\"credits\";w=86400\r\nratelimit: \"credits\";r=0;t=60\r\n",
        "Wait 1 min before the next request (until 12:01:00 UTC): nothing is left of `credits`, which concerns requests that use credits.",
    );
}
