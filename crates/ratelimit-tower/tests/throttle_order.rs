//! Who is sent when.

mod client;

use std::error::Error;
use std::time::Duration;

use client::{Server, get};
use http::Request;
use ratelimit_core::wait::Priority;
use ratelimit_core::{Plan, Policy, Quota};
use ratelimit_tower::throttle::{
    RefusalReason, Refused, ResponseFuture, Throttle, ThrottleError, ThrottleLayer,
};
use tokio::task::JoinSet;
use tower::limit::ConcurrencyLimit;
use tower::{Layer, Service, ServiceExt};

/// One every 10 ms, with no burst.
const STEADY: Quota = Quota::per_second(100).burst(1);

/// Sends these one after the other, without waiting for answers, and then waits for all.
async fn send_all<S>(service: &S, requests: impl IntoIterator<Item = Request<()>>)
where
    S: Service<Request<()>, Response: Send, Error: Send, Future: Send> + Clone + Send + 'static,
{
    let mut all = JoinSet::new();
    for request in requests {
        all.spawn(service.clone().oneshot(request));
        tokio::task::yield_now().await;
    }
    all.join_all().await;
}

fn numbered(n: usize) -> impl Iterator<Item = Request<()>> {
    (0..n).map(|i| get(&format!("/{i}")))
}

