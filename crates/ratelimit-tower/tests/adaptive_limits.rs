//! What an adaptive layer makes of limits that are stated.

mod client;

use std::time::Duration;

use client::{Answer, Server, answer, get, ok};
use http::Request;
use ratelimit_core::{Plan, Policy, Quota};
use ratelimit_tower::throttle::{Pace, RefusalReason, ThrottleError, ThrottleLayer};
use tokio::time::Instant;
use tower::{Layer, ServiceExt};

const SECOND: Duration = Duration::from_secs(1);

fn eager() -> ThrottleLayer {
    ThrottleLayer::adaptive()
        .with_pace(Pace::Eager)
        .with_pause_jitter(Duration::ZERO)
}

fn stating(headers: &[(&'static str, &str)]) -> Answer {
    Some(answer(200, headers))
}

/// Sends one after the other; when each was sent.
async fn send(
    layer: &ThrottleLayer,
    answers: impl IntoIterator<Item = Answer>,
    requests: usize,
) -> Vec<u128> {
    let server = Server::new(answers);
    let throttle = layer.layer(server.clone());
    for _ in 0..requests {
        drop(throttle.clone().oneshot(get("/")).await);
    }
    server.times()
}

/// `r` are left, for so many seconds.
fn ietf(policies: &str, left: &str) -> Answer {
    stating(&[("ratelimit-policy", policies), ("ratelimit", left)])
}

#[tokio::test(start_paused = true)]
async fn of_several_policies_each_binds() {
    let policies = r#""minute";q=60;w=60, "day";q=1000;w=86400"#;
    let fine = ietf(policies, r#""minute";r=59;t=60, "day";r=900;t=600"#);
    let day = ietf(policies, r#""minute";r=58;t=60, "day";r=0;t=600"#);
    let times = send(&eager(), [fine, day], 3).await;
    assert!(times[1] < 2000, "{times:?}");
    assert!(times[2] >= times[1] + 600_000, "{times:?}");
    let minute = ietf(policies, r#""minute";r=0;t=30, "day";r=900;t=600"#);
    let times = send(&eager(), [minute], 2).await;
    assert!((30_000..70_000).contains(&times[1]), "{times:?}");
}

/// What OpenAI states.
fn tokens(left: &str) -> Answer {
    stating(&[
        ("x-ratelimit-limit-requests", "1000"),
        ("x-ratelimit-remaining-requests", "999"),
        ("x-ratelimit-reset-requests", "60s"),
        ("x-ratelimit-limit-tokens", "10000"),
        ("x-ratelimit-remaining-tokens", left),
        ("x-ratelimit-reset-tokens", "50s"),
    ])
}

fn costly(request: &ratelimit_tower::client::Outgoing<'_>) -> u32 {
    match request.path() {
        "/costly" => 5000,
        _ => 10,
    }
}

#[tokio::test(start_paused = true)]
async fn requests_and_tokens_are_two_limits() {
    let server = Server::new([tokens("3000"), tokens("2990")]);
    let throttle = eager().with_cost_of("tokens", costly).layer(server.clone());
    for path in ["/", "/cheap", "/costly"] {
        drop(throttle.clone().oneshot(get(path)).await);
    }
    let times = server.times();
    assert!(
        times[1] < 5000,
        "there are tokens enough for a cheap one: {times:?}"
    );
    assert!(times[2] >= 10_000, "and not for a costly one: {times:?}");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_gave_a_cost_of_holds_back_only_if_each_request_surely_uses_it() {
    let credits = || {
        ietf(
            r#""minute";q=60;w=60, "month";q=1000;qu="credits";w=2678400"#,
            r#""minute";r=59;t=60, "month";r=0;t=3000"#,
        )
    };
    let times = send(&eager(), [credits()], 2).await;
    assert!(times[1] < 2000, "{times:?}");
    let named = eager().with_cost_of("credits", |_| 1);
    let times = send(&named, [credits()], 2).await;
    assert!(times[1] >= 3_000_000, "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_response_from_a_cache_teaches_nothing_and_counts_for_nothing() {
    let cached = stating(&[
        ("age", "5"),
        ("x-ratelimit-limit", "60"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "50"),
    ]);
    let server = Server::new([cached]);
    let layer = eager();
    let throttle = layer.layer(server.clone());
    drop(throttle.clone().oneshot(get("/")).await);
    let gate = layer.gate(&get("/")).unwrap();
    assert!(gate.outlook().is_empty());
    drop(throttle.clone().oneshot(get("/")).await);
    assert_eq!(server.times(), [0, 0]);
}

fn used_up() -> Answer {
    ietf(r#""m";q=60;w=60"#, r#""m";r=0;t=30"#)
}

#[tokio::test(start_paused = true)]
async fn clones_and_services_of_one_layer_learn_together_and_hosts_apart() {
    let layer = eager();
    let server = Server::new([used_up()]);
    let (one, other) = (
        layer.layer(server.clone()),
        layer.clone().layer(server.clone()),
    );
    drop(one.oneshot(get("/first")).await);
    let elsewhere = Request::get("http://elsewhere.example/").body(()).unwrap();
    drop(other.clone().oneshot(elsewhere).await);
    drop(other.oneshot(get("/second")).await);
    let times = server.times();
    assert_eq!(times[1], 0);
    assert!(times[2] >= 30_000, "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn who_cannot_go_in_time_is_told_at_once_when_it_could() {
    let server = Server::new([used_up()]);
    let throttle = eager().with_max_wait(10 * SECOND).layer(server.clone());
    drop(throttle.clone().oneshot(get("/")).await);
    let start = Instant::now();
    match throttle.oneshot(get("/")).await {
        Err(ThrottleError::Refused(refused)) => {
            assert_eq!(refused.reason(), RefusalReason::Deadline);
            assert!(refused.retry_after().unwrap() >= 30 * SECOND);
        }
        _ => panic!("nothing is left"),
    }
    assert!(start.elapsed().is_zero());
    assert_eq!(server.times(), [0]);
}

#[tokio::test(start_paused = true)]
async fn a_full_line_says_so() {
    let server = Server::with_latency([], SECOND);
    let throttle = eager().with_max_waiting(1).layer(server);
    let first = tokio::spawn(throttle.clone().oneshot(get("/")));
    tokio::task::yield_now().await;
    // Before the first answer nobody else goes.
    let second = tokio::spawn(throttle.clone().oneshot(get("/")));
    tokio::task::yield_now().await;
    match throttle.oneshot(get("/")).await {
        Err(ThrottleError::Refused(refused)) => assert_eq!(refused.reason(), RefusalReason::Full),
        _ => panic!("there is room for one"),
    }
    assert!(first.await.unwrap().is_ok() && second.await.unwrap().is_ok());
}

#[tokio::test(start_paused = true)]
async fn what_fails_or_is_given_up_holds_nobody_back() {
    let broken = None;
    let server = Server::with_latencies([
        (broken, SECOND),
        (Some(ok()), 100 * SECOND),
        (Some(ok()), SECOND),
    ]);
    let throttle = eager().layer(server.clone());
    assert!(throttle.clone().oneshot(get("/broken")).await.is_err());
    // Given up while it is under way.
    let slow = throttle.clone().oneshot(get("/slow"));
    assert!(tokio::time::timeout(SECOND, slow).await.is_err());
    throttle.clone().oneshot(get("/next")).await.unwrap();
    assert_eq!(server.times(), [0, 1000, 2000]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_over_grpc_pauses_everybody() {
    let refusal = stating(&[("grpc-status", "8"), ("grpc-retry-pushback-ms", "4000")]);
    let times = send(&eager(), [refusal], 2).await;
    assert_eq!(times, [0, 4000]);
    // One that does not say when to come again may be about anything.
    let other = stating(&[("grpc-status", "8")]);
    let times = send(&eager(), [other], 2).await;
    assert_eq!(times, [0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_plan_holds_beside_what_is_learnt() {
    let plenty = || ietf(r#""m";q=6000;w=60"#, r#""m";r=5000;t=30"#);
    let slow = eager().with_plan(Quota::per_second(1).burst(1));
    let times = send(&slow, [plenty(), plenty(), plenty()], 4).await;
    assert_eq!(times, [0, 1000, 2000, 3000]);
    let apart = eager().with_min_interval(2 * SECOND);
    let times = send(&apart, [plenty(), plenty()], 3).await;
    assert_eq!(times, [0, 2000, 4000]);
}

#[tokio::test(start_paused = true)]
async fn a_part_of_each_limit_can_be_left_to_others() {
    let left = |n: &str| ietf(r#""m";q=100;w=60"#, &format!(r#""m";r={n};t=40"#));
    let layer = eager().with_percent_of_limit(50);
    let times = send(&layer, [left("50")], 2).await;
    assert!(times[1] >= 40_000, "the rest is for others: {times:?}");
    let times = send(&eager(), [left("50")], 2).await;
    assert!(times[1] < 2000, "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn what_it_has_really_cost_corrects_the_plan() {
    let plan = Plan::new(
        "tokens",
        [Policy::gcra("tokens", Quota::per_second(10).burst(100)).with_unit("tokens")],
    );
    let cost = |n: &'static str| stating(&[("x-tokens-used", n)]);
    let layer = ThrottleLayer::new(plan.unwrap())
        .with_cost_of("tokens", |_| 50)
        .with_actual_cost_of("tokens", |_, headers| {
            headers.get("x-tokens-used")?.to_str().ok()?.parse().ok()
        });
    // It was dearer than expected: 20 of 100 are left.
    let times = send(&layer, [cost("80")], 2).await;
    assert_eq!(times, [0, 3000]);
    // Or cheaper.
    let layer = layer.with_min_interval(Duration::ZERO); // a budget of its own
    let times = send(&layer, [cost("1"), cost("1"), cost("1")], 4).await;
    assert_eq!(times, [0, 0, 0, 0]);
}
