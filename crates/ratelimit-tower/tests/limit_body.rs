//! A permit of a cap on concurrency is held to the end of the response's body, and given back
//! exactly once, whatever happens.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod common;

use std::convert::Infallible;
use std::future::{Future, pending};
use std::pin::Pin;
use std::task::{Context, Waker};

use bytes::Bytes;
use common::{Body, header, memory, request, send, text};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body as _, Frame};
use http_body_util::{BodyExt, Empty, Full, StreamBody, channel::Channel, combinators::BoxBody};
use ratelimit_core::{Memory, Plan, Policy};
use ratelimit_tower::limit::{PermitUntil, RateLimitLayer};
use tower::{Layer, Service};

type AnyBody = BoxBody<Bytes, std::io::Error>;
type Answer = Pin<Box<dyn Future<Output = Result<Response<AnyBody>, std::io::Error>> + Send>>;

fn layer() -> RateLimitLayer {
    let plan = Plan::new("cap", [Policy::concurrency("at-once", 1)]).unwrap();
    RateLimitLayer::with_limiter(memory().0, plan)
}

/// Whether a permit is free.
fn is_free(limiter: &Memory) -> bool {
    use ratelimit_core::{Check, KeyHasher, Limiter, Subject};
    let plan = Plan::new("cap", [Policy::concurrency("at-once", 1)]).unwrap();
    let hasher: &KeyHasher = limiter.hasher();
    let key = hasher.anonymous_at([192, 0, 2, 1].into());
    let subject = Subject { key, plan: &plan };
    match limiter.peek(&[subject], 1.into()) {
        Check::Done(Ok(verdict)) => verdict.decision.is_allowed(),
        _ => unreachable!("memory answers at once"),
    }
}

fn boxed<B>(body: B) -> AnyBody
where
    B: http_body::Body<Data = Bytes, Error = Infallible> + Send + Sync + 'static,
{
    body.map_err(|never| match never {}).boxed()
}

/// A layer around a service that answers with what `answer` makes.
fn around<F>(
    layer: &RateLimitLayer,
    answer: F,
) -> impl Service<
    Request<Body>,
    Response = Response<impl http_body::Body<Data = Bytes, Error = std::io::Error> + use<F>>,
    Error = std::io::Error,
    Future: Send,
> + Clone
+ use<F>
where
    F: Fn() -> Answer + Clone + Send + Sync + 'static,
{
    layer.layer(tower::service_fn(move |_: Request<Body>| answer()))
}

fn answer(
    body: impl Fn() -> AnyBody + Clone + Send + Sync + 'static,
) -> impl Fn() -> Answer + Clone + Send + Sync + 'static {
    move || {
        let response = Response::new(body());
        Box::pin(async move { Ok(response) })
    }
}

#[tokio::test]
async fn it_is_held_while_the_body_streams_and_free_at_its_end() {
    let layer = layer();
    let (sender, body) = Channel::<Bytes, Infallible>::new(4);
    let body = std::sync::Arc::new(std::sync::Mutex::new(Some(body)));
    let service = around(
        &layer,
        answer(move || boxed(body.lock().unwrap().take().unwrap())),
    );
    let response = send(&service, request("/", &[])).await;
    assert!(!is_free(layer.limiter()));
    let refused = send(&service, request("/", &[])).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(header(refused.headers(), "retry-after"), "1");
    assert!(text_of(refused).await.contains("1 at a time"));
    let mut sender = sender;
    sender.send_data(Bytes::from("part")).await.unwrap();
    let mut body = Box::pin(response.into_body());
    assert!(body.frame().await.is_some());
    assert!(!is_free(layer.limiter()));
    drop(sender);
    assert!(body.frame().await.is_none());
    assert!(is_free(layer.limiter()));
}

async fn text_of<B>(response: Response<B>) -> String
where
    B: http_body::Body<Data = Bytes, Error = std::io::Error>,
{
    text(response).await
}

