//! What is sent again, when, and how often.

mod client;

use std::time::Duration;

use bytes::Bytes;
use client::{Answer, Server, answer, get, ok, post};
use http::{Request, StatusCode};
use ratelimit_core::{Plan, Policy, Quota};
use ratelimit_tower::client::ReadBody;
use ratelimit_tower::retry::{RetryBudget, RetryLayer, SendOnce};
use ratelimit_tower::throttle::{ThrottleError, ThrottleLayer};
use tokio::time::Instant;
use tower::{Layer, ServiceBuilder, ServiceExt};

/// A body that nobody can copy.
struct Stream;

const SECOND: Duration = Duration::from_secs(1);

fn status(code: u16) -> Answer {
    Some(answer(code, &[]))
}

fn told(code: u16, seconds: &str) -> Answer {
    Some(answer(code, &[("retry-after", seconds)]))
}

/// Sends a request to a server with these answers; how often it arrived, and the last answer's status.
async fn sent(request: Request<()>, answers: impl IntoIterator<Item = Answer>) -> (usize, u16) {
    let server = Server::new(answers);
    let result = RetryLayer::new()
        .layer(server.clone())
        .oneshot(request)
        .await;
    let status = result.map_or(0, |response| response.status().as_u16());
    (server.times().len(), status)
}

#[tokio::test(start_paused = true)]
async fn a_429_was_not_executed_so_a_post_is_sent_again() {
    assert_eq!(sent(post("/"), [told(429, "1")]).await, (2, 200));
    assert_eq!(sent(post("/"), [status(429)]).await, (2, 200));
    assert_eq!(sent(post("/"), [told(503, "1")]).await, (2, 200));
}

#[tokio::test(start_paused = true)]
async fn a_post_is_not_sent_again_when_it_may_have_been_executed() {
    for code in [500, 502, 503, 504, 408] {
        assert_eq!(sent(post("/"), [status(code)]).await, (1, code));
    }
    assert_eq!(sent(post("/"), [None]).await, (1, 0));
    assert_eq!(sent(post("/"), [told(500, "1")]).await, (1, 500));
}

#[tokio::test(start_paused = true)]
async fn an_idempotent_request_is_sent_again_after_failures() {
    for code in [500, 502, 503, 504, 408] {
        assert_eq!(sent(get("/"), [status(code)]).await, (2, 200));
    }
    assert_eq!(sent(get("/"), [None]).await, (2, 200));
}

#[tokio::test(start_paused = true)]
async fn what_will_not_get_better_is_not_sent_again() {
    for code in [400, 401, 402, 403, 404, 409, 501] {
        assert_eq!(sent(get("/"), [told(code, "1")]).await, (1, code));
    }
    let quota = || Some(answer(429, &[("content-type", "application/problem+json")]));
    assert_eq!(sent(get("/"), [quota()]).await, (1, 429));
    let with_time = answer(
        429,
        &[
            ("content-type", "application/problem+json"),
            ("retry-after", "3"),
        ],
    );
    assert_eq!(sent(get("/"), [Some(with_time)]).await, (2, 200));
}

