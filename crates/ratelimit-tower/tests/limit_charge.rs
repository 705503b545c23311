//! What a request is charged in the end: decided by its response, exactly once, whatever happens.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::convert::Infallible;
use std::future::{Future, pending};
use std::pin::pin;
use std::task::{Context, Waker};

use bytes::Bytes;
use common::{Body, header, memory, request, send, status};
use http::{HeaderName, Request, Response, StatusCode};
use http_body::Body as _;
use http_body_util::{BodyExt, Full};
use ratelimit_core::{Check, Limiter, Memory, Outcome, Plan, Policy, Quota, Subject};
use ratelimit_tower::Head;
use ratelimit_tower::limit::respond::Refusal;
use ratelimit_tower::limit::{Charge, PermitUntil, RateLimitLayer};
use tower::{Layer, Service, ServiceExt};

fn credits(limit: u32) -> Plan {
    let month = Policy::sliding_log("credits", Quota::per_day(limit));
    Plan::new("credits", [month]).unwrap()
}

/// What the peer of all these requests has left of a plan.
fn left(limiter: &Memory, plan: &Plan) -> u64 {
    let key = limiter.hasher().anonymous_at([192, 0, 2, 1].into());
    match limiter.peek(&[Subject { key, plan }], 1.into()) {
        Check::Done(Ok(verdict)) => verdict.decision.tightest().remaining(),
        _ => unreachable!("memory answers at once"),
    }
}

/// Answers with the status that the path names, and with what was used in a header if the query does.
fn as_told()
-> impl Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
+ Clone
+ Send
+ Sync
+ 'static {
    tower::service_fn(|request: Request<Body>| async move {
        let status: u16 = request.uri().path()[1..].parse().unwrap();
        let mut response = Response::new(Full::from("body"));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        if let Some(used) = request.uri().query() {
            let headers = response.headers_mut();
            headers.insert("x-tokens-used", used.parse().unwrap());
        }
        Ok(response)
    })
}

fn used() -> Charge {
    Charge::by_header(HeaderName::from_static("x-tokens-used"))
}

#[tokio::test]
async fn only_what_succeeds_is_charged_if_told() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory.clone(), credits(3))
        .with_charge(Charge::of_successes());
    let service = layer.layer(as_told());
    for (path, after) in [
        ("/200", 2),
        ("/422", 2),
        ("/429", 2),
        ("/500", 2),
        ("/204", 1),
        ("/301", 1),
        ("/200", 0),
    ] {
        let answer = status(&service, request(path, &[])).await;
        assert_eq!(answer.as_str(), &path[1..]);
        assert_eq!(left(&memory, &credits(3)), after, "after {path}");
    }
    let refused = send(&service, request("/200", &[])).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn what_was_really_used_is_charged_and_over_use_is_a_debt() {
    let (memory, clock) = memory();
    let bucket = Plan::from(Quota::per_minute(600));
    let layer = RateLimitLayer::with_limiter(memory.clone(), bucket.clone())
        .with_cost(|_| 100)
        .with_charge(used());
    let service = layer.layer(as_told());
    assert_eq!(
        status(&service, request("/200?30", &[])).await,
        StatusCode::OK
    );
    assert_eq!(left(&memory, &bucket), 570);
    // Nothing is said of it, or nothing that can be read: the estimate stands.
    assert_eq!(status(&service, request("/200", &[])).await, StatusCode::OK);
    assert_eq!(left(&memory, &bucket), 470);
    let unreadable = request("/200?-5", &[]);
    assert_eq!(status(&service, unreadable).await, StatusCode::OK);
    assert_eq!(left(&memory, &bucket), 370);
    assert_eq!(
        status(&service, request("/200?670", &[])).await,
        StatusCode::OK
    );
    let refused = send(&service, request("/200", &[])).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    // 300 too many, and 100 for the next: 40 seconds at 10 a second.
    assert_eq!(header(refused.headers(), "retry-after"), "40");
    clock.advance(std::time::Duration::from_secs(40));
    assert_eq!(
        status(&service, request("/200?0", &[])).await,
        StatusCode::OK
    );
}

