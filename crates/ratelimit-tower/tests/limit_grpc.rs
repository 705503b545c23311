//! Refusals as a client of gRPC sees them: a server and a client of tonic's, over a real socket.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;
mod socket;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{Request, Response};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use prost::Message;
use ratelimit_core::{ManualClock, Memory, Plan, Policy, Quota};
use ratelimit_tower::Head;
use ratelimit_tower::key;
use ratelimit_tower::limit::respond::{Empty, ErrorJson, Grpc, Refusal, Respond};
use ratelimit_tower::limit::{Anonymous, RateLimitLayer, Rejection};
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Status};
use tonic_types::StatusExt;
use tower::{Layer, ServiceExt, service_fn};

use socket::BytesCodec;

/// A minute of sixty, whose time stands still until it is moved.
fn layer(plan: impl Into<Plan>) -> (RateLimitLayer, ManualClock) {
    let (limiter, clock) = common::memory();
    let layer = RateLimitLayer::with_limiter(limiter, plan)
        .with_key(key::bearer)
        .with_anonymous(Anonymous::Refuse)
        .with_responder(Grpc::new());
    (layer, clock)
}

/// An echo for gRPC and a page for everybody else, on one port.
async fn serve(layer: RateLimitLayer) -> SocketAddr {
    let echo = |request: Request<axum::body::Body>| async {
        let echo = service_fn(async |said: tonic::Request<Bytes>| {
            Ok::<_, Status>(tonic::Response::new(said.into_inner()))
        });
        tonic::server::Grpc::new(BytesCodec)
            .unary(echo, request)
            .await
    };
    let router = Router::new()
        .route("/test.Echo/Say", post(echo))
        .route("/page", get(|| async { "hello" }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::builder()
        .accept_http1(true)
        .layer(layer)
        .add_routes(router.into())
        .serve_with_incoming(TcpIncoming::from(listener));
    tokio::spawn(server);
    address
}

/// Says "hi" with this token.
async fn say(address: SocketAddr, token: Option<&str>) -> Result<Bytes, Status> {
    let channel = Channel::from_shared(format!("http://{address}")).unwrap();
    let mut client = tonic::client::Grpc::new(channel.connect().await.unwrap());
    client.ready().await.unwrap();
    let mut request = tonic::Request::new(Bytes::from_static(b"hi"));
    if let Some(token) = token {
        let value = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", value);
    }
    let path = PathAndQuery::from_static("/test.Echo/Say");
    let response = client.unary(request, path, BytesCodec).await?;
    Ok(response.into_inner())
}

fn metadata<'s>(status: &'s Status, name: &str) -> &'s str {
    status.metadata().get(name).unwrap().to_str().unwrap()
}

#[tokio::test]
async fn a_limit_is_resource_exhausted_and_says_when_to_come_again() {
    let minute = Policy::sliding_log("minute", Quota::per_minute(1));
    let (layer, clock) = layer(Plan::try_from(minute).unwrap());
    let address = serve(layer).await;
    assert_eq!(say(address, Some("a")).await.unwrap(), "hi");

    clock.advance(Duration::from_nanos(1));
    let status = say(address, Some("a")).await.unwrap_err();
    let wait = Duration::from_secs(60) - Duration::from_nanos(1);
    assert_eq!(status.code(), Code::ResourceExhausted);
    let words = "Rate limit exceeded. Please retry after 60 seconds.";
    assert_eq!(status.message(), words);
    assert_eq!(metadata(&status, "grpc-retry-pushback-ms"), "60000");
    assert_eq!(metadata(&status, "retry-after"), "60");
    assert_eq!(metadata(&status, "x-ratelimit-remaining"), "0");

    let details = status.check_error_details().unwrap();
    assert_eq!(details.retry_info().unwrap().retry_delay, Some(wait));
    let [violation] = &details.quota_failure().unwrap().violations[..] else {
        panic!("one limit refused");
    };
    assert_eq!(violation.description, "minute");
    assert_eq!(violation.quota_id, "minute");

    // What it says is true.
    clock.advance(wait);
    assert_eq!(say(address, Some("a")).await.unwrap(), "hi");
}

