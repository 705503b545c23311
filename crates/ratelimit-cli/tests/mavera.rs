//! Mavera's published limits, as they are on the wire.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::{Answer, Gateway, Wire};
use std::time::{SystemTime, UNIX_EPOCH};

const STARTER: &str = "mvra_live_starter";
const BASIC: &str = "mvra_live_basic";
const ENTERPRISE: &str = "mvra_live_enterprise";
const CHAT: &str = "/api/v1/mave/chat";

/// So many slow calls at once: connections whose answer has begun and not ended, or has ended with a
/// refusal.
fn slow_calls(gateway: &Gateway, key: &str, target: &str, count: usize) -> Vec<(Wire, Answer)> {
    let call = |_| {
        let mut wire = gateway.connect();
        wire.get(target, &format!("authorization: Bearer {key}\r\n"));
        let head = wire.head();
        (wire, head)
    };
    (0..count).map(call).collect()
}

fn refused(calls: &[(Wire, Answer)]) -> usize {
    calls.iter().filter(|(_, head)| head.status == 429).count()
}

fn now() -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the header states wall-clock time"
    )]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap().as_secs()
}

#[test]
fn sixty_calls_pass_and_the_next_is_a_429_that_says_when_to_come_again() {
    let gateway = Gateway::start();
    let mut wire = gateway.connect();
    for remaining in (0..60).rev() {
        let answer = wire.call(STARTER, "/api/v1/anything");
        assert_eq!(answer.status, 200);
        assert_eq!(answer.number("x-ratelimit-limit"), 60);
        assert_eq!(answer.number("x-ratelimit-remaining"), remaining);
        let reset = answer.number("x-ratelimit-reset");
        assert!((now()..=now() + 61).contains(&reset), "{reset}");
        assert!(!answer.has("retry-after"));
    }
    let answer = wire.call(STARTER, "/api/v1/anything");
    assert_eq!(answer.status, 429);
    assert_eq!(answer.number("x-ratelimit-limit"), 60);
    assert_eq!(answer.number("x-ratelimit-remaining"), 0);
    assert!(answer.number("x-ratelimit-reset") > now());
    let wait = answer.number("retry-after");
    assert!((1..=60).contains(&wait), "{wait}");
    let body = format!(
        r#"{{"error":{{"message":"Rate limit exceeded. Please retry after {wait} seconds.","type":"rate_limit_error","code":"rate_limit_exceeded","param":null}}}}"#
    );
    assert_eq!(answer.body, body);
    assert_eq!(answer.header("content-type"), "application/json");
    // Another key is another caller, and the path makes no difference.
    assert_eq!(
        wire.call(BASIC, "/api/v1/anything")
            .number("x-ratelimit-remaining"),
        119
    );
    assert_eq!(wire.call(STARTER, "/").status, 429);
}

#[test]
fn each_tier_has_its_number() {
    let gateway = Gateway::start();
    for (tier, limit) in [
        ("starter", 60),
        ("basic", 120),
        ("professional", 240),
        ("enterprise", 600),
    ] {
        let answer = gateway.call(&format!("mvra_live_{tier}"), "/api/v1/x");
        assert_eq!(answer.number("x-ratelimit-limit"), limit);
        assert_eq!(answer.number("x-ratelimit-remaining"), limit - 1);
    }
}

