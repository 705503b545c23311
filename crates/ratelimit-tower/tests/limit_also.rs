//! One request, several keys: the token and the address, together or not at all.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::time::Duration;

use common::{from, header, hello, memory, of, request, send, status};
use http::{HeaderName, StatusCode};
use ratelimit_core::{Plan, Policy, Quota};
use ratelimit_tower::key;
use ratelimit_tower::limit::{Also, Endpoint, RateLimitLayer};
use tower::Layer;

const OK: StatusCode = StatusCode::OK;
const LIMITED: StatusCode = StatusCode::TOO_MANY_REQUESTS;

fn hourly(name: &'static str, limit: u32) -> Plan {
    Plan::new(name, [Policy::sliding_log(name, Quota::per_hour(limit))]).unwrap()
}

#[tokio::test]
async fn a_token_and_an_address_are_charged_together_or_not_at_all() {
    let (memory, clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, hourly("token", 3))
        .with_key(key::bearer)
        .with_also(Also::by_address(hourly("address", 5)));
    let service = layer.layer(hello());
    for _ in 0..3 {
        assert_eq!(status(&service, of("alice")).await, OK);
    }
    // Refused by her token: the address, which has 2 left, pays nothing for it.
    for _ in 0..10 {
        let refused = send(&service, of("alice")).await;
        assert_eq!(refused.status(), LIMITED);
        assert_eq!(header(refused.headers(), "x-ratelimit-limit"), "3");
    }
    for _ in 0..2 {
        assert_eq!(status(&service, of("bob")).await, OK);
    }
    // Refused by the address: his token pays nothing for it, and has one left elsewhere.
    let refused = send(&service, of("bob")).await;
    assert_eq!(refused.status(), LIMITED);
    assert_eq!(header(refused.headers(), "x-ratelimit-limit"), "5");
    assert_eq!(header(refused.headers(), "retry-after"), "3600");
    let elsewhere = || from(of("bob"), "198.51.100.7:1");
    let passed = send(&service, elsewhere()).await;
    assert_eq!(passed.status(), OK);
    assert_eq!(header(passed.headers(), "x-ratelimit-remaining"), "0");
    assert_eq!(status(&service, elsewhere()).await, LIMITED);

    clock.advance(Duration::from_secs(3600));
    assert_eq!(status(&service, of("bob")).await, OK);
}

#[tokio::test]
async fn the_lists_state_every_policy_of_every_key() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, hourly("token", 3))
        .with_key(key::bearer)
        .with_also(Also::by_address(hourly("address", 5)));
    let response = send(&layer.layer(hello()), of("alice")).await;
    assert_eq!(
        header(response.headers(), "ratelimit-policy"),
        "\"token\";q=3;w=3600, \"address\";q=5;w=3600"
    );
    assert_eq!(header(response.headers(), "x-ratelimit-remaining"), "2");
}

#[tokio::test]
async fn a_policy_of_the_same_name_is_another_state_by_another_key() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, hourly("hour", 4))
        // Callers without a token are charged to their address too, once for each of the plans.
        .with_also(Also::by_address(hourly("hour", 3)))
        .with_also(Also::by("client", client, hourly("hour", 2)));
    let service = layer.layer(hello());
    let of_client = |id| request("/", &[("x-client", id)]);
    assert_eq!(status(&service, of_client("a")).await, OK);
    assert_eq!(status(&service, of_client("a")).await, OK);
    assert_eq!(status(&service, of_client("a")).await, LIMITED);
    assert_eq!(status(&service, of_client("b")).await, OK);
    assert_eq!(status(&service, of_client("b")).await, LIMITED);
}

#[tokio::test]
async fn a_request_without_such_a_key_is_bound_by_the_others() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, hourly("address", 2)).with_also(Also::by(
        "client",
        client,
        hourly("client", 1),
    ));
    let service = layer.layer(hello());
    assert_eq!(status(&service, request("/", &[])).await, OK);
    assert_eq!(status(&service, request("/", &[])).await, OK);
    assert_eq!(status(&service, request("/", &[])).await, LIMITED);
}

#[tokio::test]
async fn an_endpoint_and_two_further_keys_are_one_check() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, hourly("token", 9))
        .with_key(key::bearer)
        .with_endpoint(Endpoint::new("/chat", hourly("chat", 2)))
        .with_endpoint(Endpoint::new("/free", hourly("free", 3)).instead())
        .with_also(Also::by_address(hourly("address", 9)))
        .with_also(Also::by("client", client, hourly("client", 9)));
    let service = layer.layer(hello());
    let at = |path| {
        let headers = [("authorization", "Bearer alice"), ("x-client", "a")];
        request(path, &headers)
    };
    let response = send(&service, at("/chat")).await;
    let listed = header(response.headers(), "ratelimit");
    assert_eq!(listed.matches(";r=").count(), 4, "{listed}");
    let response = send(&service, at("/free")).await;
    let listed = header(response.headers(), "ratelimit");
    assert!(!listed.contains("token"), "{listed}");
    assert_eq!(status(&service, at("/chat")).await, OK);
    assert_eq!(status(&service, at("/chat")).await, LIMITED);
    let response = send(&service, at("/")).await;
    // Of the token: this one and two at the endpoint; of the address also the one at /free.
    let listed = header(response.headers(), "ratelimit");
    assert!(listed.contains("\"token\";r=6;"), "{listed}");
    assert!(listed.contains("\"address\";r=5;"), "{listed}");
}

#[tokio::test]
async fn without_an_address_nobody_is_let_in_uncounted() {
    let (memory, _clock) = memory();
    let layer = RateLimitLayer::with_limiter(memory, hourly("token", 9))
        .with_key(key::bearer)
        .with_peer(|_| None)
        .with_also(Also::by_address(hourly("address", 9)));
    let answer = status(&layer.layer(hello()), of("alice")).await;
    assert_eq!(answer, StatusCode::INTERNAL_SERVER_ERROR);
}

#[test]
#[should_panic(expected = "2 further keys at most")]
fn more_keys_than_one_check_can_name_are_refused_when_the_layer_is_made() {
    let also = Also::by_address(Quota::per_hour(1));
    let _ = RateLimitLayer::new(Quota::per_hour(1))
        .with_also(also.clone())
        .with_also(also.clone())
        .with_also(also);
}

fn client(head: &ratelimit_tower::Head<'_>, sink: &mut ratelimit_core::KeySink) -> bool {
    key::header(HeaderName::from_static("x-client"))(head, sink)
}
