//! The same service behind our layer and behind tower_governor's, in one run.
//!
//! Both are asked for the same thing: the same key from the same request, a limit that nobody reaches or
//! one that is used up, with and without headers. Both write what they write by default: tower_governor
//! two headers, we three (`X-RateLimit-*`) or five (the IETF lists too).

use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderValue, Request, Response, header};
use ratelimit_core::{Limiter, Memory, Plan, Quota, Subject};
use ratelimit_headers::Dialects;
use ratelimit_tower::key::{self, PeerAddr};
use ratelimit_tower::limit::RateLimitLayer;
use ratelimit_tower::limit::respond::Empty;
use tower::{Layer, Service};
use tower_governor::governor::GovernorConfigBuilder;
use tower_governor::key_extractor::{KeyExtractor, PeerIpKeyExtractor};
use tower_governor::{GovernorError, GovernorLayer};

/// The limit that is written: short, as real limits are.
const LIMIT: u32 = 9_999;
/// After so many calls our caller's state is reset, so that the limit is not reached.
const CALLS_PER_STATE: u32 = 5_000;

macro_rules! token {
    () => {
        "an-api-key-of-32-characters-0123"
    };
}
const TOKEN: &str = token!();
const PEER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4711);

/// A service that answers at once with nothing.
#[derive(Clone, Copy, Debug)]
pub struct Noop;

/// The bearer token, as a key of tower_governor.
#[derive(Clone, Copy, Debug)]
pub struct ApiKey;

/// What makes one request after the other and throws the answers away.
pub type Calls = Box<dyn FnMut()>;

impl Service<Request<Body>> for Noop {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(Ok(Response::new(Body::empty())))
    }
}

impl KeyExtractor for ApiKey {
    type Key = String;

    fn extract<T>(&self, request: &Request<T>) -> Result<String, GovernorError> {
        let value = request.headers().get(header::AUTHORIZATION);
        let text = value.and_then(|value| value.to_str().ok());
        let token = text.and_then(|text| text.strip_prefix("Bearer "));
        token
            .map(str::to_owned)
            .ok_or(GovernorError::UnableToExtractKey)
    }
}

/// The service alone.
#[must_use]
pub fn bare() -> Calls {
    calls(Noop, 200)
}

/// Our layer by peer address or by bearer token, with a limit that nobody reaches.
#[must_use]
pub fn ours(by_token: bool, dialects: Dialects) -> Calls {
    let plan = Plan::from(Quota::per_minute(LIMIT));
    let limiter = Memory::new();
    let key = if by_token {
        limiter.hasher().sink().text(TOKEN).key()
    } else {
        limiter.hasher().anonymous_at(PEER.ip())
    };
    let layer = our_layer(limiter.clone(), &plan, by_token, dialects);
    let mut call = calls(layer.layer(Noop), 200);
    let mut left = 0;
    Box::new(move || {
        if left == 0 {
            left = CALLS_PER_STATE;
            let plan = &plan;
            let _ = limiter.reset(&[Subject { key, plan }]);
        }
        left -= 1;
        call();
    })
}

/// Our layer with a limit that is used up.
#[must_use]
pub fn ours_refused(by_token: bool, dialects: Dialects) -> Calls {
    refused_by(&our_layer(Memory::new(), &used_up(), by_token, dialects))
}

/// The same, with nothing in the body.
#[must_use]
pub fn ours_refused_empty(by_token: bool) -> Calls {
    let layer = our_layer(Memory::new(), &used_up(), by_token, Dialects::NONE);
    refused_by(&layer.with_responder(Empty))
}

fn used_up() -> Plan {
    Plan::from(Quota::per_hour(1))
}

fn refused_by(layer: &RateLimitLayer) -> Calls {
    let mut service = layer.layer(Noop);
    let _ = now_or_never(service.call(request()));
    calls(service, 429)
}

/// tower_governor's layer with a limit that nobody reaches.
#[must_use]
pub fn theirs(by_token: bool, headers: bool) -> Calls {
    let mut config = GovernorConfigBuilder::default();
    config.period(Duration::from_nanos(1)).burst_size(LIMIT);
    their_calls(&mut config, by_token, headers, 200)
}

/// tower_governor's layer with a limit that is used up.
#[must_use]
pub fn theirs_refused(by_token: bool, headers: bool) -> Calls {
    let mut config = GovernorConfigBuilder::default();
    config.period(Duration::from_secs(3_600)).burst_size(1);
    their_calls(&mut config, by_token, headers, 429)
}

fn our_layer(limiter: Memory, plan: &Plan, by_token: bool, dialects: Dialects) -> RateLimitLayer {
    let layer = RateLimitLayer::with_limiter(limiter, plan.clone()).with_headers(dialects);
    if by_token {
        layer.with_key(key::bearer)
    } else {
        layer
    }
}

type PeerConfig = GovernorConfigBuilder<
    PeerIpKeyExtractor,
    governor::middleware::NoOpMiddleware<governor::clock::QuantaInstant>,
>;

fn their_calls(config: &mut PeerConfig, by_token: bool, headers: bool, status: u16) -> Calls {
    macro_rules! finish {
        ($config:expr) => {{
            let config = Arc::new($config.finish().expect("a quota"));
            let mut service = GovernorLayer::new(config).layer(Noop);
            let _ = now_or_never(service.call(request()));
            calls(service, status)
        }};
    }
    match (by_token, headers) {
        (false, false) => finish!(config),
        (false, true) => finish!(config.use_headers()),
        (true, false) => finish!(config.key_extractor(ApiKey)),
        (true, true) => finish!(config.key_extractor(ApiKey).use_headers()),
    }
}

fn calls<S, B>(mut service: S, status: u16) -> Calls
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + 'static,
{
    Box::new(move || {
        let response = now_or_never(service.call(request()));
        let Ok(response) = response;
        assert_eq!(response.status().as_u16(), status);
    })
}

fn request() -> Request<Body> {
    let mut request = Request::new(Body::empty());
    let extensions = request.extensions_mut();
    extensions.insert(ConnectInfo(PEER));
    extensions.insert(PeerAddr(PEER));
    let token = HeaderValue::from_static(concat!("Bearer ", token!()));
    request.headers_mut().insert(header::AUTHORIZATION, token);
    request
}

fn now_or_never<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("nothing here waits"),
    }
}
