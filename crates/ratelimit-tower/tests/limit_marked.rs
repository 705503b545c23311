//! Endpoints by header: requests that are marked are bound by a plan of their own.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use common::{Body, header, memory, request, send};
use http::{HeaderName, Method, Request, Response};
use http_body::Body as HttpBody;
use ratelimit_core::{KeySink, Plan, Policy, Quota};
use ratelimit_tower::limit::{Also, Endpoint, RateLimitLayer};
use ratelimit_tower::{Head, key};
use tower::{Layer, Service};

const MARK: HeaderName = HeaderName::from_static("x-background");

fn hourly(name: &'static str, limit: u32) -> Plan {
    Plan::new(name, [Policy::sliding_log(name, Quota::per_hour(limit))]).unwrap()
}

/// A layer with ample room but for these endpoints.
fn layer(endpoints: impl IntoIterator<Item = Endpoint>) -> RateLimitLayer {
    let layer = RateLimitLayer::with_limiter(memory().0, hourly("own", 100)).with_key(key::bearer);
    endpoints
        .into_iter()
        .fold(layer, RateLimitLayer::with_endpoint)
}

/// A request of alice's with these values of the header.
fn marked(path: &str, values: &[&str]) -> Request<Body> {
    let marks = values.iter().map(|value| ("x-background", *value));
    let headers: Vec<_> = marks.chain([("authorization", "Bearer alice")]).collect();
    request(path, &headers)
}

/// The names of the policies that bind a request.
async fn binding<S, B>(service: &S, request: Request<Body>) -> String
where
    S: Service<Request<Body>, Response = Response<B>, Error: std::fmt::Debug> + Clone,
    B: HttpBody,
{
    let response = send(service, request).await;
    let listed = header(response.headers(), "ratelimit");
    let names = listed
        .split(", ")
        .filter_map(|member| member.split('"').nth(1));
    names.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn what_is_marked_is_bound_beside_the_own_plan_and_what_is_not_is_free() {
    let service = layer([Endpoint::new("/", hourly("background", 2)).with_header(MARK, "true")])
        .layer(common::hello());
    for status in [200, 200, 429] {
        assert_eq!(
            send(&service, marked("/a", &["true"])).await.status(),
            status
        );
    }
    for values in [&[][..], &["false"], &["True"], &["true, true"], &[""]] {
        assert_eq!(binding(&service, marked("/a", values)).await, "own");
    }
    // A line more does not take the mark off.
    let two = marked("/a", &["false", "true"]);
    assert_eq!(send(&service, two).await.status(), 429);
    // Nor is it taken for that of another caller.
    let bob = [("authorization", "Bearer bob"), ("x-background", "true")];
    assert_eq!(send(&service, request("/a", &bob)).await.status(), 200);
}

#[tokio::test]
async fn that_a_header_is_there_may_be_enough() {
    let endpoint = Endpoint::new("/", hourly("any", 9)).with_header_present(MARK);
    let service = layer([endpoint.instead()]).layer(common::hello());
    for values in [&["true"][..], &[""], &["a", "b"]] {
        assert_eq!(binding(&service, marked("/", values)).await, "any");
    }
    assert_eq!(binding(&service, marked("/", &[])).await, "own");
}

#[tokio::test]
async fn the_most_specific_endpoint_binds_whatever_the_order() {
    let also = HeaderName::from_static("x-also");
    let at = |prefix, name| Endpoint::new(prefix, hourly(name, 9));
    let mut endpoints = [
        at("/", "any").with_header_present(MARK),
        at("/", "value").with_header(MARK, "true"),
        at("/", "two")
            .with_header_present(MARK)
            .with_header_present(also),
        at("/", "method").with_method(Method::POST),
        at("/chat", "longer"),
        at("/chat", "both").with_header(MARK, "true"),
    ];
    for _ in 0..endpoints.len() {
        endpoints.rotate_left(1);
        let service = layer(endpoints.iter().cloned()).layer(common::hello());
        let is = async |request, name: &str| {
            assert_eq!(binding(&service, request).await, format!("own {name}"));
        };
        is(marked("/", &["x"]), "any").await;
        is(marked("/", &["true"]), "value").await;
        let mut request = marked("/", &["true"]);
        request.headers_mut().insert("x-also", "1".parse().unwrap());
        is(request, "two").await;
        let mut request = marked("/", &["true"]);
        *request.method_mut() = Method::POST;
        is(request, "method").await;
        is(marked("/chat", &[]), "longer").await;
        is(marked("/chat", &["true"]), "both").await;
        is(marked("/chat", &["x"]), "longer").await;
    }
}

/// What the second of two endpoints has left after one request at the first.
async fn left(first: Endpoint, second: Endpoint) -> String {
    let limiter = memory().0;
    let at = |endpoint: Endpoint| {
        RateLimitLayer::with_limiter(limiter.clone(), hourly("own", 100))
            .with_key(key::bearer)
            .with_endpoint(endpoint.instead())
            .layer(common::hello())
    };
    let all = || {
        let mut request = marked("/", &["true"]);
        request.headers_mut().insert("x-also", "1".parse().unwrap());
        request
    };
    send(&at(first), all()).await;
    let response = send(&at(second), all()).await;
    header(response.headers(), "x-ratelimit-remaining").to_owned()
}

#[tokio::test]
async fn what_is_spent_under_other_conditions_is_counted_apart() {
    let bare = || Endpoint::new("/", hourly("same", 9));
    let any = || bare().with_header_present(MARK);
    let value = || bare().with_header(MARK, "true");
    let also = HeaderName::from_static("x-also");
    let get = || value().with_method(Method::GET);
    let all = [
        bare(),
        any(),
        value(),
        bare().with_header_present(also.clone()),
        get(),
    ];
    for (a, first) in all.iter().enumerate() {
        for (b, second) in all.iter().enumerate() {
            let expected = if a == b { "7" } else { "8" };
            assert_eq!(
                left(first.clone(), second.clone()).await,
                expected,
                "{a} {b}"
            );
        }
    }
    // The order in which conditions are named, and how often, is none of them.
    let one = value()
        .with_header_present(also.clone())
        .with_method(Method::GET);
    let other = bare()
        .with_method(Method::GET)
        .with_header_present(also.clone());
    let other = other.with_header_present(also).with_header(MARK, "true");
    assert_eq!(left(one, other).await, "7");
}

/// The caller's key, of requests that are marked.
fn of_marked(head: &Head<'_>, sink: &mut KeySink) -> bool {
    head.header(MARK.as_str()) == Some("true") && key::bearer(head, sink)
}

#[tokio::test]
async fn a_further_key_caps_what_is_marked_wherever_it_goes() {
    let endpoint = Endpoint::new("/", hourly("here", 9)).with_header(MARK, "true");
    let longer = Endpoint::new("/chat", hourly("chat", 9));
    let service = layer([endpoint, longer])
        .with_also(Also::by("background", of_marked, hourly("background", 3)))
        .layer(common::hello());
    assert_eq!(
        binding(&service, marked("/", &["true"])).await,
        "own here background"
    );
    assert_eq!(
        binding(&service, marked("/chat", &["true"])).await,
        "own chat background"
    );
    assert_eq!(binding(&service, marked("/chat", &[])).await, "own chat");
    assert_eq!(send(&service, marked("/", &["true"])).await.status(), 200);
    for path in ["/", "/chat"] {
        assert_eq!(send(&service, marked(path, &["true"])).await.status(), 429);
    }
}
