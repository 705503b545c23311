//! Refusals over gRPC, as the client layers understand them: 200, and all the rest in the head.

mod client;

use std::time::Duration;

use client::{Answer, Server, answer, get, post};
use ratelimit_core::Quota;
use ratelimit_tower::retry::{RetryBudget, RetryLayer};
use ratelimit_tower::throttle::ThrottleLayer;
use tokio::time::Instant;
use tower::{Layer, ServiceExt};

fn refused(code: &str, headers: &[(&'static str, &str)]) -> Answer {
    let status = [("content-type", "application/grpc"), ("grpc-status", code)];
    Some(answer(200, &[&status[..], headers].concat()))
}

fn pushed_back(code: &str, milliseconds: &str) -> Answer {
    refused(code, &[("grpc-retry-pushback-ms", milliseconds)])
}

/// When a server with this answer to the first of two requests is reached, in milliseconds.
async fn times_after(first: Answer) -> Vec<u128> {
    let server = Server::new([first]);
    let layer = ThrottleLayer::new(Quota::per_second(1000)).with_pause_jitter(Duration::ZERO);
    let throttle = layer.layer(server.clone());
    for path in ["/a", "/b"] {
        let sent = throttle.clone().oneshot(get(path)).await;
        sent.expect("the server answers");
    }
    server.times()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_states_a_wait_pauses_everybody() {
    let after = ("retry-after", "2");
    assert_eq!(times_after(pushed_back("8", "1500")).await, [0, 1500]);
    assert_eq!(times_after(pushed_back("14", "1500")).await, [0, 1500]);
    assert_eq!(times_after(refused("8", &[after])).await, [0, 2000]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_time_does_not_cure_pauses_nobody() {
    assert_eq!(times_after(pushed_back("8", "-1")).await, [0, 0]);
    assert_eq!(times_after(refused("8", &[])).await, [0, 0]);
    assert_eq!(times_after(pushed_back("13", "1500")).await, [0, 0]);
}

/// How often a POST that gets these answers is sent, and how long that takes.
async fn tries(layer: &RetryLayer, answers: impl IntoIterator<Item = Answer>) -> (usize, Duration) {
    let server = Server::new(answers);
    let start = Instant::now();
    let sent = layer.layer(server.clone()).oneshot(post("/")).await;
    sent.expect("the server answers");
    (server.times().len(), start.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_call_is_sent_again_when_the_pushback_is_over() {
    let layer = RetryLayer::new();
    for code in ["8", "14"] {
        let (tries, took) = tries(&layer, [pushed_back(code, "7000")]).await;
        assert_eq!(tries, 2);
        assert!(took >= Duration::from_secs(7));
    }
}

#[tokio::test(start_paused = true)]
async fn a_pushback_of_minus_one_is_never_answered_by_a_retry() {
    let layer = RetryLayer::new();
    let never = ("grpc-retry-pushback-ms", "-1");
    for code in ["8", "14"] {
        assert_eq!(tries(&layer, [refused(code, &[never])]).await.0, 1);
        let both = refused(code, &[never, ("retry-after", "1")]);
        assert_eq!(tries(&layer, [both]).await.0, 1);
    }
    assert_eq!(tries(&layer, [refused("8", &[])]).await.0, 1);
}

#[tokio::test(start_paused = true)]
async fn to_obey_a_limit_costs_nothing_and_a_failure_does() {
    let layer = RetryLayer::new().with_budget(RetryBudget::new(0));
    assert_eq!(tries(&layer, [pushed_back("8", "10")]).await.0, 2);
    assert_eq!(tries(&layer, [pushed_back("14", "10")]).await.0, 1);
}

#[tokio::test(start_paused = true)]
async fn a_pushback_of_nothing_is_backed_off_from() {
    let layer = RetryLayer::new();
    let (sent, took) = tries(&layer, (0..9).map(|_| pushed_back("8", "0"))).await;
    assert_eq!(sent, 5);
    assert!(!took.is_zero());
}
