//! Sends requests again that failed, when that is safe and of use.
//!
//! [`RetryLayer`] does what a server's answer says first: a `Retry-After` is waited for in full, and
//! then some, because everybody else was told the same second. Only where nothing is stated, the wait
//! is random between zero and a bound that doubles with each try ("full jitter"), up to 300 s. A request
//! is sent five times at most. [`Standard`] says what is sent again at all.
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
//! # Why a budget, and not only a number of tries
//!
//! See [`RetryBudget`]. It is on by default; a 429 that says when to come back does not draw on it.
//!
//! # Dangers
//!
//! - What is not idempotent (POST, PATCH) is sent again only after a 429, or a 503 with
//!   `Retry-After`: neither was executed. A server that answers so *after* the work was done executes it
//!   twice; classify by rules of your own then.
//! - A request whose body cannot be copied is sent once and its answer returned, whatever it is. It never
//!   fails because of that.
//! - A wait can be long. Give a deadline: an answer whose wait would not fit in it is returned at once.
//!   It is the answer that is returned then, with its `Retry-After`, not an error of this layer's.
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
//! A rule of one's own:
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
mod copy;
mod future;
mod layer;
mod service;

pub use budget::RetryBudget;
pub use classify::{Answer, Classify, Standard};
pub use copy::{CopyRequest, Copyable, SendOnce};
pub use future::ResponseFuture;
pub use layer::RetryLayer;
pub use service::Retry;