#[test]
fn ten_chats_at_once_pass_and_the_eleventh_does_not() {
    let gateway = Gateway::start();
    let mut calls = slow_calls(&gateway, BASIC, "/api/v1/mave/chat?delay_ms=2500", 11);
    assert_eq!(refused(&calls), 1);
    let (wire, head) = calls
        .iter_mut()
        .find(|(_, head)| head.status == 429)
        .unwrap();
    assert!(head.number("retry-after") >= 1);
    assert_eq!(head.number("x-ratelimit-limit"), 120);
    // A refusal spends nothing.
    assert_eq!(head.number("x-ratelimit-remaining"), 110);
    let body = wire.body(head);
    assert!(
        body.contains(r#""type":"rate_limit_error","code":"concurrency_limit_exceeded""#),
        "{body}"
    );
    // Other keys and other endpoints are not affected.
    assert_eq!(gateway.call(ENTERPRISE, CHAT).status, 200);
    assert_eq!(gateway.call(BASIC, "/api/v1/focus-groups").status, 200);
    // A place is free when a call has ended, to the last byte.
    assert_eq!(gateway.call(BASIC, CHAT).status, 429);
    let (wire, head) = calls
        .iter_mut()
        .find(|(_, head)| head.status == 200)
        .unwrap();
    assert!(wire.body(head).contains("demo"));
    assert_eq!(gateway.call(BASIC, CHAT).status, 200);
}

#[test]
fn each_endpoint_has_its_own_cap() {
    let gateway = Gateway::start();
    for (path, cap) in [("/api/v1/focus-groups", 5), ("/api/v1/video-analyses/7", 3)] {
        let target = format!("{path}?delay_ms=60000");
        let calls = slow_calls(&gateway, ENTERPRISE, &target, cap + 2);
        assert_eq!(refused(&calls), 2, "{path}");
    }
}

#[test]
fn a_client_that_goes_away_gives_its_place_back() {
    let gateway = Gateway::start();
    let target = "/api/v1/video-analyses?delay_ms=60000";
    let calls: Vec<_> = (0..3)
        .map(|_| {
            let mut wire = gateway.connect();
            wire.get(target, &format!("authorization: Bearer {BASIC}\r\n"));
            assert_eq!(wire.head().status, 200);
            wire
        })
        .collect();
    assert_eq!(gateway.call(BASIC, "/api/v1/video-analyses").status, 429);
    drop(calls);
    let freed = (0..100).any(|_| gateway.call(BASIC, "/api/v1/video-analyses").status == 200);
    assert!(freed);
}

#[test]
fn without_a_key_that_is_known_the_answer_is_401() {
    let gateway = Gateway::start();
    let mut wire = gateway.connect();
    wire.get("/api/v1/x", "");
    let answer = wire.answer();
    assert_eq!(answer.status, 401);
    // That it is there once is seen when the head is read, which bears no header twice.
    assert_eq!(answer.header("www-authenticate"), "Bearer");
    assert!(
        answer.body.contains(r#""code":"missing_api_key""#),
        "{}",
        answer.body
    );
    let answer = wire.call("mvra_live_nobody", "/api/v1/x");
    assert_eq!(answer.status, 401);
    assert!(
        answer.body.contains(r#""code":"invalid_api_key""#),
        "{}",
        answer.body
    );
    assert!(!answer.body.contains("nobody"));
    // Of two credentials, the upstream might believe the one that was not charged.
    wire.get(
        "/",
        &format!("authorization: Bearer {BASIC}\r\nauthorization: Bearer {STARTER}\r\n"),
    );
    assert_eq!(wire.answer().status, 401);
}

#[test]
fn the_limits_are_stated_whatever_the_service_answers() {
    let gateway = Gateway::start();
    let mut wire = gateway.connect();
    for (status, left) in [(404, 119), (500, 118), (204, 117)] {
        let answer = wire.call(BASIC, &format!("/api/v1/x?status={status}"));
        assert_eq!(answer.status, status);
        assert_eq!(answer.number("x-ratelimit-remaining"), left);
        assert!(answer.has("x-ratelimit-limit") && answer.has("x-ratelimit-reset"));
    }
}

#[test]
fn the_policy_among_the_examples_is_the_one_that_is_built_in() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let examples = here.join("../../examples/policies");
    // Outside of the repository there are no examples.
    if examples.exists() {
        let example = std::fs::read_to_string(examples.join("mavera.toml")).unwrap();
        let built_in = std::fs::read_to_string(here.join("policies/mavera.toml")).unwrap();
        assert_eq!(example, built_in);
    }
}
