//! What an observer hears, and when.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod client;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use client::{Answer, Server, answer, get, ok, post};
use http::{Request, StatusCode};
use ratelimit_core::Quota;
use ratelimit_tower::observe::{Event, GaveUpReason};
use ratelimit_tower::retry::{RetryBudget, RetryLayer};
use ratelimit_tower::throttle::{Pace, RefusalReason, ThrottleLayer};
use tower::{Layer, ServiceBuilder, ServiceExt};

/// Writes down what it hears, one line for each event.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    fn hears(&self) -> impl Fn(&Event<'_>) + Send + Sync + 'static {
        let notes = Arc::clone(&self.0);
        move |event| notes.lock().unwrap().push(words(event))
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

fn words(event: &Event<'_>) -> String {
    match event {
        Event::Sent(e) => format!("sent after {:?}, {} wait", e.waited, e.waiting),
        Event::Answered(e) => format!("{} in {:?}", e.status.as_u16(), e.took),
        Event::Failed(e) => format!("failed in {:?}", e.took),
        Event::Refused(e) => format!("refused for {:?}", e.retry_after),
        Event::Paused(e) => format!("paused for {:?}", e.wait),
        Event::NotSent(e) => format!("not sent: {} for {:?}", e.reason_str(), e.retry_after),
        Event::Low(e) => format!("low: {} of {} {}", e.remaining, e.limit, e.unit),
        Event::Retried(e) => format!("again after {}, {:?}", e.tries, e.status),
        Event::GaveUp(e) => format!("gave up after {}: {}", e.tries, e.reason.as_str()),
        _ => "something".to_owned(),
    }
}

fn adaptive(notes: &Notes) -> ThrottleLayer {
    ThrottleLayer::adaptive()
        .with_pace(Pace::Eager)
        .with_pause_jitter(Duration::ZERO)
        .with_observer(notes.hears())
}

fn left(remaining: &str) -> Answer {
    let lines = [
        ("x-ratelimit-limit", "100"),
        ("x-ratelimit-remaining", remaining),
        ("x-ratelimit-reset", "60"),
    ];
    Some(answer(200, &lines))
}

