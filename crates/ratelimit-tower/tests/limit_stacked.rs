//! Stacked layers, and a layer in front of a service that has limits of its own, give one legal set
//! of headers.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::time::Duration;

use common::{Body, header, hello, memory, of, request, send, status};
use http::{HeaderMap, Request, Response, StatusCode};
use ratelimit_core::{Clock, ManualClock, Memory, Plan, Policy, Quota};
use ratelimit_headers::{Dialects, Existing};
use ratelimit_tower::key;
use ratelimit_tower::limit::RateLimitLayer;
use tower::{Layer, ServiceBuilder};

fn plan(name: &'static str, limit: u32) -> Plan {
    Plan::new(name, [Policy::gcra(name, Quota::per_minute(limit))]).unwrap()
}

fn by_address(memory: &Memory, limit: u32) -> RateLimitLayer {
    RateLimitLayer::with_limiter(memory.clone(), plan("address", limit))
}

fn by_user(memory: &Memory, limit: u32) -> RateLimitLayer {
    RateLimitLayer::with_limiter(memory.clone(), plan("user", limit)).with_key(key::bearer)
}

/// The policies that a client reads, by name, with what remains.
fn read(headers: &HeaderMap, clock: &ManualClock) -> Vec<(Option<String>, Option<u64>)> {
    let now = std::time::UNIX_EPOCH + clock.unix(clock.now());
    let reading = ratelimit_headers::read(headers, now);
    let policies = reading.policies().iter();
    policies
        .map(|p| (p.name().map(str::to_owned), p.remaining()))
        .collect()
}

#[tokio::test]
async fn both_layers_are_in_the_lists_and_the_tighter_one_is_in_the_single_set() {
    let (memory, clock) = memory();
    for (address, user, tighter) in [(10, 5, "4"), (5, 10, "4")] {
        let service = ServiceBuilder::new()
            .layer(by_address(&memory, address))
            .layer(by_user(&memory, user))
            .service(hello());
        let response = send(&service, of(&format!("user-of-{user}"))).await;
        assert_eq!(header(response.headers(), "x-ratelimit-remaining"), tighter);
        let names: Vec<_> = read(response.headers(), &clock)
            .into_iter()
            .map(|p| p.0)
            .collect();
        assert_eq!(names.len(), 2, "{:?}", response.headers());
        assert!(names.contains(&Some("user".into())) && names.contains(&Some("address".into())));
        clock.advance(Duration::from_secs(60));
    }
}

#[tokio::test]
async fn a_refusal_of_the_inner_layer_passes_the_outer_one_whole() {
    let (memory, clock) = memory();
    let service = ServiceBuilder::new()
        .layer(by_address(&memory, 10))
        .layer(by_user(&memory, 1))
        .service(hello());
    assert_eq!(status(&service, of("alice")).await, StatusCode::OK);
    let refused = send(&service, of("alice")).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(header(refused.headers(), "x-ratelimit-limit"), "1");
    assert_eq!(header(refused.headers(), "x-ratelimit-remaining"), "0");
    assert_eq!(header(refused.headers(), "retry-after"), "60");
    assert_eq!(read(refused.headers(), &clock).len(), 2);
}

#[tokio::test]
async fn limits_of_an_upstream_are_merged_replaced_or_kept_as_told() {
    let (memory, clock) = memory();
    let upstream = || {
        tower::service_fn(|_: Request<Body>| async {
            let response = Response::builder()
                .header("x-ratelimit-limit", "100")
                .header("x-ratelimit-remaining", "2")
                .header("x-ratelimit-reset", "1700000099")
                .header("ratelimit", "\"upstream\";r=2;t=9")
                .header("ratelimit-policy", "\"upstream\";q=100;w=60");
            Ok::<_, std::convert::Infallible>(response.body(Body::default()).unwrap())
        })
    };
    let shown = async |existing| {
        let layer = by_address(&memory, 50).with_existing_headers(existing);
        let response = send(&layer.layer(upstream()), request("/", &[])).await;
        let limit = header(response.headers(), "x-ratelimit-limit").to_owned();
        (limit, read(response.headers(), &clock).len())
    };
    assert_eq!(shown(Existing::Merge).await, ("100".into(), 2));
    assert_eq!(shown(Existing::Replace).await, ("50".into(), 1));
    assert_eq!(shown(Existing::Keep).await, ("100".into(), 1));
}

#[tokio::test]
async fn the_order_of_setters_does_not_matter_and_none_with_replace_removes() {
    let (memory, _clock) = memory();
    let upstream = tower::service_fn(|_: Request<Body>| async {
        let response = Response::builder().header("x-ratelimit-limit", "100");
        let response = response.header("x-ratelimit-remaining", "2");
        Ok::<_, std::convert::Infallible>(response.body(Body::default()).unwrap())
    });
    let layer = by_address(&memory, 50).with_existing_headers(Existing::Keep);
    let service = layer.with_headers(Dialects::X_RATE_LIMIT).layer(upstream);
    let kept = send(&service, request("/", &[])).await;
    assert_eq!(header(kept.headers(), "x-ratelimit-limit"), "100");
    let layer = by_address(&memory, 50).with_existing_headers(Existing::Replace);
    let service = layer.with_headers(Dialects::NONE).layer(upstream);
    let removed = send(&service, request("/", &[])).await;
    assert!(removed.headers().get("x-ratelimit-limit").is_none());
}
