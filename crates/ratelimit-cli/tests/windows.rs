//! What takes a minute to see, with a clock that is moved by hand.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

mod common;

use common::bench::{Bench, Told};
use http::Request;
use ratelimit_cli::policy::PolicyFile;
use std::time::Duration;

fn status(bench: &mut Bench, key: &str) -> u16 {
    bench.get(key, "/api/v1/x").status()
}

fn number(told: &Told, name: &str) -> u64 {
    told.number(name)
}

#[test]
fn a_call_exactly_after_retry_after_passes_and_not_one_before() {
    let mut bench = Bench::of(&PolicyFile::built_in().unwrap());
    for _ in 0..60 {
        assert_eq!(status(&mut bench, "mvra_live_starter"), 200);
        bench.clock.advance(Duration::from_millis(100));
    }
    // The first call leaves the window 60 s after it was made, 6 s of which have passed.
    let request = Request::get("/").header("authorization", "Bearer mvra_live_starter");
    let refused = bench.call(request);
    assert_eq!(refused.status(), 429);
    assert_eq!(number(&refused, "retry-after"), 54);
    bench
        .clock
        .advance(Duration::from_secs(54) - Duration::from_nanos(1));
    assert_eq!(status(&mut bench, "mvra_live_starter"), 429);
    bench.clock.advance(Duration::from_nanos(1));
    assert_eq!(status(&mut bench, "mvra_live_starter"), 200);
    assert_eq!(status(&mut bench, "mvra_live_starter"), 429);
}

#[test]
fn never_more_than_the_limit_in_any_sixty_seconds() {
    const STEP: u64 = 50;
    let mut bench = Bench::of(&PolicyFile::built_in().unwrap());
    for (key, limit) in [
        ("starter", 60),
        ("basic", 120),
        ("professional", 240),
        ("enterprise", 600),
    ] {
        let key = format!("mvra_live_{key}");
        let mut admitted: Vec<u64> = Vec::new();
        for at in (0..4_000).map(|n| n * STEP) {
            if status(&mut bench, &key) == 200 {
                admitted.push(at);
            }
            bench.clock.advance(Duration::from_millis(STEP));
        }
        let in_a_window = |from: &u64| {
            admitted
                .iter()
                .filter(|at| (*from..from + 60_000).contains(at))
                .count()
        };
        assert_eq!(admitted.iter().map(in_a_window).max(), Some(limit));
    }
}

#[test]
fn a_small_store_keeps_the_longest_log_whole() {
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/policies/mavera.toml"));
    let text = text.unwrap() + "\n[store]\ncapacity = 10\n";
    let mut bench = Bench::of(&PolicyFile::parse("p.toml", &text).unwrap());
    for _ in 0..600 {
        assert_eq!(status(&mut bench, "mvra_live_enterprise"), 200);
        bench.clock.advance(Duration::from_millis(50));
    }
    bench.clock.advance(Duration::from_secs(30));
    // The first call has just left the window, and only that one.
    assert_eq!(status(&mut bench, "mvra_live_enterprise"), 200);
    assert_eq!(status(&mut bench, "mvra_live_enterprise"), 429);
}

#[test]
fn what_a_file_can_say_is_enforced() {
    let policy = PolicyFile::parse(
        "p.toml",
        r#"
        version = 1
        name = "everything"
        skip = ["/healthz"]
        [caller]
        key = "header:api-key"
        anonymous = "by-address:guest"
        unknown = "together:guest"
        [responses]
        headers = ["ietf"]
        upstream-headers = "replace"
        concurrency-retry-after = 7
        [store]
        capacity = 1000
        when-full = "admit"
        [plans.guest]
        policies = [{ name = "hour", quota = "1/1h", algorithm = "fixed-window" }]
        [plans.paid]
        policies = [
            { name = "burst", quota = "2/1s;burst=3", algorithm = "gcra" },
            { name = "day", quota = "9/1d", algorithm = "sliding-counter", unit = "requests" },
        ]
        [[endpoints]]
        prefix = "/report"
        method = "POST"
        policies = [{ name = "reports", quota = "1/1h", algorithm = "sliding-log" }]
        [[endpoints]]
        prefix = "/video"
        policies = [{ name = "video", concurrency = 1 }]
        instead = true
        [[keys]]
        key = "k"
        plan = "paid"
        "#,
    );
    let mut bench = Bench::of(&policy.unwrap());
    let get = |path: &str| Request::get(path.to_owned());
    let paid = |request: http::request::Builder| request.header("api-key", "k");
    for _ in 0..3 {
        assert_eq!(bench.call(paid(get("/"))).status(), 200);
    }
    let refused = bench.call(paid(get("/")));
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(
        refused.header("ratelimit-policy"),
        r#""burst";q=2;w=1, "day";q=9;qu="requests";w=86400"#
    );
    assert!(!refused.has("x-ratelimit-limit"));
    // Instead of the plan, a cap; and a permit that is held is a wait of seven seconds.
    let held = bench.call(paid(get("/video")));
    assert_eq!(held.status(), 200);
    let refused = bench.call(paid(get("/video/1")));
    assert_eq!(
        (refused.status(), number(&refused, "retry-after")),
        (429, 7)
    );
    drop(held);
    assert_eq!(bench.call(paid(get("/video"))).status(), 200);
    // Beside the plan, for one method.
    bench.clock.advance(Duration::from_secs(1));
    assert_eq!(bench.call(paid(Request::post("/report"))).status(), 200);
    assert_eq!(bench.call(paid(Request::post("/report"))).status(), 429);
    assert_eq!(bench.call(paid(get("/report"))).status(), 200);
    // Without a key: the address. With an unknown one: all together. What is skipped is not counted.
    assert_eq!(bench.call(get("/")).status(), 200);
    assert_eq!(bench.call(get("/")).status(), 429);
    assert_eq!(bench.call(get("/").header("api-key", "x")).status(), 200);
    assert_eq!(bench.call(get("/").header("api-key", "y")).status(), 429);
    assert_eq!(bench.call(get("/healthz")).status(), 200);
    assert_eq!(bench.call(get("/healthz/../x")).status(), 429);
}

#[test]
fn a_shadow_refuses_nobody() {
    let text = include_str!("../policies/mavera.toml")
        .replace("version = 1", "version = 1\nshadow = true");
    let mut bench = Bench::of(&PolicyFile::parse("p.toml", &text).unwrap());
    for _ in 0..100 {
        assert_eq!(status(&mut bench, "mvra_live_starter"), 200);
    }
    assert_eq!(status(&mut bench, "nobody"), 200);
}
