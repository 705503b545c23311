//! What maviapi promises: a limit on requests, and credits that only successes spend.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::Gateway;
use common::bench::{Bench, example};

/// 2024-02-10T12:00:00Z; the minute has just begun, and March begins 19 days and 12 hours later.
const NOW: u64 = 1_707_566_400;
const TO_MARCH: u64 = (19 * 24 + 12) * 3_600;

fn bench() -> Bench {
    Bench::at(NOW, &example("maviapi.toml"))
}

#[test]
fn every_response_has_the_limit_and_the_version() {
    let gateway = Gateway::example("maviapi.toml");
    let mut wire = gateway.connect();
    for (target, status) in [
        ("/v4/data/oslo", 200),
        ("/v4/about", 200),
        ("/v4/data/oslo?status=422", 422),
        ("/?status=500", 500),
    ] {
        let answer = wire.call("mavi_starter", target);
        assert_eq!(answer.status, status);
        assert_eq!(answer.number("x-ratelimit-limit"), 60);
        assert!(answer.number("x-ratelimit-remaining") < 60);
        assert!(answer.number("x-ratelimit-reset") > 1_700_000_000);
        assert_eq!(answer.header("x-maviapi-version"), "4");
        assert!(!answer.has("retry-after"));
    }
    let answer = wire.call("nobody", "/v4/data");
    assert_eq!(
        (answer.status, answer.header("x-maviapi-version")),
        (401, "4")
    );
}

#[test]
fn over_sockets_the_429_says_when_and_that_nothing_remains() {
    let gateway = Gateway::example("maviapi.toml");
    let mut wire = gateway.connect();
    // A minute may end while this goes on, and another begin.
    let refused = (0..121)
        .map(|_| wire.call("mavi_starter", "/v4/about"))
        .find(|answer| answer.status != 200)
        .unwrap();
    assert_eq!(refused.status, 429);
    assert_eq!(refused.number("x-ratelimit-remaining"), 0);
    let wait = refused.number("retry-after");
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(refused.header("x-maviapi-version"), "4");
    assert!(
        refused.body.contains(r#""code":"rate_limit_exceeded""#),
        "{}",
        refused.body
    );
}

#[test]
fn the_wait_is_exactly_what_is_said() {
    let mut bench = bench();
    for remaining in (0..60).rev() {
        let told = bench.get("mavi_starter", "/v4/about");
        assert_eq!(told.number("x-ratelimit-remaining"), remaining);
        assert_eq!(told.number("x-ratelimit-reset"), NOW + 60);
    }
    bench.advance(52);
    let refused = bench.get("mavi_starter", "/v4/about");
    assert_eq!((refused.status(), refused.number("retry-after")), (429, 8));
    bench.advance(7);
    assert_eq!(bench.get("mavi_starter", "/v4/about").status(), 429);
    bench.advance(1);
    assert_eq!(bench.get("mavi_starter", "/v4/about").status(), 200);
}

#[test]
fn a_credit_is_spent_by_a_data_call_that_succeeds_and_by_nothing_else() {
    let gateway = Gateway::example("maviapi.toml");
    let mut wire = gateway.connect();
    let mut call = |target: &str| wire.call("mavi_empty", target);
    for free in [
        "?status=422",
        "?status=404",
        "?status=500",
        "?status=429",
        "?status=301",
    ] {
        for _ in 0..3 {
            let status = call(&format!("/v4/data/oslo{free}")).status;
            assert_eq!(status.to_string(), free["?status=".len()..]);
        }
    }
    assert_eq!(call("/v4/about").status, 200);
    assert_eq!(call("/v4/data/oslo").status, 200);
    assert_eq!(call("/v4/data").status, 200);
    let unpaid = call("/v4/data/oslo");
    assert_eq!(unpaid.status, 402);
    assert_eq!(unpaid.header("content-type"), "application/json");
    assert!(!unpaid.has("retry-after"));
    assert_eq!(
        unpaid.body,
        r#"{"error":{"message":"Out of credits: all 2 of this month are used. Upgrade your plan, or come back when the next month begins.","type":"billing_error","code":"out_of_credits","param":null}}"#
    );
    // It is the limit on requests that is shown, of which there are some left.
    assert_eq!(unpaid.number("x-ratelimit-limit"), 60);
    assert!(unpaid.number("x-ratelimit-remaining") > 0);
    assert_eq!(unpaid.header("x-maviapi-version"), "4");
    // However the path is spelt, and nothing else is affected.
    assert_eq!(call("/v4//data/%6Fslo").status, 402);
    assert_eq!(call("/v4/about").status, 200);
    assert_eq!(wire.call("mavi_starter", "/v4/data").status, 200);
}

#[test]
fn a_refusal_spends_no_credit_and_the_month_brings_new_ones() {
    let mut bench = bench();
    for _ in 0..60 {
        bench.get("mavi_empty", "/v4/about");
    }
    assert_eq!(bench.get("mavi_empty", "/v4/data").status(), 429);
    bench.advance(60);
    for _ in 0..2 {
        let told = bench.get("mavi_empty", "/v4/data");
        assert_eq!(told.status(), 200);
        drop(told.text());
    }
    assert_eq!(bench.get("mavi_empty", "/v4/data").status(), 402);
    bench.advance(TO_MARCH - 60 - 1);
    assert_eq!(bench.get("mavi_empty", "/v4/data").status(), 402);
    bench.advance(1);
    assert_eq!(bench.get("mavi_empty", "/v4/data").status(), 200);
}

#[test]
fn credits_that_are_being_spent_are_not_spent_twice() {
    let mut bench = bench();
    // Two are under way: until they have ended nobody knows what they cost.
    let first = bench.get("mavi_empty", "/v4/data?status=500");
    let second = bench.get("mavi_empty", "/v4/data");
    assert_eq!(bench.get("mavi_empty", "/v4/data").status(), 402);
    drop((first.text(), second.text()));
    assert_eq!(bench.get("mavi_empty", "/v4/data").status(), 200);
    assert_eq!(bench.get("mavi_empty", "/v4/data").status(), 402);
}
