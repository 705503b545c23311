//! A layer that was told nothing keeps to what responses say.

mod client;

use std::time::Duration;

use client::{Server, answer, get, ok};
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::{Pace, ThrottleLayer};
use tokio::task::JoinSet;
use tower::{Layer, ServiceBuilder, ServiceExt};

#[tokio::test(start_paused = true)]
async fn a_429_pauses_everybody_that_waits() {
    let refusal = Some(answer(429, &[("retry-after", "30")]));
    let server = Server::with_latency([refusal], Duration::from_millis(50));
    let throttle = ThrottleLayer::adaptive()
        .with_pace(Pace::Eager)
        .with_concurrency(1)
        .layer(server.clone());
    let mut all = JoinSet::new();
    for i in 0..4 {
        let answer = throttle.clone().oneshot(get(&format!("/{i}")));
        all.spawn(async { drop(answer.await) }); // its body has held a place until then
        tokio::task::yield_now().await;
    }
    all.join_all().await;
    let times = server.times();
    assert_eq!(times[0], 0);
    // Never earlier than was stated, and later by five seconds at most.
    assert!((30_050..=35_050).contains(&times[1]), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_out_of_a_cache_pauses_for_what_is_left_of_it() {
    let kept = || Some(answer(429, &[("retry-after", "30"), ("age", "2")]));
    let server = Server::new([kept()]);
    let layer = ThrottleLayer::adaptive().with_pause_jitter(Duration::ZERO);
    let throttle = layer.clone().layer(server.clone());
    for path in ["/0", "/1"] {
        throttle.clone().oneshot(get(path)).await.unwrap();
    }
    assert_eq!(server.times(), [0, 28_000]);
    let server = Server::new([kept()]);
    let both = ServiceBuilder::new().layer(RetryLayer::new()).layer(layer);
    both.service(server.clone())
        .oneshot(get("/"))
        .await
        .unwrap();
    assert_eq!(server.times(), [0, 28_000]);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_states_nothing_is_forgotten_for_the_next() {
    let to = |host: u32| {
        let uri = format!("http://h{host}.example/");
        http::Request::get(uri).body(()).unwrap()
    };
    // The fifth finds the map full.
    let silent = (0..5).map(|_| Some(ok()));
    let refusal = Some(answer(429, &[("retry-after", "3000")]));
    let server = Server::new(silent.chain([refusal]));
    let throttle = ThrottleLayer::adaptive()
        .with_max_keys(4)
        .layer(server.clone());
    for host in 0..12 {
        throttle.clone().oneshot(to(host)).await.unwrap();
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    let times = server.times();
    assert!(
        times.last() < Some(&20_000),
        "they share a pause: {times:?}"
    );
}