#[tokio::test]
async fn the_status_within_the_details_says_what_the_headers_say() {
    let (layer, _clock) = layer(Quota::per_minute(60).burst(1));
    let address = serve(layer).await;
    say(address, Some("a")).await.unwrap();
    let status = say(address, Some("a")).await.unwrap_err();
    let inner = tonic_types::pb::Status::decode(status.details()).unwrap();
    assert_eq!(inner.code, 8);
    assert_eq!(inner.message, status.message());
    let urls: Vec<_> = inner.details.iter().map(|any| &*any.type_url).collect();
    let expected = [
        "type.googleapis.com/google.rpc.RetryInfo",
        "type.googleapis.com/google.rpc.QuotaFailure",
    ];
    assert_eq!(urls, expected);
}

#[tokio::test]
async fn what_time_does_not_cure_is_not_to_be_tried_again() {
    let (layer, _clock) = layer(Quota::per_minute(5));
    let address = serve(layer.with_cost(|_| 6)).await;
    let status = say(address, Some("a")).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(metadata(&status, "grpc-retry-pushback-ms"), "-1");
    assert!(status.metadata().get("retry-after").is_none());
    let details = status.check_error_details().unwrap();
    assert!(details.retry_info().is_none());
    assert!(details.quota_failure().is_some());
}

#[tokio::test]
async fn whoever_has_no_key_is_unauthenticated() {
    let (layer, _clock) = layer(Quota::per_minute(5));
    let known = |head: &Head<'_>| (head.bearer() == Some("a")).then(|| Quota::per_minute(5).into());
    let layer = layer.with_plan(known).with_unknown(Anonymous::Refuse);
    let address = serve(layer).await;
    assert!(say(address, Some("a")).await.is_ok());
    for (token, words) in [(None, "Missing API key."), (Some("b"), "Invalid API key.")] {
        let status = say(address, token).await.unwrap_err();
        assert_eq!(status.code(), Code::Unauthenticated);
        assert_eq!(status.message(), words);
        assert_eq!(metadata(&status, "grpc-retry-pushback-ms"), "-1");
        // A challenge is for a 401.
        assert!(status.metadata().get("www-authenticate").is_none());
    }
}

#[tokio::test]
async fn a_look_up_that_fails_is_unavailable_and_a_set_up_that_lacks_something_internal() {
    let (layer, _clock) = layer(Quota::per_minute(5));
    let look_up = |_: &Head<'_>| async { Err::<Option<Plan>, _>(std::io::Error::other("secret")) };
    let down = serve(layer.clone().with_look_up(look_up)).await;
    let status = say(down, Some("a")).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert!(!status.message().contains("secret"));
    // Nobody knows when it will work again: the client's own back-off counts.
    assert!(status.metadata().get("grpc-retry-pushback-ms").is_none());

    let by_address = Anonymous::ByAddress(Quota::per_minute(5).into());
    let nobody = layer.with_anonymous(by_address).with_peer(|_| None);
    let status = say(serve(nobody).await, None).await.unwrap_err();
    assert_eq!(status.code(), Code::Internal);
    assert!(status.message().contains("with_peer"));
}

#[tokio::test]
async fn a_full_cap_says_the_wait_that_the_layer_was_told() {
    let cap = Policy::concurrency("at-once", 1);
    let (layer, _clock) = layer(Plan::try_from(cap).unwrap());
    let layer = layer.with_retry_after_held(Duration::from_millis(2500));
    let held = layer.layer(common::hello());
    let _held = common::send(&held, common::of("a")).await;
    let status = say(serve(layer).await, Some("a")).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(metadata(&status, "grpc-retry-pushback-ms"), "2500");
    assert_eq!(metadata(&status, "retry-after"), "3");
}

#[tokio::test]
async fn a_full_store_is_unavailable_and_blames_no_limit_of_the_caller() {
    let limiter = Memory::builder().capacity(1).clock(ManualClock::new());
    let layer = RateLimitLayer::with_limiter(limiter.build(), Quota::per_minute(1))
        .with_key(key::bearer)
        .with_responder(Grpc::new());
    let filled = layer.layer(common::hello());
    let mut token = 0;
    while common::status(&filled, common::of(&token.to_string())).await == 200 {
        token += 1;
    }
    let address = serve(layer).await;
    let status = say(address, Some(&token.to_string())).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    let details = status.check_error_details().unwrap();
    assert!(details.retry_info().is_some());
    assert!(details.quota_failure().is_none());
}