#[tokio::test(start_paused = true)]
async fn a_wait_in_the_line_is_told_when_it_is_over() {
    let notes = Notes::default();
    let server = Server::with_latency([], Duration::from_millis(20));
    let layer = ThrottleLayer::new(Quota::per_second(1).burst(1)).with_observer(notes.hears());
    let throttle = layer.layer(server);
    let all = (0..3).map(|_| throttle.clone().oneshot(get("/")));
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().all(Result::is_ok));
    let expected = [
        "sent after 0ns, 0 wait",
        "200 in 20ms",
        "sent after 1s, 1 wait",
        "200 in 20ms",
        "sent after 2s, 0 wait",
        "200 in 20ms",
    ];
    assert_eq!(notes.take(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_told_with_the_pause_that_comes_of_it() {
    let notes = Notes::default();
    let server = Server::new([Some(answer(429, &[("retry-after", "30")]))]);
    let throttle = ThrottleLayer::new(Quota::per_second(1))
        .with_pause_jitter(Duration::ZERO)
        .with_observer(notes.hears());
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new().with_observer(notes.hears()))
        .layer(throttle)
        .service(server);
    assert!(stack.oneshot(post("/")).await.is_ok());
    let expected = [
        "sent after 0ns, 0 wait",
        "429 in 0ns",
        "refused for Some(30s)",
        "paused for 30s",
        "again after 1, Some(429)",
        "sent after 30s, 0 wait",
        "200 in 0ns",
    ];
    assert_eq!(notes.take(), expected);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_sent_is_told_with_the_reason() {
    let notes = Notes::default();
    let layer = ThrottleLayer::new(Quota::per_minute(1))
        .with_max_wait(Duration::from_secs(5))
        .with_observer(notes.hears());
    let throttle = layer.layer(Server::new([None]));
    assert!(throttle.clone().oneshot(get("/")).await.is_err());
    assert!(throttle.oneshot(get("/")).await.is_err());
    let expected = [
        "sent after 0ns, 0 wait",
        "failed in 0ns",
        "not sent: deadline for Some(60s)",
    ];
    assert_eq!(notes.take(), expected);
}

#[tokio::test(start_paused = true)]
async fn little_left_is_told_once_until_there_was_more() {
    for (layer, warned) in [
        (ThrottleLayer::adaptive(), vec!["low: 9 of 100 requests"; 2]),
        (
            ThrottleLayer::new(Quota::per_second(1000)),
            vec!["low: 9 of 100 requests"; 2],
        ),
        (
            ThrottleLayer::adaptive().with_low_warning(1),
            vec!["low: 0 of 100 requests"],
        ),
        (ThrottleLayer::adaptive().with_low_warning(0), vec![]),
    ] {
        let notes = Notes::default();
        let answers = ["11", "10", "9", "8", "7", "99", "10", "9", "0"];
        let throttle = layer
            .with_observer(notes.hears())
            .layer(Server::new(answers.map(left)));
        for _ in answers {
            assert!(throttle.clone().oneshot(get("/")).await.is_ok());
        }
        let low = notes.take().into_iter().filter(|note| note.contains("low"));
        assert_eq!(low.collect::<Vec<_>>(), warned);
    }
}

#[tokio::test(start_paused = true)]
async fn why_there_is_no_further_try_is_told() {
    let broken = || Server::new([None, None, None]);
    let retries = RetryLayer::new;
    let long = || Server::new([Some(answer(429, &[("retry-after", "3601")]))]);
    let gave_up = |notes: &Notes| notes.take().pop().unwrap();
    for (layer, server, reason) in [
        (retries().with_max_tries(3), broken(), GaveUpReason::Tries),
        (retries(), long(), GaveUpReason::Wait),
        (
            retries().with_deadline(Duration::ZERO),
            long(),
            GaveUpReason::Wait,
        ),
        (
            retries().with_budget(RetryBudget::new(0)),
            broken(),
            GaveUpReason::Budget,
        ),
    ] {
        let notes = Notes::default();
        let _ = layer
            .with_observer(notes.hears())
            .layer(server)
            .oneshot(get("/"))
            .await;
        let last = gave_up(&notes);
        assert!(
            last.starts_with("gave up") && last.ends_with(reason.as_str()),
            "{last}"
        );
    }
    let notes = Notes::default();
    let once = retries()
        .with_uncopyable_bodies()
        .with_observer(notes.hears());
    assert!(once.layer(broken()).oneshot(get("/")).await.is_err());
    assert_eq!(notes.take(), ["gave up after 1: no_copy"]);
    // What is not worth another try is no reason to give up, and neither is success.
    let fine = retries().with_observer(notes.hears());
    let server = Server::new([Some(ok()), Some(answer(404, &[]))]);
    for status in [StatusCode::OK, StatusCode::NOT_FOUND] {
        let response = fine.layer(server.clone()).oneshot(get("/")).await.unwrap();
        assert_eq!(response.status(), status);
    }
    assert!(notes.take().is_empty());
}

#[tokio::test(start_paused = true)]
async fn nothing_secret_is_told_and_every_observer_hears_it() {
    let (one, other) = (Notes::default(), Notes::default());
    let secrets = |notes: &Notes| {
        let notes = Arc::clone(&notes.0);
        move |event: &Event<'_>| notes.lock().unwrap().push(format!("{event:?}"))
    };
    let answers = [left("1"), Some(answer(429, &[("retry-after", "1")]))];
    let layer = adaptive(&Notes::default())
        .with_observer(secrets(&one))
        .with_observer(secrets(&other))
        .with_key(|request, key| {
            key.text(request.headers()["authorization"].to_str().unwrap());
            true
        });
    let throttle = layer.layer(Server::new(answers));
    for _ in 0..2 {
        let request = Request::get("http://somebody:password@Api.Example:8080/path?q=query")
            .header("authorization", "Bearer token");
        let answer = throttle.clone().oneshot(request.body(()).unwrap()).await;
        assert!(answer.is_ok());
    }
    let heard = one.take();
    assert_eq!(heard, other.take());
    assert_eq!(heard.len(), 7, "{heard:?}");
    for note in heard {
        assert!(note.contains("\"api.example:8080\""), "{note}");
        for secret in ["somebody", "password", "/path", "query", "token"] {
            assert!(!note.contains(secret), "{note}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_cached_answer_states_nothing_and_requests_without_a_key_are_told_too() {
    let notes = Notes::default();
    let mut cached = left("0").unwrap();
    cached.headers_mut().insert("age", 7.into());
    let throttle = adaptive(&notes).layer(Server::new([Some(cached)]));
    assert!(throttle.oneshot(get("/")).await.is_ok());
    assert_eq!(notes.take(), ["sent after 0ns, 0 wait", "200 in 0ns"]);
    let free = adaptive(&notes).with_key(|_, _| false);
    let throttle = free.layer(Server::new([left("0")]));
    assert!(throttle.oneshot(get("/")).await.is_ok());
    assert_eq!(notes.take(), ["sent after 0ns, 0 wait", "200 in 0ns"]);
}

#[tokio::test(start_paused = true)]
async fn an_observer_may_ask_the_gate() {
    let layer = ThrottleLayer::adaptive();
    let gate = layer.gate(&get("/")).unwrap();
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let watched = layer.with_observer(move |event: &Event<'_>| {
        assert!(!matches!(event, Event::NotSent(e) if e.reason == RefusalReason::Full));
        *count.lock().unwrap() += gate.waiting() + gate.outlook().len() + 1;
    });
    let throttle = watched.layer(Server::new([left("50")]));
    assert!(throttle.oneshot(get("/")).await.is_ok());
    assert!(*asked.lock().unwrap() >= 2);
}
