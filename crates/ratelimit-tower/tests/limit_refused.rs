//! What the answers to refused requests carry, and what they never do.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use common::{Body, hello, memory, request, send};
use http::{HeaderMap, HeaderName, Request, Response, StatusCode};
use ratelimit_core::{Plan, Policy, Quota};
use ratelimit_headers::Dialects;
use ratelimit_tower::Head;
use ratelimit_tower::key;
use ratelimit_tower::limit::respond::{Empty, ErrorJson, Refusal};
use ratelimit_tower::limit::{RateLimitLayer, Rejection};
use tower::Layer;

#[derive(Clone, Debug, PartialEq)]
struct Mark(&'static str);

fn layer() -> RateLimitLayer {
    let one = Policy::sliding_log("minute", Quota::per_minute(1));
    let plan = Plan::new("one", [one]).unwrap();
    RateLimitLayer::with_limiter(memory().0, plan).with_headers(Dialects::X_RATE_LIMIT)
}

fn secret() -> Request<Body> {
    let fields = [("x-secret", "a"), ("x-secret", "b"), ("cookie", "c")];
    let mut request = request("/", &fields);
    request.extensions_mut().insert(Mark("of the request"));
    request
}

fn names(headers: &HeaderMap) -> Vec<&str> {
    let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    names
}

/// Refuses five requests in a row, and looks for the former in the answer to the latter.
async fn check(layer: RateLimitLayer, own: &[&str]) {
    let service = layer.layer(hello());
    assert_eq!(send(&service, secret()).await.status(), StatusCode::OK);
    let limits = [
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    ];
    let mut expected = [own, &["retry-after"], &limits].concat();
    expected.sort_unstable();
    for _ in 0..5 {
        let refused = send(&service, secret()).await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(names(refused.headers()), expected);
        assert_eq!(refused.headers().len(), expected.len());
        assert_eq!(refused.extensions().len(), 1);
        assert!(refused.extensions().get::<Rejection>().is_some());
    }
}

#[tokio::test]
async fn nothing_of_one_request_is_in_the_answer_to_another() {
    let seen = Arc::new(Mutex::new(0));
    let count = Arc::clone(&seen);
    let closure = move |head: &Head<'_>, refusal: &Refusal<'_>| {
        // It can still read what the request brought.
        assert_eq!(head.headers()["x-secret"], "a");
        *count.lock().unwrap() += 1;
        let mut response = Response::new(Bytes::from_static(b"no"));
        *response.status_mut() = refusal.rejection().status();
        response
    };
    check(layer(), &["content-type"]).await;
    check(layer().with_responder(ErrorJson), &["content-type"]).await;
    check(layer().with_responder(Empty), &[]).await;
    check(layer().with_responder(closure), &[]).await;
    assert_eq!(*seen.lock().unwrap(), 5);
    check(layer().with_decision_in_request(true), &["content-type"]).await;
}

#[tokio::test]
async fn nor_where_the_plan_is_looked_up() {
    let one = Policy::sliding_log("minute", Quota::per_minute(1));
    let plan = Plan::new("one", [one]).unwrap();
    let layer = layer()
        .with_key(key::header(HeaderName::from_static("cookie")))
        .with_look_up(move |_: &Head<'_>| {
            let plan = plan.clone();
            async move {
                tokio::task::yield_now().await;
                Ok::<_, std::io::Error>(Some(plan))
            }
        });
    check(layer, &["content-type"]).await;
}

#[tokio::test]
async fn what_a_responder_puts_into_the_extensions_stays() {
    let responder = |_: &Head<'_>, refusal: &Refusal<'_>| {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = refusal.rejection().status();
        response.extensions_mut().insert(Mark("of the responder"));
        response
    };
    let service = layer().with_responder(responder).layer(hello());
    send(&service, secret()).await;
    let refused = send(&service, secret()).await;
    let extensions = refused.extensions();
    assert_eq!(extensions.get(), Some(&Mark("of the responder")));
    assert!(extensions.get::<Rejection>().is_some());
    assert_eq!(extensions.len(), 2);
}