#[tokio::test]
async fn until_the_body_has_ended_the_whole_cost_is_taken() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory.clone(), credits(3))
        .with_charge(Charge::of_successes());
    let service = layer.layer(as_told());
    let response = send(&service, request("/500", &[])).await;
    assert_eq!(left(&memory, &credits(3)), 2);
    response.into_body().collect().await.unwrap();
    assert_eq!(left(&memory, &credits(3)), 3);

    // Whoever drops a body half-way has had the response that the rule saw.
    drop(send(&service, request("/500", &[])).await);
    assert_eq!(left(&memory, &credits(3)), 3);
    drop(send(&service, request("/200", &[])).await);
    assert_eq!(left(&memory, &credits(3)), 2);

    let at_the_head = layer.with_permit_until(PermitUntil::Head);
    let response = send(&at_the_head.layer(as_told()), request("/500", &[])).await;
    assert_eq!(left(&memory, &credits(3)), 2);
    assert!(!response.body().is_end_stream());
}

#[tokio::test]
async fn a_response_that_never_comes_follows_the_rule_for_what_is_lost() {
    for (lost, after) in [
        (None, 2),
        (Some(Outcome::Cancel), 3),
        (Some(Outcome::Actual(2)), 1),
    ] {
        let (memory, _clock) = memory();
        let mut charge = Charge::by(|_, _| unreachable!("there is no response"));
        if let Some(lost) = lost {
            charge = charge.with_lost(lost);
        }
        let layer =
            RateLimitLayer::with_limiter(memory.clone(), credits(3)).with_charge(charge.clone());

        // Nobody waits for it any longer.
        let never =
            tower::service_fn(|_: Request<Body>| pending::<Result<Response<Body>, Infallible>>());
        {
            let mut answer = pin!(layer.layer(never).oneshot(request("/", &[])));
            let mut context = Context::from_waker(Waker::noop());
            assert!(answer.as_mut().poll(&mut context).is_pending());
            assert_eq!(left(&memory, &credits(3)), 2);
        }
        assert_eq!(left(&memory, &credits(3)), after, "{lost:?}");

        // The inner service fails.
        let key = memory.hasher().anonymous_at([192, 0, 2, 1].into());
        let plan = credits(3);
        let _ = memory.reset(&[Subject { key, plan: &plan }]);
        let fails = tower::service_fn(|_: Request<Body>| async {
            Err::<Response<Body>, _>(std::io::Error::other("gone"))
        });
        assert!(layer.layer(fails).oneshot(request("/", &[])).await.is_err());
        assert_eq!(left(&memory, &credits(3)), after, "{lost:?}");
    }
}

#[tokio::test]
async fn a_cap_is_held_to_the_end_of_the_body_whatever_the_charge() {
    let (memory, _clock) = memory();
    let rate = Policy::sliding_log("credits", Quota::per_day(5));
    let plan = Plan::new("both", [rate, Policy::concurrency("at-once", 1)]).unwrap();
    let layer = RateLimitLayer::with_limiter(memory.clone(), plan.clone())
        .with_charge(Charge::of_successes());
    let service = layer.layer(as_told());
    let slow = send(&service, request("/500", &[])).await;
    let refused = send(&service, request("/200", &[])).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    slow.into_body().collect().await.unwrap();
    assert_eq!(status(&service, request("/200", &[])).await, StatusCode::OK);
    assert_eq!(left(&memory, &plan), 4);
}

#[tokio::test]
async fn the_rule_sees_what_the_service_said_before_the_limits_are_written() {
    let (memory, _clock) = memory();
    let charge = Charge::by(|_, headers| {
        assert!(headers.get("x-ratelimit-limit").is_none());
        Outcome::Keep
    });
    let layer = RateLimitLayer::with_limiter(memory, credits(3)).with_charge(charge);
    let response = send(&layer.layer(as_told()), request("/200", &[])).await;
    assert_eq!(header(response.headers(), "x-ratelimit-remaining"), "2");
    let body: Bytes = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "body");
}

#[tokio::test]
async fn whoever_has_to_pay_is_not_told_to_come_again() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, credits(1)).with_responder(
        |_: &Head<'_>, refusal: &Refusal<'_>| {
            let mut response = Response::new(Bytes::from(refusal.rejection().to_string()));
            *response.status_mut() = StatusCode::PAYMENT_REQUIRED;
            response
        },
    );
    let service = layer.layer(as_told());
    assert_eq!(status(&service, request("/200", &[])).await, StatusCode::OK);
    let refused = send(&service, request("/200", &[])).await;
    assert_eq!(refused.status(), StatusCode::PAYMENT_REQUIRED);
    assert!(!refused.headers().contains_key("retry-after"));
    assert_eq!(header(refused.headers(), "x-ratelimit-remaining"), "0");
}
