//! `X-RateLimit-Retry-After`, which callers get with every response: 0 while nobody is limited.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::convert::Infallible;

use common::{Body, memory, request, send};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use ratelimit_core::{Plan, Policy, Quota};
use ratelimit_headers::{Dialects, Existing};
use ratelimit_tower::Head;
use ratelimit_tower::limit::respond::Template;
use ratelimit_tower::limit::{RateLimitLayer, Rejection};
use tower::{Layer, service_fn};

fn layer(limit: u32) -> RateLimitLayer {
    let minute = Policy::sliding_log("minute", Quota::per_minute(limit));
    RateLimitLayer::with_limiter(memory().0, Plan::try_from(minute).unwrap())
        .with_headers(Dialects::default() | Dialects::X_RETRY_AFTER)
}

/// What the two fields of a response say.
fn waits<B>(response: &Response<B>) -> [Option<&str>; 2] {
    ["x-ratelimit-retry-after", "retry-after"].map(|name| {
        response
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap())
    })
}

#[tokio::test]
async fn it_is_nothing_until_it_is_the_wait() {
    let service = layer(2).layer(common::hello());
    for expected in [[Some("0"), None], [Some("0"), None], [Some("60"); 2]] {
        assert_eq!(waits(&send(&service, request("/", &[])).await), expected);
    }
}

#[tokio::test]
async fn a_refusal_that_time_does_not_cure_does_not_say_at_once() {
    let dear = layer(2).with_cost(|_| 3).layer(common::hello());
    let response = send(&dear, request("/", &[])).await;
    assert_eq!(
        (response.status(), waits(&response)),
        (StatusCode::TOO_MANY_REQUESTS, [None; 2])
    );
    let paid = Template::json("{}")
        .unwrap()
        .with_status(StatusCode::PAYMENT_REQUIRED);
    let service = layer(1).with_responder(paid).layer(common::hello());
    send(&service, request("/", &[])).await;
    let response = send(&service, request("/", &[])).await;
    assert_eq!(
        (response.status(), waits(&response)),
        (StatusCode::PAYMENT_REQUIRED, [None; 2])
    );
    let stranger = layer(1).with_shadow(false).with_peer(|_: &Head<'_>| None);
    let response = send(&stranger.layer(common::hello()), request("/", &[])).await;
    assert!(response.extensions().get::<Rejection>().is_some());
    assert_eq!(waits(&response), [None; 2]);
}

#[tokio::test]
async fn what_would_be_refused_and_is_not_need_not_wait() {
    let service = layer(1).with_shadow(true).layer(common::hello());
    for _ in 0..3 {
        assert_eq!(
            waits(&send(&service, request("/", &[])).await),
            [Some("0"), None]
        );
    }
}

/// What the layer makes of an answer of the service itself.
async fn answered(
    existing: Existing,
    status: u16,
    lines: &'static [(&'static str, &'static str)],
) -> Response<()> {
    let service = service_fn(move |_: Request<Body>| async move {
        let mut response = Response::new(Full::<bytes::Bytes>::default());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        for (name, value) in lines {
            response.headers_mut().append(*name, value.parse().unwrap());
        }
        Ok::<_, Infallible>(response)
    });
    let layer = layer(9).with_existing_headers(existing);
    send(&layer.layer(service), request("/", &[]))
        .await
        .map(drop)
}

#[tokio::test]
async fn a_refusal_of_the_service_itself_is_left_to_it() {
    for existing in [Existing::Merge, Existing::Replace, Existing::Keep] {
        for status in [429, 503] {
            let response = answered(existing, status, &[]).await;
            assert_eq!(waits(&response), [None; 2]);
            assert!(response.headers().contains_key("x-ratelimit-remaining"));
            let response = answered(existing, status, &[("retry-after", "9")]).await;
            assert_eq!(waits(&response), [None, Some("9")]);
        }
        let response = answered(existing, 200, &[("retry-after", "9")]).await;
        assert_eq!(waits(&response), [None, Some("9")]);
    }
    const INNER: &[(&str, &str)] = &[("x-ratelimit-retry-after", "9")];
    assert_eq!(
        waits(&answered(Existing::Merge, 200, INNER).await)[0],
        Some("9")
    );
    assert_eq!(
        waits(&answered(Existing::Keep, 200, INNER).await)[0],
        Some("9")
    );
    assert_eq!(
        waits(&answered(Existing::Replace, 200, INNER).await)[0],
        Some("0")
    );
}

#[tokio::test]
async fn an_outer_layer_does_not_undo_the_wait_of_an_inner_one() {
    let inner = layer(1).with_headers(Dialects::default());
    let service = layer(9).layer(inner.layer(common::hello()));
    send(&service, request("/", &[])).await;
    assert_eq!(
        waits(&send(&service, request("/", &[])).await),
        [None, Some("60")]
    );
    let both = layer(9).layer(layer(1).layer(common::hello()));
    send(&both, request("/", &[])).await;
    assert_eq!(
        waits(&send(&both, request("/", &[])).await),
        [Some("60"); 2]
    );
}