#[tokio::test(start_paused = true)]
async fn a_quota_that_is_used_up_is_known_by_a_body_that_was_read() {
    let refusal = |kind: &str, body: &'static str| {
        let mut refusal = answer(429, &[("content-type", kind), ("retry-after", "1")]);
        let read = ReadBody(Bytes::from_static(body.as_bytes()));
        refusal.extensions_mut().insert(read);
        Some(refusal)
    };
    const USED_UP: &str = r#"{"code":"QUOTA_EXCEEDED"}"#;
    for kind in [
        "application/json",
        "Application/Problem+JSON; charset=utf-8",
    ] {
        assert_eq!(sent(post("/"), [refusal(kind, USED_UP)]).await, (1, 429));
        let busy = refusal(kind, r#"{"code":"RATE_LIMITED"}"#);
        assert_eq!(sent(post("/"), [busy]).await, (2, 200));
    }
    assert_eq!(
        sent(post("/"), [refusal("text/plain", USED_UP)]).await,
        (2, 200)
    );
    // Through a throttle as well, which wraps bodies.
    let server = Server::new([refusal("application/json", USED_UP)]);
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(ThrottleLayer::adaptive().with_concurrency(1))
        .service(server.clone());
    stack.oneshot(get("/")).await.unwrap();
    assert_eq!(server.times().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn five_tries_in_all_and_then_the_last_answer() {
    let failing = || (0..9).map(|_| status(500));
    assert_eq!(sent(get("/"), failing()).await, (5, 500));
    let server = Server::new(failing());
    let once = RetryLayer::new().with_max_tries(1).layer(server.clone());
    once.oneshot(get("/")).await.unwrap();
    assert_eq!(server.times().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn refusals_that_say_when_to_come_back_are_no_failures() {
    let refused = |n| (0..n).map(|_| told(429, "1"));
    let both = refused(20).chain((0..4).map(|_| status(500)));
    assert_eq!(sent(get("/"), both).await, (25, 200));
    assert_eq!(sent(get("/"), refused(99)).await, (55, 429));
    assert_eq!(sent(get("/"), (0..9).map(|_| status(429))).await, (5, 429));
    let sends = async |layer: RetryLayer| {
        let server = Server::new(refused(99));
        layer.layer(server.clone()).oneshot(get("/")).await.unwrap();
        server.times().len()
    };
    let new = RetryLayer::new;
    assert_eq!(sends(new().with_max_tries(3)).await, 3);
    assert_eq!(sends(new().with_max_tries(3).with_max_refusals(2)).await, 5);
    assert_eq!(sends(new().with_max_refusals(2).with_max_tries(3)).await, 5);
    assert_eq!(sends(new().with_max_refusals(0)).await, 5);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_never_undercut() {
    for _ in 0..50 {
        let server = Server::new([told(429, "7"), told(503, "11")]);
        let retry = RetryLayer::new().layer(server.clone());
        retry.oneshot(get("/")).await.unwrap();
        let times = server.times();
        assert!((7000..=8001).contains(&times[1]), "{times:?}");
        let second = times[2] - times[1];
        assert!((11_000..=13_001).contains(&second), "{times:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_longer_than_allowed_is_not_begun() {
    let start = Instant::now();
    assert_eq!(sent(get("/"), [told(429, "3601")]).await, (1, 429));
    let server = Server::new([told(429, "31")]);
    let retry = RetryLayer::new().with_deadline(30 * SECOND).layer(server);
    let response = retry.oneshot(get("/")).await.unwrap();
    assert_eq!(response.headers()["retry-after"], "31");
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn an_uncopyable_body_is_sent_once_and_its_answer_returned() {
    for failure in [status(500), told(429, "1")] {
        let server = Server::new([failure]);
        let retry = RetryLayer::new().with_uncopyable_bodies();
        let response = retry
            .layer(server.clone())
            .oneshot(get("/").map(|()| Stream))
            .await;
        assert_ne!(response.unwrap().status(), StatusCode::OK);
        assert_eq!(server.times().len(), 1);
    }
    let _named: RetryLayer<_, SendOnce> = RetryLayer::new().with_copy(SendOnce);
}

#[tokio::test(start_paused = true)]
async fn a_body_may_say_whether_it_can_be_copied() {
    let copy = |request: &Request<Option<u8>>| request.body().map(|_| request.clone());
    let layer = RetryLayer::new().with_copy(copy);
    for (body, tries) in [(Some(1), 2), (None, 1)] {
        let server = Server::new([status(500)]);
        let retry = layer.layer(server.clone());
        retry.oneshot(get("/").map(|()| body)).await.unwrap();
        assert_eq!(server.times().len(), tries);
    }
}

#[tokio::test(start_paused = true)]
async fn the_budget_is_shared_by_clones_and_ends_a_storm() {
    let server = Server::new((0..1000).map(|_| status(500)));
    let layer = RetryLayer::new().with_budget(RetryBudget::new(50));
    for _ in 0..20 {
        let retry = layer.clone().layer(server.clone());
        retry.oneshot(get("/")).await.unwrap();
    }
    assert_eq!(server.times().len(), 20 + 50 / 5);
}

#[tokio::test(start_paused = true)]
async fn a_429_that_states_a_time_does_not_draw_on_the_budget() {
    let server = Server::new((0..4).map(|_| told(429, "1")));
    let layer = RetryLayer::new().with_budget(RetryBudget::new(0));
    let response = layer.layer(server).oneshot(get("/")).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn a_retry_takes_a_token_of_its_own() {
    let log = Policy::sliding_log("log", Quota::new(1, 10 * SECOND).unwrap());
    let server = Server::new([status(500), status(500)]);
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(ThrottleLayer::new(Plan::try_from(log).unwrap()))
        .service(server.clone());
    stack.oneshot(get("/")).await.unwrap();
    assert_eq!(server.times(), [0, 10_000, 20_000]);
}

#[tokio::test(start_paused = true)]
async fn the_old_answer_is_dropped_before_the_wait() {
    let server = Server::new([told(429, "1")]);
    // If the 429's body kept the only place, the second try would wait for ever.
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(ThrottleLayer::new(Quota::per_second(100)).with_concurrency(1))
        .service(server.clone());
    let sent = tokio::time::timeout(60 * SECOND, stack.oneshot(get("/")));
    assert_eq!(sent.await.unwrap().unwrap().status(), StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn what_the_throttle_refuses_is_not_tried_again() {
    let server = Server::new([]);
    let throttle = ThrottleLayer::new(Quota::per_minute(1)).with_max_wait(SECOND);
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .layer(throttle)
        .service(server.clone());
    let start = Instant::now();
    stack.clone().oneshot(get("/")).await.unwrap();
    stack.oneshot(get("/")).await.unwrap_err();
    assert_eq!(start.elapsed(), Duration::ZERO);
}

/// Errors in boxes are no errors to the compiler; and behind a `Buffer` only the error says who refused.
#[tokio::test(start_paused = true)]
async fn the_same_holds_when_errors_come_in_boxes() {
    let throttle = ThrottleLayer::new(Quota::per_minute(1)).with_max_wait(SECOND);
    let server = Server::new([status(500)]);
    let buffered = ServiceBuilder::new()
        .layer(RetryLayer::new())
        .buffer::<Request<()>>(8)
        .layer(throttle.clone())
        .service(server.clone());
    assert!(buffered.oneshot(get("/")).await.is_err());
    assert_eq!(
        server.times(),
        [0],
        "the second try was refused, and is not tried again"
    );
    let server = Server::with_latency([], 60 * SECOND);
    let timed = ServiceBuilder::new()
        .map_err(ThrottleError::into_boxed)
        .layer(
            RetryLayer::new()
                .with_max_tries(2)
                .with_base(Duration::ZERO),
        )
        .layer(ThrottleLayer::adaptive())
        .timeout(SECOND)
        .service(server.clone());
    let error = timed.oneshot(get("/")).await.unwrap_err();
    assert!(error.is::<tower::timeout::error::Elapsed>(), "{error}");
    assert_eq!(server.times().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn no_item_of_a_batch_is_lost_to_a_429() {
    let answers = (0..100).map(|i| {
        if i % 3 == 0 {
            told(429, "1")
        } else {
            Some(ok())
        }
    });
    let server = Server::new(answers);
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new().with_max_tries(20))
        .layer(ThrottleLayer::new(Quota::per_second(10)))
        .service(server.clone());
    let calls = (0..50).map(|_| tokio::spawn(stack.clone().oneshot(post("/"))));
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().unwrap().status(), StatusCode::OK);
    }
}
