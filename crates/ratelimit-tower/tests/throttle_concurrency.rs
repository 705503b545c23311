//! A request is in flight until its body ends.

mod client;

use std::time::Duration;

use client::{Server, get};
use http_body_util::BodyExt;
use ratelimit_core::Quota;
use ratelimit_tower::throttle::{Throttle, ThrottleLayer};
use tokio_test::{assert_pending, assert_ready};
use tower::{Layer, ServiceExt};

fn capped(server: &Server, cap: u32) -> Throttle<Server> {
    ThrottleLayer::new(Quota::per_second(1000))
        .with_concurrency(cap)
        .layer(server.clone())
}

#[tokio::test(start_paused = true)]
async fn a_place_is_held_until_the_body_has_been_read() {
    let server = Server::new([]);
    let throttle = capped(&server, 1);
    let response = throttle.clone().oneshot(get("/0")).await.unwrap();
    let mut next = tokio_test::task::spawn(throttle.oneshot(get("/1")));
    assert_pending!(next.poll());
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert!(!next.is_woken());
    response.into_body().collect().await.unwrap();
    assert!(next.is_woken());
    assert_ready!(next.poll()).unwrap();
    assert_eq!(server.times(), [0, 4000]);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_dropped_frees_its_place() {
    let server = Server::new([]);
    let throttle = capped(&server, 1);
    let response = throttle.clone().oneshot(get("/0")).await.unwrap();
    let mut next = tokio_test::task::spawn(throttle.oneshot(get("/1")));
    assert_pending!(next.poll());
    drop(response);
    assert_ready!(next.poll()).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_future_that_is_dropped_or_fails_frees_its_place() {
    let server = Server::with_latency([Some(client::ok()), None], Duration::from_secs(5));
    let throttle = capped(&server, 1);
    let mut first = tokio_test::task::spawn(throttle.clone().oneshot(get("/0")));
    assert_pending!(first.poll());
    drop(first);
    throttle.clone().oneshot(get("/1")).await.unwrap_err();
    throttle.oneshot(get("/2")).await.unwrap();
    assert_eq!(server.times(), [0, 0, 5000]);
}

#[tokio::test(start_paused = true)]
async fn never_more_than_the_cap_are_in_flight() {
    let server = Server::with_latency([], Duration::from_secs(1));
    let throttle = capped(&server, 3);
    let calls = (0..9).map(|_| tokio::spawn(throttle.clone().oneshot(get("/"))));
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!(
        server.times(),
        [0, 0, 0, 1000, 1000, 1000, 2000, 2000, 2000]
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_nobody_polls_any_more_holds_up_nobody() {
    let server = Server::with_latency([], Duration::from_secs(1));
    let throttle = capped(&server, 1);
    let first = throttle.clone().oneshot(get("/0"));
    let first = tokio::spawn(async { drop(first.await.unwrap()) });
    tokio::task::yield_now().await;
    let mut idle = tokio_test::task::spawn(throttle.clone().oneshot(get("/1")));
    assert_pending!(idle.poll());
    let third = tokio::time::timeout(Duration::from_secs(30), throttle.clone().oneshot(get("/2")));
    third.await.expect("it goes").unwrap();
    first.await.unwrap();
    assert_eq!(server.paths(), ["/0", "/2"]);
}
