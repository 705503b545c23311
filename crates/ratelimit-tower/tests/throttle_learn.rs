//! What a server's answers do to those who wait.

mod client;

use std::time::Duration;

use client::{Answer, Server, answer, get, ok};
use ratelimit_core::{Clock, ManualClock, Quota};
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::{RefusalReason, Throttle, ThrottleError, ThrottleLayer};
use tokio::task::JoinSet;
use tower::{Layer, Service, ServiceExt};

const SECOND: Duration = Duration::from_secs(1);

fn limits(status: u16, remaining: &str, reset: &str) -> Answer {
    let rate = format!(r#""default";r={remaining};t={reset}"#);
    let policy = r#""default";q=100;w=60"#;
    Some(answer(
        status,
        &[("ratelimit", &rate), ("ratelimit-policy", policy)],
    ))
}

/// A plan that never binds, and no jitter, so that times are exact.
fn layer() -> ThrottleLayer {
    ThrottleLayer::new(Quota::per_second(1000)).with_pause_jitter(Duration::ZERO)
}

/// Sends one, and when its answer is there the others at once.
async fn send(throttle: &Throttle<Server>, others: usize) {
    let first = throttle.clone().oneshot(get("/first")).await;
    first.expect("the server answers");
    let mut all = JoinSet::new();
    for i in 0..others {
        all.spawn(throttle.clone().oneshot(get(&format!("/{i}"))));
        tokio::task::yield_now().await;
    }
    all.join_all().await;
}

#[track_caller]
fn assert_times(server: &Server, expected: &[u128]) {
    assert_eq!(server.times(), expected);
}

#[tokio::test(start_paused = true)]
async fn what_is_left_is_spread_over_the_time_to_the_reset() {
    let left = |n: &str, t: &str| limits(200, n, t);
    let server = Server::new([
        left("4", "20"),
        left("3", "15"),
        left("2", "10"),
        left("1", "5"),
    ]);
    send(&layer().layer(server.clone()), 4).await;
    assert_times(&server, &[0, 5000, 10_000, 15_000, 20_000]);
}

#[tokio::test(start_paused = true)]
async fn what_not_every_request_uses_holds_nobody_back() {
    let stating = |unit: &str| {
        let policy = format!(r#""minute";q=60;w=60, "other";q=3;qu="{unit}";w=2678400"#);
        let rate = r#""minute";r=59;t=40, "other";r=0;t=30"#;
        let headers = [("ratelimit", rate), ("ratelimit-policy", &policy)];
        Some(answer(200, &headers))
    };
    // Of a month's credits that are used up nobody knows which requests need one.
    let server = Server::new([stating("credits")]);
    send(&layer().layer(server.clone()), 1).await;
    assert_times(&server, &[0, 0]);
    // Unless it was said.
    let server = Server::new([stating("credits")]);
    let spending = layer().with_cost_of("credits", |_| 1);
    send(&spending.layer(server.clone()), 1).await;
    assert_times(&server, &[0, 30_000]);
    // Tokens are what each request to a language model uses.
    let server = Server::new([stating("tokens")]);
    send(&layer().layer(server.clone()), 1).await;
    assert_times(&server, &[0, 30_000]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_spread_while_enough_is_left_and_the_threshold_can_be_set() {
    let server = Server::new([limits(200, "11", "60")]);
    send(&layer().layer(server.clone()), 2).await;
    assert_times(&server, &[0, 0, 0]);

    let server = Server::new([limits(200, "11", "55")]);
    send(&layer().with_low_threshold(11).layer(server.clone()), 2).await;
    assert_times(&server, &[0, 5000, 10_000]); // the second answer says nothing: the pace stays
}

#[tokio::test(start_paused = true)]
async fn a_gap_that_headers_ask_for_is_capped() {
    let wide = || {
        Some(answer(
            200,
            &[
                ("ratelimit", r#""day";r=2;t=40000"#),
                ("ratelimit-policy", r#""day";q=100;w=86400"#),
            ],
        ))
    };
    let server = Server::new([wide(), wide()]);
    send(&layer().layer(server.clone()), 2).await;
    assert_times(&server, &[0, 30_000, 60_000]);
    let server = Server::new([wide(), wide()]);
    let short = layer().with_longest_gap(2 * SECOND);
    send(&short.layer(server.clone()), 2).await;
    assert_times(&server, &[0, 2000, 4000]);
}

#[tokio::test(start_paused = true)]
async fn when_nothing_is_left_the_reset_is_waited_for_beyond_the_cap_of_gaps() {
    let server = Server::new([limits(200, "0", "55")]);
    send(&layer().layer(server.clone()), 2).await;
    assert_times(&server, &[0, 55_000, 55_000]);
}

#[tokio::test(start_paused = true)]
async fn an_epoch_reset_is_read_by_the_injected_wall_clock() {
    let wall = ManualClock::starting_at(1_700_000_000 * SECOND);
    assert_eq!(wall.unix(wall.now()), 1_700_000_000 * SECOND);
    let epoch = answer(
        200,
        &[
            ("x-ratelimit-limit", "60"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1700000042"),
        ],
    );
    let server = Server::new([Some(epoch)]);
    send(&layer().with_wall_clock(wall).layer(server.clone()), 1).await;
    assert_times(&server, &[0, 42_000]);
}

#[tokio::test(start_paused = true)]
async fn a_429_pauses_everybody_also_those_who_wait_already() {
    let refusal = Some(answer(429, &[("retry-after", "30")]));
    // The first answer comes when the others are in the queue.
    let server = Server::with_latency([refusal], Duration::from_millis(50));
    let throttle = ThrottleLayer::new(Quota::per_second(10).burst(1))
        .with_pause_jitter(Duration::ZERO)
        .layer(server.clone());
    let mut all = JoinSet::new();
    for i in 0..4 {
        all.spawn(throttle.clone().oneshot(get(&format!("/{i}"))));
        tokio::task::yield_now().await;
    }
    all.join_all().await;
    assert_times(&server, &[0, 30_050, 30_150, 30_250]);
    assert_eq!(server.paths(), ["/0", "/1", "/2", "/3"]);
}

#[tokio::test(start_paused = true)]
async fn after_a_pause_they_do_not_all_leave_in_the_same_instant() {
    let refusal = Some(answer(429, &[("retry-after", "30")]));
    let server = Server::new([refusal]);
    let burst = ThrottleLayer::new(Quota::per_second(10)).with_pause_jitter(Duration::ZERO);
    send(&burst.layer(server.clone()), 5).await;
    assert_times(&server, &[0, 30_000, 30_100, 30_200, 30_300, 30_400]);
}

#[tokio::test(start_paused = true)]
async fn jitter_only_lengthens_a_pause() {
    let mut seen = Vec::new();
    for _ in 0..100 {
        let server = Server::new([Some(answer(429, &[("retry-after", "2")]))]);
        let throttle = ThrottleLayer::new(Quota::per_second(1000)).layer(server.clone());
        send(&throttle, 1).await;
        seen.push(server.times()[1]);
    }
    assert!(seen.iter().all(|at| (2000..=3201).contains(at)), "{seen:?}");
    let spread = seen.iter().max().unwrap() - seen.iter().min().unwrap();
    assert!(spread > 600, "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn a_503_pauses_only_when_it_says_how_long() {
    let server = Server::new([Some(answer(503, &[("retry-after", "7")]))]);
    send(&layer().layer(server.clone()), 1).await;
    assert_times(&server, &[0, 7000]);
    let server = Server::new([Some(answer(503, &[]))]);
    send(&layer().layer(server.clone()), 1).await;
    assert_times(&server, &[0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_429_without_retry_after_means_the_reset_or_a_default() {
    let server = Server::new([limits(429, "0", "12")]);
    send(&layer().layer(server.clone()), 1).await;
    assert_times(&server, &[0, 12_000]);
    let server = Server::new([Some(answer(429, &[]))]);
    send(&layer().layer(server.clone()), 1).await;
    assert_times(&server, &[0, 1000]);
    let server = Server::new([Some(answer(429, &[]))]);
    let slow = layer().with_default_pause(20 * SECOND);
    send(&slow.layer(server.clone()), 1).await;
    assert_times(&server, &[0, 20_000]);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_not_undercut_by_a_nearer_reset_or_by_better_news() {
    let refusal = answer(
        429,
        &[("retry-after", "30"), ("ratelimit", r#""default";r=0;t=3"#)],
    );
    let server = Server::with_latency([Some(refusal), Some(ok())], SECOND);
    let throttle = layer().layer(server.clone());
    let both = [get("/0"), get("/1")].map(|r| tokio::spawn(throttle.clone().oneshot(r)));
    for call in both {
        call.await.unwrap().unwrap();
    }
    throttle.oneshot(get("/2")).await.unwrap();
    assert_times(&server, &[0, 0, 31_000]);
}

#[tokio::test(start_paused = true)]
async fn what_is_learnt_is_never_faster_than_the_plan() {
    let server = Server::new([limits(200, "10", "1"), limits(200, "9", "1")]);
    let throttle = ThrottleLayer::new(Quota::per_second(1).burst(1)).layer(server.clone());
    send(&throttle, 2).await;
    assert_times(&server, &[0, 1000, 2000]);
}

#[tokio::test(start_paused = true)]
async fn without_learning_only_the_plan_counts() {
    let server = Server::new([Some(answer(429, &[("retry-after", "30")]))]);
    send(&layer().without_learning().layer(server.clone()), 1).await;
    assert_times(&server, &[0, 0]);
}

/// How the response's future prints itself.
async fn printed<S, R>(service: S, request: R) -> String
where
    S: Service<R, Error: std::fmt::Debug, Future: std::fmt::Debug>,
{
    let ready = service.ready_oneshot().await;
    format!("{:?}", ready.expect("the server is").call(request))
}

#[tokio::test(start_paused = true)]
async fn a_response_that_is_waited_for_can_be_printed_and_says_no_secret() {
    let secret = || {
        let request = http::Request::get("http://api.example/?key=hunter2");
        request.header("x-key", "hunter2").body(()).unwrap()
    };
    let throttle = ThrottleLayer::new(Quota::per_minute(1)).layer(Server::new([]));
    throttle.clone().oneshot(secret()).await.unwrap();
    let throttled = printed(throttle, secret()).await;
    let retried = printed(RetryLayer::new().layer(Server::new([])), secret()).await;
    assert!(retried.contains(r#"state: "sent""#), "{retried}");
    assert!(throttled.contains(r#"state: "waits""#), "{throttled}");
    assert!(!format!("{retried}{throttled}").contains("hunter2"));
}

#[tokio::test(start_paused = true)]
async fn one_host_does_not_pause_another() {
    let server = Server::new([Some(answer(429, &[("retry-after", "30")]))]);
    let layer = layer();
    let throttle = layer.layer(server.clone());
    throttle.clone().oneshot(get("/")).await.unwrap();
    let other = || {
        http::Request::get("http://other.example/")
            .body(())
            .unwrap()
    };
    throttle.oneshot(other()).await.unwrap();
    assert_times(&server, &[0, 0]);
    assert!(layer.gate(&get("/")).unwrap().paused_until().is_some());
    assert!(layer.gate(&other()).unwrap().paused_until().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_does_not_open_a_gate_that_a_later_request_closed() {
    let slow = (limits(200, "20", "60"), 500);
    let fast = (limits(200, "0", "60"), 100);
    let server = Server::with_latencies([slow, fast].map(|(a, ms)| (a, Duration::from_millis(ms))));
    let throttle = layer().layer(server.clone());
    let both = [get("/0"), get("/1")].map(|r| tokio::spawn(throttle.clone().oneshot(r)));
    for call in both {
        call.await.unwrap().unwrap();
    }
    throttle.oneshot(get("/2")).await.unwrap();
    assert_times(&server, &[0, 0, 60_100]);
}

fn refusal_in(seconds: u32) -> impl Fn(ThrottleError<client::Broken>) -> bool {
    move |error| match error {
        ThrottleError::Refused(refused) => {
            let wait = Some(seconds * SECOND);
            refused.reason() == RefusalReason::Paused && refused.retry_after() == wait
        }
        _ => false,
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_hours_is_not_waited_for_and_not_cut_short() {
    let server = Server::with_latency([Some(answer(503, &[("retry-after", "7200")]))], SECOND);
    let throttle = ThrottleLayer::new(Quota::per_second(1).burst(1))
        .with_pause_jitter(Duration::ZERO)
        .with_min_interval(2 * SECOND)
        .layer(server.clone());
    let first = tokio::spawn(throttle.clone().oneshot(get("/0")));
    tokio::task::yield_now().await;
    let waits = throttle.clone().oneshot(get("/1")).await;
    assert!(refusal_in(7200)(waits.unwrap_err()));
    first.await.unwrap().unwrap();
    let comes = throttle.clone().oneshot(get("/2")).await;
    assert!(refusal_in(7200)(comes.unwrap_err()));
    tokio::time::advance(3600 * SECOND).await;
    throttle.oneshot(get("/3")).await.unwrap();
    assert_times(&server, &[0, 7_201_000]);
}

#[tokio::test(start_paused = true)]
async fn a_pause_without_end_ends_after_a_day() {
    let endless = answer(503, &[("retry-after", "9999999999")]);
    let server = Server::new([Some(endless)]);
    let layer = layer();
    let throttle = layer.layer(server.clone());
    throttle.clone().oneshot(get("/0")).await.unwrap();
    let comes = throttle.clone().oneshot(get("/1")).await;
    assert!(refusal_in(86_400)(comes.unwrap_err()));
    tokio::time::advance(86_400 * SECOND).await;
    throttle.oneshot(get("/2")).await.unwrap();
    assert_times(&server, &[0, 86_400_000]);
    tokio::time::advance(60 * SECOND).await;
    assert!(layer.gate(&get("/")).unwrap().is_idle()); // it may be forgotten
}

#[tokio::test(start_paused = true)]
async fn days_that_are_stated_are_kept_to_the_end() {
    let three_days = || Some(answer(429, &[("retry-after", "259200")]));
    let adaptive = ThrottleLayer::adaptive().with_pause_jitter(Duration::ZERO);
    for layer in [layer(), adaptive] {
        let server = Server::new([three_days()]);
        let throttle = layer.layer(server.clone());
        for _ in 0..80 {
            drop(throttle.clone().oneshot(get("/")).await);
            tokio::time::advance(3600 * SECOND).await;
        }
        let times = server.times();
        assert!(times[1] >= 259_200_000, "{times:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_refusal_pauses_its_host_also_when_gates_are_forgotten_meanwhile() {
    let refusal = Some(answer(429, &[("retry-after", "60")]));
    let server = Server::with_latency([refusal], 5 * SECOND);
    let throttle = layer().with_max_keys(1).layer(server.clone());
    let slow = tokio::spawn(throttle.clone().oneshot(get("/0")));
    tokio::time::sleep(2 * SECOND).await;
    let other = http::Request::get("http://other.example/other").body(());
    let other = tokio::spawn(throttle.clone().oneshot(other.unwrap()));
    slow.await.unwrap().unwrap();
    other.await.unwrap().unwrap();
    throttle.oneshot(get("/1")).await.unwrap();
    assert_eq!(server.paths(), ["/0", "/other", "/1"]);
    assert_times(&server, &[0, 2000, 65_000]);
}