#[tokio::test]
async fn it_is_free_when_the_body_is_dropped_in_the_middle() {
    let layer = layer();
    let service = around(&layer, answer(|| boxed(Full::from("hello"))));
    let response = send(&service, request("/", &[])).await;
    assert!(!is_free(layer.limiter()));
    drop(response);
    assert!(is_free(layer.limiter()));
}

#[tokio::test]
async fn it_is_free_when_the_future_is_dropped() {
    let layer = layer();
    let mut service = around(&layer, || Box::pin(pending()));
    let mut future = Box::pin(service.call(request("/", &[])));
    let poll = future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    assert!(poll.is_pending() && !is_free(layer.limiter()));
    drop(future);
    assert!(is_free(layer.limiter()));
}

#[tokio::test]
async fn it_is_free_when_the_service_or_the_body_fails() {
    let layer = layer();
    let mut failing = around(&layer, || {
        Box::pin(async { Err(std::io::Error::other("down")) })
    });
    assert!(failing.call(request("/", &[])).await.is_err());
    assert!(is_free(layer.limiter()));
    let broken = || {
        let frames = [
            Ok(Frame::data(Bytes::from("x"))),
            Err(std::io::Error::other("reset")),
        ];
        StreamBody::new(futures_util::stream::iter(frames)).boxed()
    };
    let service = around(&layer, answer(broken));
    let mut body = Box::pin(send(&service, request("/", &[])).await.into_body());
    assert!(body.frame().await.unwrap().is_ok());
    assert!(!is_free(layer.limiter()));
    assert!(body.frame().await.unwrap().is_err());
    assert!(is_free(layer.limiter()));
}

#[tokio::test]
async fn it_is_free_when_the_service_panics() {
    let layer = layer();
    let service = around(&layer, || {
        Box::pin(async { panic!("a bug in the handler") })
    });
    let task = tokio::spawn(async move { send(&service, request("/", &[])).await.status() });
    assert!(task.await.unwrap_err().is_panic());
    assert!(is_free(layer.limiter()));
}

#[tokio::test]
async fn an_empty_body_holds_nothing() {
    let layer = layer();
    let service = around(&layer, answer(|| boxed(Empty::new())));
    let head_only = send(&service, request("/", &[])).await;
    assert!(is_free(layer.limiter()));
    assert!(head_only.body().is_end_stream());
}

#[tokio::test]
async fn trailers_end_it_and_arrive() {
    let layer = layer();
    let with_trailers = || {
        let mut trailers = HeaderMap::new();
        trailers.insert("grpc-status", "0".parse().unwrap());
        boxed(Full::from("hello").with_trailers(async move { Some(Ok(trailers)) }))
    };
    let service = around(&layer, answer(with_trailers));
    let response = send(&service, request("/", &[])).await;
    let mut body = Box::pin(response.into_body());
    assert!(body.frame().await.unwrap().unwrap().is_data());
    assert!(!is_free(layer.limiter()));
    assert!(body.frame().await.unwrap().unwrap().is_trailers());
    assert!(is_free(layer.limiter()));
}

#[tokio::test]
async fn until_the_head_means_until_the_head() {
    let layer = layer().with_permit_until(PermitUntil::Head);
    let service = around(&layer, answer(|| boxed(Full::from("hello"))));
    let response = send(&service, request("/", &[])).await;
    assert!(is_free(layer.limiter()));
    drop(response);
}

#[tokio::test]
async fn the_body_keeps_its_size_and_its_end() {
    let layer = layer();
    let service = around(&layer, answer(|| boxed(Full::from("hello"))));
    let response = send(&service, request("/", &[])).await;
    assert_eq!(response.body().size_hint().exact(), Some(5));
    assert!(!response.body().is_end_stream());
    let refused = send(&service, request("/", &[])).await;
    let length = refused.body().size_hint().exact().unwrap();
    assert_eq!(text(refused).await.len() as u64, length);
}
