//! What becomes of a request that was refused, and of those that waited behind it.

mod client;

use std::time::Duration;

use client::{Answer, Server, answer, get, ok};
use ratelimit_core::wait::Priority;
use ratelimit_core::{Plan, Policy, Quota};
use ratelimit_tower::retry::RetryLayer;
use ratelimit_tower::throttle::{Pace, RefusalReason, ThrottleError, ThrottleLayer};
use tokio::task::JoinSet;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

fn refusal(after: &str) -> Answer {
    Some(answer(429, &[("retry-after", after)]))
}

/// One after the other, so that whatever queues does so in order.
fn one_at_a_time() -> ThrottleLayer {
    ThrottleLayer::adaptive()
        .with_pace(Pace::Eager)
        .with_concurrency(1)
        .with_pause_jitter(Duration::ZERO)
        .with_priority(|request| match request.path() {
            "/urgent" => Priority::URGENT,
            _ => Priority::NORMAL,
        })
}

/// Sends these at once, in this order, and reads each answer to its end.
async fn send<S>(service: &S, paths: &[&'static str])
where
    S: Service<http::Request<()>> + Clone + Send + 'static,
    S::Future: Send,
    S::Response: Send,
    S::Error: Send,
{
    let mut all = JoinSet::new();
    for path in paths {
        let answer = service.clone().oneshot(get(path));
        all.spawn(async { drop(answer.await) });
        tokio::task::yield_now().await;
    }
    all.join_all().await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_is_sent_before_those_that_queued_behind_it() {
    let server = Server::with_latency([refusal("30")], 50 * MS);
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(one_at_a_time())
        .service(server.clone());
    send(&service, &["/first", "/second", "/third"]).await;
    assert_eq!(server.paths(), ["/first", "/first", "/second", "/third"]);
    assert_eq!(server.times()[..2], [0, 30_050]);
}

#[tokio::test(start_paused = true)]
async fn it_keeps_its_priority_and_goes_after_the_urgent() {
    let server = Server::with_latency([refusal("30")], 50 * MS);
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(one_at_a_time())
        .service(server.clone());
    send(&service, &["/first", "/second", "/urgent"]).await;
    assert_eq!(server.paths(), ["/first", "/urgent", "/first", "/second"]);
}

/// As one does that reads the body before it answers.
#[tokio::test(start_paused = true)]
async fn it_is_so_when_something_between_takes_its_time() {
    let server = Server::with_latency([refusal("30")], 50 * MS);
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .map_future(|answer| async {
            let answer = answer.await;
            tokio::time::sleep(20 * MS).await;
            answer
        })
        .layer(one_at_a_time())
        .service(server.clone());
    send(&service, &["/first", "/second", "/third"]).await;
    assert_eq!(server.paths(), ["/first", "/first", "/second", "/third"]);
}

#[tokio::test(start_paused = true)]
async fn it_is_so_under_a_plan_alone_too() {
    let server = Server::with_latency([refusal("30")], 50 * MS);
    let layer = ThrottleLayer::new(Quota::per_second(1000)).with_concurrency(1);
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(layer.with_pause_jitter(Duration::ZERO))
        .service(server.clone());
    send(&service, &["/first", "/second"]).await;
    assert_eq!(server.paths(), ["/first", "/first", "/second"]);
    assert_eq!(server.times()[..2], [0, 30_050]);
}

#[tokio::test(start_paused = true)]
async fn refusals_without_a_time_pause_twice_as_long_each_time() {
    let silent = || Some(answer(429, &[]));
    let server = Server::new([silent(), silent(), silent(), Some(ok()), silent()]);
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(one_at_a_time())
        .service(server.clone());
    send(&service, &["/"]).await;
    assert_eq!(server.times(), [0, 1000, 3000, 7000]);
    // What was let in begins it anew.
    send(&service, &["/"]).await;
    assert_eq!(server.times()[5] - server.times()[4], 1000);
}

#[tokio::test(start_paused = true)]
async fn the_longest_wait_of_a_request_begins_when_a_pause_ends() {
    let server = Server::new([refusal("30")]);
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(one_at_a_time().with_max_wait(SECOND))
        .service(server.clone());
    let response = service.clone().oneshot(get("/")).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(server.times(), [0, 30_000]);
    // Who comes during a pause is told at once, and when it could go.
    let server = Server::new([refusal("30")]);
    let throttle = one_at_a_time().with_max_wait(SECOND).layer(server);
    drop(throttle.clone().oneshot(get("/")).await);
    match throttle.oneshot(get("/")).await {
        Err(ThrottleError::Refused(refused)) => {
            assert_eq!(refused.retry_after(), Some(30 * SECOND));
        }
        _ => panic!("nobody goes while the gate is shut"),
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_refuses_for_longer_than_is_waited_is_returned() {
    let server = Server::new([refusal("3601")]);
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(one_at_a_time())
        .service(server.clone());
    let response = service.oneshot(get("/")).await.unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(server.times(), [0]);
}

/// The one that was refused is no worse off than those behind it, up to the hour that a throttle waits for, however
/// much that is lengthened at random.
#[tokio::test(start_paused = true)]
async fn a_stated_hour_is_waited_for_by_the_refused_and_by_the_next() {
    let planned = ThrottleLayer::new(Quota::per_second(1000)).with_concurrency(1);
    let adaptive = ThrottleLayer::adaptive().with_concurrency(1);
    for (layer, after) in [
        (planned, "3600"),
        (adaptive.clone(), "3600"),
        (adaptive, "301"),
    ] {
        let server = Server::with_latency([refusal(after)], 50 * MS);
        let service = ServiceBuilder::new()
            .layer(RetryLayer::new())
            .layer(layer)
            .service(server.clone());
        send(&service, &["/first", "/second"]).await;
        assert_eq!(server.paths(), ["/first", "/first", "/second"]);
        let stated = after.parse::<u128>().unwrap() * 1000;
        assert!(server.times()[1] >= stated, "{:?}", server.times());
    }
}

#[tokio::test(start_paused = true)]
async fn both_bounds_are_set_alike_and_then_both_hold() {
    let both = |longest| {
        let server = Server::new([refusal("600")]);
        let service = ServiceBuilder::new()
            .layer(RetryLayer::new().with_longest_wait(longest))
            .layer(one_at_a_time().with_longest_pause(longest))
            .service(server.clone());
        (server, service)
    };
    let (server, service) = both(600 * SECOND);
    send(&service, &["/"]).await;
    assert_eq!(server.times(), [0, 600_000]);
    let (server, service) = both(599 * SECOND);
    let response = service.clone().oneshot(get("/")).await.unwrap();
    assert_eq!(response.status(), 429);
    match service.oneshot(get("/")).await {
        Err(ThrottleError::Refused(refused)) => {
            assert_eq!(refused.reason(), RefusalReason::Paused);
            assert_eq!(refused.retry_after(), Some(600 * SECOND));
        }
        _ => panic!("it was sent into the pause: {:?}", server.times()),
    }
}

#[tokio::test(start_paused = true)]
async fn pauses_of_several_processes_end_far_apart() {
    let mut ends = Vec::new();
    for seed in 0..200 {
        fastrand::seed(seed);
        let server = Server::new([refusal("4")]);
        let layer = ThrottleLayer::adaptive();
        let service = ServiceBuilder::new()
            .layer(RetryLayer::new())
            .layer(layer)
            .service(server.clone());
        send(&service, &["/"]).await;
        ends.push(server.times()[1]);
    }
    let (first, last) = (ends.iter().min().unwrap(), ends.iter().max().unwrap());
    assert!(*first >= 4000, "never earlier than was stated");
    assert!((3800..=4001).contains(&(last - first)), "{first} to {last}");
}

/// A 429 with a time is free of tries and of the budget, and is not backed off from: with a time of
/// nothing that would be a storm.
#[tokio::test(start_paused = true)]
async fn a_refusal_that_says_to_come_at_once_is_one_that_states_no_time() {
    let zero = || Some(answer(429, &[("retry-after", "0")]));
    let server = Server::new((0..50).map(|_| zero()));
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(one_at_a_time())
        .service(server.clone());
    send(&service, &["/"]).await;
    assert_eq!(server.times(), [0, 1000, 3000, 7000, 15_000]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_that_says_to_come_at_once_is_backed_off_from() {
    for seed in 0..20 {
        fastrand::seed(seed);
        let zero = || Some(answer(503, &[("retry-after", "0")]));
        let server = Server::with_latency((0..50).map(|_| zero()), 20 * MS);
        let service = ServiceBuilder::new()
            .layer(RetryLayer::new().with_base(10 * SECOND))
            .layer(one_at_a_time())
            .service(server.clone());
        send(&service, &["/"]).await;
        let times = server.times();
        assert_eq!(times.len(), 5);
        assert!(times[4] > 1000, "{times:?}");
    }
}

/// The first is told to come in 5 s, and while it waits in line the second is told to come in 200.
#[tokio::test(start_paused = true)]
async fn the_deadline_holds_in_the_line_too() {
    let layer = ThrottleLayer::new(Quota::per_second(100)).with_pause_jitter(Duration::ZERO);
    let server = Server::with_latencies([(refusal("5"), 50 * MS), (refusal("200"), 60 * MS)]);
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new().with_deadline(30 * SECOND))
        .layer(layer)
        .service(server.clone());
    let start = tokio::time::Instant::now();
    let first = tokio::spawn(service.clone().oneshot(get("/first")));
    tokio::task::yield_now().await;
    let second = service.oneshot(get("/second")).await.unwrap();
    assert_eq!(second.status(), 429, "200 s are known to be too long");
    match first.await.unwrap() {
        Err(ThrottleError::Refused(refused)) => {
            assert_eq!(refused.reason(), RefusalReason::Deadline);
        }
        _ => panic!("it was sent after its deadline: {:?}", server.times()),
    }
    assert_eq!(server.times(), [0, 0]);
    assert!(start.elapsed() <= 30 * SECOND, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn the_deadline_leaves_the_first_try_and_those_that_fit_alone() {
    let log = Policy::sliding_log("log", Quota::new(1, 40 * SECOND).unwrap());
    let server = Server::new([Some(ok()), refusal("20")]);
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new().with_deadline(65 * SECOND))
        .layer(ThrottleLayer::new(Plan::try_from(log).unwrap()).with_pause_jitter(Duration::ZERO))
        .service(server.clone());
    send(&service, &["/1", "/2"]).await;
    // The second waits for 40 s until it is first sent. By the 65th it cannot be sent again.
    assert_eq!(server.times(), [0, 40_000]);
}

/// Whether /first goes again before the others that wait at the inner throttle.
async fn through(outer: ThrottleLayer) -> Vec<String> {
    let server = Server::with_latency([refusal("30")], 50 * MS);
    let service = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(outer.with_pause_jitter(Duration::ZERO))
        .layer(one_at_a_time())
        .service(server.clone());
    send(&service, &["/first", "/second", "/third"]).await;
    server.paths()
}

#[tokio::test(start_paused = true)]
async fn each_of_two_throttles_gets_its_own_seat_back() {
    let outer = ThrottleLayer::new(Quota::per_second(1000));
    let paths = through(outer.clone().without_learning()).await;
    assert_eq!(paths, ["/first", "/first", "/second", "/third"]);
    // An outer one that pauses as well holds it until the inner one has let the next go.
    let paths = through(outer).await;
    assert_eq!(paths, ["/first", "/second", "/first", "/third"]);
}