#[tokio::test]
async fn one_port_answers_each_in_its_own_language() {
    let (layer, _clock) = layer(Quota::per_minute(1));
    let address = serve(layer).await;
    let get = async || {
        let request = Request::get(format!("http://{address}/page"))
            .header("authorization", "Bearer a")
            .body(Full::<Bytes>::default())
            .unwrap();
        let client = Client::builder(TokioExecutor::new()).build_http();
        client.request(request).await.unwrap()
    };
    assert_eq!(get().await.status(), 200);
    // One budget, two languages.
    let status = say(address, Some("a")).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    let response = get().await;
    assert_eq!(response.status(), 429);
    let kind = common::header(response.headers(), "content-type");
    assert_eq!(kind, "application/problem+json");
    assert!(!response.headers().contains_key("grpc-status"));
    assert!(common::text(response).await.contains("quota-exceeded"));
}

#[tokio::test]
async fn words_of_ones_own_arrive_as_they_were_written() {
    let words = "Zu früh: 100 % verbraucht.\n🐌";
    let (layer, _clock) = layer(Quota::per_minute(5));
    let own = Grpc::new().with_message(|head: &Head<'_>, rejection: &Rejection| {
        assert_eq!(head.path(), "/test.Echo/Say");
        assert_eq!(rejection.status(), 429);
        "Zu früh: 100 % verbraucht.\n🐌".to_owned()
    });
    let address = serve(layer.with_cost(|_| 6).with_responder(own)).await;
    let status = say(address, Some("a")).await.unwrap_err();
    assert_eq!(status.message(), words);
    let inner = tonic_types::pb::Status::decode(status.details()).unwrap();
    assert_eq!(inner.message, words);
}

/// Says the wait in a header of its own.
struct Waits;

impl Respond for Waits {
    fn respond(&self, _: &Head<'_>, refusal: &Refusal<'_>) -> Response<Bytes> {
        let wait = format!("{:?}", refusal.wait()).parse().unwrap();
        let mut response = Response::new(Bytes::new());
        response.headers_mut().insert("wait", wait);
        response
    }
}

#[tokio::test]
async fn the_other_responder_is_told_the_wait_as_well() {
    let (layer, _clock) = layer(Quota::per_minute(60).burst(1));
    let service = layer.with_responder(Grpc::or(Waits)).layer(common::hello());
    common::send(&service, common::of("a")).await;
    let response = common::send(&service, common::of("a")).await;
    assert_eq!(common::header(response.headers(), "wait"), "Some(1s)");
}

/// The answer of a layer with this responder to a call of this type, of a cost that never fits.
async fn refusal(responder: impl Respond + 'static, content_type: &str) -> Response<()> {
    let (layer, _clock) = layer(Quota::per_minute(5));
    let layer = layer.with_cost(|_| 6).with_responder(responder);
    let headers = [
        ("authorization", "Bearer a"),
        ("content-type", content_type),
    ];
    let request = common::request("/test.Echo/Say", &headers);
    let response = layer.layer(common::hello()).oneshot(request).await.unwrap();
    assert!(response.extensions().get::<Rejection>().is_some());
    let is_grpc = response.headers().contains_key("grpc-status");
    // Trailers-Only: the answer ends with its head.
    assert!(!is_grpc || http_body::Body::is_end_stream(response.body()));
    response.map(drop)
}

#[tokio::test]
async fn the_answer_has_the_type_of_the_call() {
    for content_type in [
        "application/grpc",
        "application/grpc+proto",
        "application/grpc-web-text+proto",
    ] {
        let response = refusal(Grpc::new(), content_type).await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], content_type);
        assert_eq!(response.headers()["grpc-status"], "8");
    }
}

#[tokio::test]
async fn other_requests_are_answered_by_the_other_responder() {
    let json = refusal(Grpc::new(), "application/json").await;
    assert_eq!(json.status(), 429);
    assert_eq!(json.headers()["content-type"], "application/problem+json");
    let error = refusal(Grpc::or(ErrorJson), "application/json").await;
    assert_eq!(error.headers()["content-type"], "application/json");
    let nested = refusal(Grpc::or(Grpc::or(Empty)), "application/grpc-foo").await;
    assert_eq!(nested.status(), 429);
    assert!(!nested.headers().contains_key("content-type"));
}
