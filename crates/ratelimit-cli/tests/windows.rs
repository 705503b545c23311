//! What takes a minute to see, with a clock that is moved by hand.

#![allow(clippy::unwrap_used)] // A call that fails is a test that fails.

use http::{Request, Response};
use http_body::Body;
use ratelimit_cli::demo::Demo;
use ratelimit_cli::policy::PolicyFile;
use ratelimit_core::{ManualClock, Memory};
use ratelimit_tower::key::PeerAddr;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tower_layer::Layer;
use tower_service::Service;

/// The demo behind a policy, in a time of its own.
struct Bench<S> {
    service: S,
    clock: ManualClock,
}

type Limited = ratelimit_tower::limit::RateLimit<Demo>;

fn bench(policy: &PolicyFile) -> Bench<Limited> {
    let clock = ManualClock::new();
    let service = policy
        .layer(Memory::builder().clock(clock.clone()))
        .layer(Demo);
    Bench { service, clock }
}

impl Bench<Limited> {
    fn call(&mut self, request: http::request::Builder) -> Response<impl Body + use<>> {
        let mut request = request.body(()).unwrap();
        let peer = "203.0.113.9:4711".parse().unwrap();
        request.extensions_mut().insert(PeerAddr(peer));
        let mut context = Context::from_waker(Waker::noop());
        // Neither memory nor the demo ever waits.
        let answer = pin!(self.service.call(request)).as_mut().poll(&mut context);
        let Poll::Ready(Ok(response)) = answer else {
            panic!("an answer was to be there at once");
        };
        response
    }

    fn status(&mut self, key: &str) -> u16 {
        let request = Request::get("/api/v1/x").header("authorization", format!("Bearer {key}"));
        self.call(request).status().as_u16()
    }
}

fn number(response: &Response<impl Body>, name: &str) -> u64 {
    response.headers()[name].to_str().unwrap().parse().unwrap()
}

#[test]
fn a_call_exactly_after_retry_after_passes_and_not_one_before() {
    let mut bench = bench(&PolicyFile::built_in().unwrap());
    for _ in 0..60 {
        assert_eq!(bench.status("mvra_live_starter"), 200);
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
    assert_eq!(bench.status("mvra_live_starter"), 429);
    bench.clock.advance(Duration::from_nanos(1));
    assert_eq!(bench.status("mvra_live_starter"), 200);
    assert_eq!(bench.status("mvra_live_starter"), 429);
}

#[test]
fn never_more_than_the_limit_in_any_sixty_seconds() {
    const STEP: u64 = 50;
    let mut bench = bench(&PolicyFile::built_in().unwrap());
    for (key, limit) in [
        ("starter", 60),
        ("basic", 120),
        ("professional", 240),
        ("enterprise", 600),
    ] {
        let key = format!("mvra_live_{key}");
        let mut admitted: Vec<u64> = Vec::new();
        for at in (0..4_000).map(|n| n * STEP) {
            if bench.status(&key) == 200 {
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
    let mut bench = bench(&PolicyFile::parse("p.toml", &text).unwrap());
    for _ in 0..600 {
        assert_eq!(bench.status("mvra_live_enterprise"), 200);
        bench.clock.advance(Duration::from_millis(50));
    }
    bench.clock.advance(Duration::from_secs(30));
    // The first call has just left the window, and only that one.
    assert_eq!(bench.status("mvra_live_enterprise"), 200);
    assert_eq!(bench.status("mvra_live_enterprise"), 429);
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
    let mut bench = bench(&policy.unwrap());
    let get = |path: &str| Request::get(path.to_owned());
    let paid = |request: http::request::Builder| request.header("api-key", "k");
    for _ in 0..3 {
        assert_eq!(bench.call(paid(get("/"))).status(), 200);
    }
    let refused = bench.call(paid(get("/")));
    assert_eq!(refused.status(), 429);
    assert_eq!(
        refused.headers()["content-type"],
        "application/problem+json"
    );
    assert_eq!(
        refused.headers()["ratelimit-policy"],
        r#""burst";q=2;w=1, "day";q=9;qu="requests";w=86400"#
    );
    assert!(!refused.headers().contains_key("x-ratelimit-limit"));
    // Instead of the plan, a cap; and a permit that is held is a wait of seven seconds.
    let held = bench.call(paid(get("/video")));
    assert_eq!(held.status(), 200);
    let refused = bench.call(paid(get("/video/1")));
    assert_eq!(
        (refused.status().as_u16(), number(&refused, "retry-after")),
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
    let mut bench = bench(&PolicyFile::parse("p.toml", &text).unwrap());
    for _ in 0..100 {
        assert_eq!(bench.status("mvra_live_starter"), 200);
    }
    assert_eq!(bench.status("nobody"), 200);
}
