//! Sends requests again that failed, when that is safe and of use.
//!
//! [`RetryLayer`] does what a server's answer says first: a `Retry-After` is waited for in full, and
//! then some, because everybody else was told the same second. Only where nothing is stated, the wait
//! is random between zero and a bound that doubles with each try ("full jitter"), up to 300 s. An answer that states
//! more than an hour is returned ([`with_longest_wait`](RetryLayer::with_longest_wait)). A request
//! is sent five times at most; what a limit refused, with a time to come back, is not counted
//! ([`with_max_refusals`](RetryLayer::with_max_refusals)). [`Standard`] says what is sent again at all.
//!
//! # Put it outside of the throttle
//!
//! Each try has to take a token of its own, or retries exceed the limit that they are meant to keep:
//!
//! ```
//! use ratelimit_core::Quota;
//! use ratelimit_tower::{retry::RetryLayer, throttle::ThrottleLayer};
//! use tower::ServiceBuilder;
//!
//! let stack = ServiceBuilder::new()
//!     .layer(RetryLayer::new())
//!     .layer(ThrottleLayer::new(Quota::per_minute(60)));
//! ```
//!
//! Who was refused stands in the throttle's line again where it stood, at once: the throttle knows how long
//! the server wants to be left alone, and lets it go first. That works as long as nothing between the two
//! layers calls later or in another task, as tower's `Buffer` does; where it does not, the request waits
//! outside, and is a newcomer then.
//!
//! # And each try within a time
//!
//! A timeout inside of both bounds a try, from when it is sent to the head of its answer; one outside would count the
//! wait for a turn. tower's has boxed errors: the layers take them, and `into_boxed` makes them what `?` takes.
//!
//! ```
//! use http::{Request, Response};
//! use http_body_util::Empty;
//! use ratelimit_tower::BoxError;
//! use ratelimit_tower::retry::RetryLayer;
//! use ratelimit_tower::throttle::{ThrottleError, ThrottleLayer};
//! use std::convert::Infallible;
//! use std::sync::atomic::{AtomicU32, Ordering};
//! use std::time::Duration;
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), BoxError> {
//! let calls = AtomicU32::new(0);
//! let hangs_once = service_fn(|_: Request<()>| async {
//!     if calls.fetch_add(1, Ordering::Relaxed) == 0 {
//!         std::future::pending::<()>().await;
//!     }
//!     Ok::<_, Infallible>(Response::new(Empty::<bytes::Bytes>::new()))
//! });
//! let client = ServiceBuilder::new()
//!     .map_err(ThrottleError::into_boxed)
//!     .layer(RetryLayer::new())
//!     .layer(ThrottleLayer::adaptive())
//!     .timeout(Duration::from_secs(30))
//!     .service(hangs_once);
//!
//! let response = client.oneshot(Request::get("http://api.example/").body(())?).await?;
//! assert_eq!(response.status(), 200);
//! assert_eq!(calls.into_inner(), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # Why a budget, and not only a number of tries
//!
//! See [`RetryBudget`]. It is on by default; a 429 that says when to come back does not draw on it.
//!
//! # Dangers
//!
//! - What is not idempotent (POST, PATCH) is sent again only after a 429, or a 503 with
//!   `Retry-After`, or what gRPC has for them: it was not executed. A server that answers so *after* the
//!   work was done executes it twice; classify by rules of your own then.
//! - A request whose body cannot be copied is sent once and its answer returned, whatever it is. It never
//!   fails because of that. Where the *type* of the body cannot be copied, as tonic's and hyper's own,
//!   the layer has to be told, or it does not compile: see [below](#bodies-that-are-streams).
//! - A wait can be long, an hour if the server says so, and that each time that it refuses (50 times, if not set). Give a deadline: an answer whose wait would not fit in it is returned at once.
//!   It is the answer that is returned then, with its `Retry-After`, not an error of this layer's. Only where a
//!   throttle finds out later that it does not fit, its error is: the answer is gone by then.
//! - The old answer is dropped before the wait, unread.
//!
//! # Examples
//!
//! ```
//! use http::{Request, Response, StatusCode};
//! use http_body_util::Empty;
//! use ratelimit_tower::retry::RetryLayer;
//! use std::convert::Infallible;
//! use std::sync::atomic::{AtomicU32, Ordering};
//! use tower::{Layer, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let calls = AtomicU32::new(0);
//! let server = service_fn(|_: Request<()>| {
//!     let mut response = Response::new(Empty::<bytes::Bytes>::new());
//!     if calls.fetch_add(1, Ordering::Relaxed) == 0 {
//!         *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
//!         response.headers_mut().insert("retry-after", 30.into());
//!     }
//!     async { Ok::<_, Infallible>(response) }
//! });
//! let client = RetryLayer::new().layer(server);
//!
//! let start = tokio::time::Instant::now();
//! let response = client.oneshot(Request::post("http://api.example/").body(())?).await?;
//! assert_eq!(response.status(), 200);
//! assert!(start.elapsed().as_secs() >= 30);
//! # Ok(())
//! # }
//! ```
//!
//! # Bodies that are streams
//!
//! tonic's `Body` and hyper's `Incoming` are not `Clone`. With
//! [`with_uncopyable_bodies`](RetryLayer::with_uncopyable_bodies) such requests pass, each sent once. To
//! send some of them again all the same, say which have a copy:
//!
//! ```
//! use http::Request;
//! use http_body_util::combinators::UnsyncBoxBody;
//! use http_body_util::{BodyExt, Empty};
//! use bytes::Bytes;
//! use http_body::Body;
//! use ratelimit_tower::retry::RetryLayer;
//! use std::convert::Infallible;
//! # use http::Response;
//! # use tower::{Layer, ServiceExt, service_fn};
//!
//! type Stream = UnsyncBoxBody<Bytes, Infallible>; // it is not `Clone`
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let once = RetryLayer::new().with_uncopyable_bodies();
//! let empty_again = RetryLayer::new().with_copy(|request: &Request<Stream>| {
//!     let (method, uri) = (request.method(), request.uri());
//!     let mut copy = Request::new(Empty::<Bytes>::new().boxed_unsync());
//!     (*copy.method_mut(), *copy.uri_mut()) = (method.clone(), uri.clone());
//!     *copy.headers_mut() = request.headers().clone();
//!     request.body().is_end_stream().then_some(copy)
//! });
//! # let server = service_fn(|_: Request<Stream>| async {
//! #     Ok::<_, Infallible>(Response::builder().status(429).body(Empty::<Bytes>::new()).unwrap())
//! # });
//! # let stream = || Request::new(Empty::<Bytes>::new().boxed_unsync());
//! # let start = tokio::time::Instant::now();
//! # once.layer(server).oneshot(stream()).await?;
//! # assert!(start.elapsed().is_zero());
//! # empty_again.layer(server).oneshot(stream()).await?;
//! # assert!(!start.elapsed().is_zero());
//! # Ok(())
//! # }
//! ```
//!
//! # Quotas that are used up
//!
//! Where only the body of a 429 says that a quota will not come back soon, [`Standard`](Standard#codes) looks at it if it
//! was read. To read refusals, if they are short, is a function of a few lines between the two layers:
//!
//! ```
//! use bytes::Bytes;
//! use http::{Request, Response};
//! use http_body::Body;
//! use http_body_util::{BodyExt, Either, Full};
//! use ratelimit_tower::BoxError;
//! use ratelimit_tower::client::ReadBody;
//! use ratelimit_tower::retry::RetryLayer;
//! use ratelimit_tower::throttle::{ThrottleError, ThrottleLayer};
//! # use std::sync::atomic::{AtomicU32, Ordering};
//! use tower::{ServiceBuilder, ServiceExt, service_fn};
//!
//! async fn read_refusals<B>(response: Response<B>) -> Result<Response<Either<B, Full<Bytes>>>, BoxError>
//! where
//!     B: Body<Data = Bytes, Error: Into<BoxError>>,
//! {
//!     let longest = response.body().size_hint().upper();
//!     if response.status() != 429 || longest.is_none_or(|bytes| bytes > 4096) {
//!         return Ok(response.map(Either::Left));
//!     }
//!     let (mut head, body) = response.into_parts();
//!     let body = body.collect().await.map_err(Into::into)?.to_bytes();
//!     head.extensions.insert(ReadBody(body.clone()));
//!     Ok(Response::from_parts(head, Either::Right(Full::new(body))))
//! }
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), BoxError> {
//! # let calls = AtomicU32::new(0);
//! let server = service_fn(|_: Request<()>| async {
//! #     calls.fetch_add(1, Ordering::Relaxed);
//!     let refusal = Response::builder().status(429).header("content-type", "application/json");
//!     refusal.body(Full::new(Bytes::from(r#"{"error":{"code":"QUOTA_EXCEEDED"}}"#)))
//! });
//! let client = ServiceBuilder::new()
//!     .layer(RetryLayer::new())
//!     .and_then(read_refusals)
//!     .map_err(ThrottleError::into_boxed)
//!     .layer(ThrottleLayer::adaptive())
//!     .service(server);
//! let response = client.oneshot(Request::get("http://api.example/").body(())?).await?;
//! assert_eq!(response.status(), 429); // at once, with its body
//! # assert_eq!(calls.load(Ordering::Relaxed), 1);
//! # assert!(!response.into_body().collect().await?.to_bytes().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # A rule of one's own
//!
//! ```
//! use http::Method;
//! use ratelimit_tower::retry::{Answer, Classify, RetryLayer};
//! use std::time::Duration;
//!
//! #[derive(Clone)]
//! struct OnlyLimits;
//!
//! impl<E> Classify<E> for OnlyLimits {
//!     fn retries_answer(&self, answer: &Answer<'_>) -> bool {
//!         answer.status() == 429 && answer.stated_wait().is_some()
//!     }
//!
//!     fn retries_error(&self, _: &Method, _: &E) -> bool {
//!         false
//!     }
//! }
//!
//! let layer = RetryLayer::new()
//!     .with_classify(OnlyLimits)
//!     .with_max_tries(3)
//!     .with_deadline(Duration::from_secs(60));
//! ```

mod backoff;
mod budget;
mod classify;
mod code;
mod copy;
mod future;
mod layer;
mod service;
mod tries;

pub use budget::RetryBudget;
pub use classify::{Answer, Classify, Standard};
pub use copy::{CopyRequest, Copyable, SendOnce};
pub use future::ResponseFuture;
pub use layer::RetryLayer;
pub use service::Retry;
