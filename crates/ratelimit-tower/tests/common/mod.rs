//! What the tests of the server's layer share.
#![allow(dead_code, reason = "no test uses all of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use ratelimit_core::{ManualClock, Memory};
use ratelimit_tower::key::PeerAddr;
use tower::{Service, ServiceExt};

pub(crate) type Body = Full<Bytes>;

/// A service that answers "hello", and needs no readiness.
pub(crate) fn hello()
-> impl Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future: Send>
+ Clone
+ Send
+ Sync
+ 'static {
    tower::service_fn(|_: Request<Body>| async { Ok(Response::new(Full::from("hello"))) })
}

/// A limiter in memory whose time stands still.
pub(crate) fn memory() -> (Memory, ManualClock) {
    let clock = ManualClock::starting_at(std::time::Duration::from_millis(1_700_000_000_500));
    (Memory::builder().clock(clock.clone()).build(), clock)
}

/// A request for `path` with these headers, from 192.0.2.1.
pub(crate) fn request(path: &str, headers: &[(&'static str, &str)]) -> Request<Body> {
    let mut request = Request::new(Full::default());
    *request.uri_mut() = path.parse().unwrap();
    for (name, value) in headers {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    from(request, "192.0.2.1:4711")
}

/// The same request from another peer.
pub(crate) fn from(mut request: Request<Body>, peer: &str) -> Request<Body> {
    let peer: SocketAddr = peer.parse().unwrap();
    request.extensions_mut().insert(PeerAddr(peer));
    request
}

/// A request of the caller with this bearer token.
pub(crate) fn of(token: &str) -> Request<Body> {
    request("/", &[("authorization", &format!("Bearer {token}"))])
}

/// The response to one request.
pub(crate) async fn send<S, B>(service: &S, request: Request<Body>) -> Response<B>
where
    S: Service<Request<Body>, Response = Response<B>, Error: std::fmt::Debug> + Clone,
{
    service.clone().oneshot(request).await.unwrap()
}

/// The status of the response to one request whose body is read to its end.
pub(crate) async fn status<S, B>(service: &S, request: Request<Body>) -> StatusCode
where
    S: Service<Request<Body>, Response = Response<B>, Error: std::fmt::Debug> + Clone,
    B: http_body::Body<Error: std::fmt::Debug>,
{
    let response = send(service, request).await;
    let status = response.status();
    response.into_body().collect().await.unwrap();
    status
}

/// The text of a response's body.
pub(crate) async fn text<B>(response: Response<B>) -> String
where
    B: http_body::Body<Data = Bytes, Error: std::fmt::Debug>,
{
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The value of a header that is there once.
#[track_caller]
pub(crate) fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    let mut values = headers.get_all(name).iter();
    let value = values.next().unwrap_or_else(|| panic!("no {name}"));
    assert!(values.next().is_none(), "{name} is there more than once");
    value.to_str().unwrap()
}
