//! Readiness is carried, never cloned: the service that is called is the one that was ready.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use common::{Body, hello, memory, of, request};
use http::{Request, Response, StatusCode};
use ratelimit_core::{Plan, Policy, Quota};
use ratelimit_tower::key;
use ratelimit_tower::limit::RateLimitLayer;
use tower::{Layer, Service, ServiceBuilder, ServiceExt};
use tower_test::mock;

fn layer() -> RateLimitLayer {
    RateLimitLayer::with_limiter(memory().0, Quota::per_minute(1))
}

fn looked_up() -> RateLimitLayer {
    layer().with_key(key::bearer).with_look_up(|_| async {
        tokio::task::yield_now().await;
        Ok::<_, std::convert::Infallible>(Some(Plan::from(Quota::per_minute(1))))
    })
}

fn poll_ready<S: Service<Request<Body>>>(service: &mut S) -> Poll<Result<(), S::Error>> {
    service.poll_ready(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn it_is_ready_when_the_inner_service_is() {
    let (mut service, mut handle) = mock::spawn_layer::<Request<Body>, Response<Body>, _>(layer());
    handle.allow(0);
    assert!(service.poll_ready().is_pending());
    handle.allow(1);
    assert!(service.poll_ready().is_ready());
}

/// The mock panics when a service that is not ready is called.
#[tokio::test]
async fn the_inner_service_is_called_when_it_is_ready_also_after_a_look_up() {
    for layer in [layer(), looked_up()] {
        let (inner, mut handle) = mock::pair::<Request<Body>, Response<Body>>();
        let mut service = layer.layer(inner);
        handle.allow(1);
        let mut call = pin!(async {
            let ready = service.ready().await.unwrap();
            ready.call(of("alice")).await.unwrap().status()
        });
        tokio::select! {
            biased;
            _ = &mut call => panic!("nobody answered"),
            received = handle.next_request() => {
                received.unwrap().1.send_response(Response::new(Body::from("hello")));
            }
        }
        assert_eq!(call.await, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_refusal_does_not_use_up_the_inner_services_readiness() {
    let (inner, mut handle) = mock::pair::<Request<Body>, Response<Body>>();
    let mut service = layer().layer(inner);
    handle.allow(1);
    let first = tokio::spawn(service.ready().await.unwrap().call(request("/", &[])));
    let (_, answer) = handle.next_request().await.unwrap();
    answer.send_response(Response::new(Body::default()));
    assert_eq!(first.await.unwrap().unwrap().status(), StatusCode::OK);
    handle.allow(1);
    for _ in 0..3 {
        let refused = service.ready().await.unwrap().call(request("/", &[])).await;
        assert_eq!(refused.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
    }
}

#[tokio::test]
async fn over_a_concurrency_limit_and_a_buffer_nothing_is_called_unready() {
    for layer in [layer(), looked_up()] {
        let inner = ServiceBuilder::new()
            .buffer::<Request<Body>>(4)
            .concurrency_limit(1)
            .service(hello());
        let mut service = layer.layer(inner);
        let mut responses = Vec::new();
        for _ in 0..3 {
            let response = service
                .ready()
                .await
                .unwrap()
                .call(of("alice"))
                .await
                .unwrap();
            responses.push(response.status());
        }
        let limited = StatusCode::TOO_MANY_REQUESTS;
        assert_eq!(responses, [StatusCode::OK, limited, limited]);
    }
}

#[tokio::test]
async fn a_ready_service_that_is_dropped_uncalled_has_taken_nothing() {
    let cap = [
        Policy::gcra("minute", Quota::per_minute(1)),
        Policy::concurrency("at-once", 1),
    ];
    let plan = Plan::new("p", cap).unwrap();
    let layer = RateLimitLayer::with_limiter(memory().0, plan);
    let service = layer.layer(hello());
    let mut idle = Vec::new();
    for _ in 0..10 {
        let mut clone = service.clone();
        assert!(poll_ready(&mut clone).is_ready());
        idle.push(clone);
    }
    drop(idle.split_off(5));
    assert_eq!(
        common::status(&service, request("/", &[])).await,
        StatusCode::OK
    );
}

/// A refusal must come from the limit, never from a task's budget of polls.
#[tokio::test]
async fn an_exhausted_task_budget_refuses_nobody() {
    let service = RateLimitLayer::with_limiter(memory().0, Quota::per_minute(1000)).layer(hello());
    for _ in 0..1000 {
        assert_eq!(
            common::status(&service, request("/", &[])).await,
            StatusCode::OK
        );
    }
    let refused = common::status(&service, request("/", &[])).await;
    assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn clones_and_services_of_one_layer_share_one_budget() {
    let layer = RateLimitLayer::with_limiter(memory().0, Quota::per_minute(10));
    let mut admitted = 0;
    for _ in 0..5 {
        let route = layer.clone().layer(hello());
        for _ in 0..5 {
            let status = common::status(&route.clone(), request("/", &[])).await;
            admitted += u32::from(status == StatusCode::OK);
        }
    }
    assert_eq!(admitted, 10);
}