fn refused<T: std::fmt::Debug, E: std::fmt::Debug>(result: Result<T, ThrottleError<E>>) -> Refused {
    match result.expect_err("it is refused") {
        ThrottleError::Refused(refused) => refused,
        error => panic!("{error:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn requests_go_first_in_first_out_each_exactly_at_its_turn() {
    let server = Server::new([]);
    send_all(
        &ThrottleLayer::new(STEADY).layer(server.clone()),
        numbered(5),
    )
    .await;
    assert_eq!(server.paths(), ["/0", "/1", "/2", "/3", "/4"]);
    assert_eq!(server.times(), [0, 10, 20, 30, 40]);
}

#[tokio::test(start_paused = true)]
async fn clones_of_layer_and_service_share_one_budget() {
    let server = Server::new([]);
    let layer = ThrottleLayer::new(STEADY);
    let services: Vec<Throttle<Server>> = (0..4)
        .map(|_| layer.clone().layer(server.clone()))
        .collect();
    for service in &services {
        service.clone().oneshot(get("/")).await.unwrap();
    }
    assert_eq!(server.times(), [0, 10, 20, 30]);
}

#[tokio::test(start_paused = true)]
async fn hosts_are_throttled_apart_and_the_case_of_a_host_does_not_matter() {
    let server = Server::new([]);
    let throttle = ThrottleLayer::new(STEADY).layer(server.clone());
    let to = |uri: &str| Request::get(uri).body(()).unwrap();
    let uris = ["http://a/", "http://A/", "http://b/", "http://a:81/"];
    send_all(&throttle, uris.map(to)).await;
    assert_eq!(server.times(), [0, 0, 0, 10]);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_has_a_budget_of_its_own() {
    let server = Server::new([]);
    let throttle = ThrottleLayer::new(STEADY)
        .with_endpoint("/slow", Quota::per_second(1).burst(1))
        .layer(server.clone());
    let paths = ["/slow/a", "/slow/b", "/x", "/slower"];
    send_all(&throttle, paths.map(get)).await;
    let log = server.log();
    assert_eq!(log[2], (10, "/slower".into()));
    assert_eq!(log[3], (1000, "/slow/b".into()));
}

#[tokio::test(start_paused = true)]
async fn a_closure_says_who_shares_and_no_key_means_no_throttle() {
    let server = Server::new([]);
    let throttle = ThrottleLayer::new(STEADY)
        .with_key(|request, key| {
            let user = request.headers().get("x-user");
            user.map(|user| key.text(user)).is_some()
        })
        .layer(server.clone());
    let user = |name: &'static str| {
        let mut request = get("/user");
        request
            .headers_mut()
            .insert("x-user", name.parse().unwrap());
        request
    };
    let all = [user("a"), user("a"), user("b"), get("/"), get("/")];
    send_all(&throttle, all).await;
    assert_eq!(server.times(), [0, 0, 0, 0, 10]);
}

#[tokio::test(start_paused = true)]
async fn costs_and_priorities_come_from_closures() {
    let server = Server::new([]);
    let throttle = ThrottleLayer::new(Quota::per_second(100).burst(5))
        .with_cost(|request| if request.path() == "/dear" { 5 } else { 1 })
        .with_priority(|request| match request.path() {
            "/urgent" => Priority::URGENT,
            _ => Priority::NORMAL,
        })
        .layer(server.clone());
    send_all(&throttle, ["/dear", "/dear", "/cheap", "/urgent"].map(get)).await;
    assert_eq!(server.paths(), ["/dear", "/urgent", "/dear", "/cheap"]);
    assert_eq!(server.times(), [0, 10, 60, 70]);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_future_frees_its_place_at_once() {
    let server = Server::new([]);
    let mut throttle = ThrottleLayer::new(STEADY).layer(server.clone());
    call(&mut throttle, get("/0")).await.await.unwrap();
    let mut waiting = tokio_test::task::spawn(call(&mut throttle, get("/1")).await);
    assert!(waiting.poll().is_pending());
    let second = tokio::spawn(call(&mut throttle, get("/2")).await);
    tokio::time::sleep(Duration::from_millis(5)).await;
    drop(waiting);
    second.await.unwrap().unwrap();
    assert_eq!(server.log()[1], (10, "/2".into()));
}

#[tokio::test(start_paused = true)]
async fn a_leaked_future_wedges_nobody() {
    let server = Server::new([]);
    let mut throttle = ThrottleLayer::new(STEADY).layer(server.clone());
    let mut calls = Vec::new();
    for request in numbered(4) {
        let mut call = Box::pin(call(&mut throttle, request).await);
        let _ = futures_poll_once(call.as_mut()).await;
        calls.push(call);
    }
    std::mem::forget(calls.remove(1));
    for call in calls.drain(1..) {
        tokio::time::timeout(Duration::from_secs(1), call)
            .await
            .expect("nobody is wedged")
            .unwrap();
    }
    assert_eq!(server.paths(), ["/0", "/2", "/3"]);
}

async fn futures_poll_once<F: Future>(mut future: std::pin::Pin<&mut F>) -> bool {
    std::future::poll_fn(|cx| std::task::Poll::Ready(future.as_mut().poll(cx).is_ready())).await
}

#[tokio::test(start_paused = true)]
async fn a_cost_above_capacity_fails_at_once_and_says_what_to_do() {
    let throttle = ThrottleLayer::new(Quota::per_second(10))
        .with_cost(|_| 11)
        .layer(Server::new([]));
    let error = throttle.oneshot(get("/")).await.unwrap_err();
    assert_eq!(
        error.source().unwrap().to_string(),
        "the request costs more than the plan can ever grant: \
         split it, or raise the burst of the plan"
    );
    assert_eq!(refused::<(), _>(Err(error)).retry_after(), None);
}

#[tokio::test(start_paused = true)]
async fn a_wait_known_to_be_too_long_fails_at_once_and_says_when_it_could_have_gone() {
    let server = Server::new([]);
    let throttle = ThrottleLayer::new(Quota::per_second(1).burst(1))
        .with_max_wait(Duration::from_millis(1500))
        .layer(server.clone());
    let start = tokio::time::Instant::now();
    throttle.clone().oneshot(get("/0")).await.unwrap();
    let second = tokio::spawn(throttle.clone().oneshot(get("/1")));
    tokio::task::yield_now().await;
    let third = refused(throttle.oneshot(get("/2")).await);
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(third.reason(), RefusalReason::Deadline);
    assert_eq!(third.retry_after(), Some(Duration::from_secs(2)));
    second.await.unwrap().unwrap();
    assert_eq!(server.times(), [0, 1000]);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_refuses() {
    let throttle = ThrottleLayer::new(STEADY)
        .with_max_waiting(1)
        .layer(Server::new([]));
    throttle.clone().oneshot(get("/0")).await.unwrap();
    let second = tokio::spawn(throttle.clone().oneshot(get("/1")));
    tokio::task::yield_now().await;
    let third = refused(throttle.oneshot(get("/2")).await);
    assert_eq!(third.reason(), RefusalReason::Full);
    second.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_minimal_interval_and_headroom_are_kept() {
    let server = Server::new([]);
    let throttle = ThrottleLayer::new(Quota::per_minute(60))
        .with_min_interval(Duration::from_millis(500))
        .layer(server.clone());
    send_all(&throttle, numbered(3)).await;
    assert_eq!(server.times(), [0, 500, 1000]);

    let server = Server::new([]);
    let log = Policy::sliding_log("second", Quota::per_second(10));
    let throttle = ThrottleLayer::new(Plan::try_from(log).unwrap())
        .with_percent_of_limit(80)
        .layer(server.clone());
    send_all(&throttle, numbered(9)).await;
    assert_eq!(server.times(), [0, 0, 0, 0, 0, 0, 0, 0, 1000]);
}

#[tokio::test(start_paused = true)]
async fn never_more_than_the_limit_in_any_window() {
    let server = Server::new([]);
    let log = Policy::sliding_log("window", Quota::new(7, Duration::from_millis(100)).unwrap());
    let throttle = ThrottleLayer::new(Plan::try_from(log).unwrap()).layer(server.clone());
    send_all(&throttle, numbered(70)).await;
    let times = server.times();
    assert!(times.windows(8).all(|w| w[7] - w[0] >= 100), "{times:?}");
    assert_eq!(times.last(), Some(&900));
}

#[tokio::test(start_paused = true)]
async fn a_fast_rate_is_not_halved_by_timers_of_a_millisecond() {
    let server = Server::new([]);
    let throttle = ThrottleLayer::new(Quota::per_second(2000).burst(1)).layer(server.clone());
    send_all(&throttle, numbered(2001)).await;
    assert!((1000..=1001).contains(server.times().last().unwrap()));
}

#[tokio::test(start_paused = true)]
async fn the_service_that_is_called_is_the_one_that_was_ready() {
    let (inner, mut handle) = tower_test::mock::pair::<Request<()>, http::Response<client::Body>>();
    handle.allow(2);
    let limited = ConcurrencyLimit::new(inner, 5);
    let throttle = ThrottleLayer::new(STEADY).layer(tower::buffer::Buffer::new(limited, 5));
    let calls = numbered(2).map(|request| tokio::spawn(throttle.clone().oneshot(request)));
    let calls: Vec<_> = calls.collect();
    for _ in 0..2 {
        let (_, answer) = handle.next_request().await.unwrap();
        answer.send_response(client::ok());
    }
    for call in calls {
        call.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_ready_service_that_is_dropped_has_taken_nothing() {
    let server = Server::new([]);
    let layer = ThrottleLayer::new(STEADY);
    for _ in 0..5 {
        let mut idle = layer.layer(server.clone());
        ServiceExt::<Request<()>>::ready(&mut idle).await.unwrap();
    }
    layer.layer(server.clone()).oneshot(get("/")).await.unwrap();
    assert_eq!(server.times(), [0]);
}

/// Calls it when it is ready; the response's future was not polled yet.
async fn call(throttle: &mut Throttle<Server>, request: Request<()>) -> Waiting {
    let ready = ServiceExt::<Request<()>>::ready(throttle).await;
    ready.expect("it is always ready").call(request)
}

type Waiting = ResponseFuture<Server, Request<()>>;

/// How many of 50 requests that come at once are let go at once.
fn at_once(layer: &ThrottleLayer, uri: &str) -> usize {
    let request = Request::get(uri).body(()).expect("a request");
    let gate = layer.gate(&request).expect("every request has one");
    (0..50).filter(|_| gate.try_pass(1).is_some()).count()
}

#[tokio::test(start_paused = true)]
async fn layers_made_of_one_base_keep_each_to_its_own_plan() {
    let base = ThrottleLayer::new(Quota::per_second(20));
    let wide = base.clone().with_endpoint("/a", Quota::per_second(40));
    let narrow = base.clone().with_endpoint("/b", Quota::per_second(1));
    assert_eq!(at_once(&wide, "http://h/a"), 40);
    assert_eq!(at_once(&narrow, "http://h/b"), 1);
    assert_eq!(at_once(&base, "http://h/"), 20);
    assert_eq!(at_once(&narrow, "http://h/"), 0); // where nothing was changed, they share
    assert_eq!(at_once(&base.clone().with_concurrency(1), "http://h/"), 20);
    let half = wide.with_percent_of_limit(50);
    assert_eq!(at_once(&half, "http://h/a"), 20);
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_covers_its_path_in_every_spelling() {
    let layer = || ThrottleLayer::new(Quota::per_second(20));
    let chat = layer().with_endpoint("chat", Quota::per_second(1));
    assert_eq!(at_once(&chat, "http://h/chat"), 1);
    for uri in ["http://h//chat", "http://h/%63hat/1", "http://h/x/../chat"] {
        assert_eq!(at_once(&chat, uri), 0, "{uri}");
    }
    assert_eq!(at_once(&chat, "http://h/chats"), 20);
}

#[tokio::test(start_paused = true)]
async fn a_host_is_the_same_however_it_is_written() {
    let layer = ThrottleLayer::new(Quota::per_second(1));
    assert_eq!(at_once(&layer, "https://api.example/"), 1);
    let same = [
        "https://api.example:443/",
        "https://api.example./",
        "https://API.Example.:443/",
        "http://user@api.example:80/",
    ];
    for uri in same {
        assert_eq!(at_once(&layer, uri), 0, "{uri}");
    }
    assert_eq!(at_once(&layer, "https://api.example:8443/"), 1);
}
