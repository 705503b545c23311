//! Throttles outgoing requests: each waits in line until its plan lets it go.
//!
//! A client that runs into 429s has lost the time, and often the quota, of every one of them.
//! [`ThrottleLayer`] holds requests back *before* they are sent, by the same plans and algorithms that
//! a server refuses by, and learns from what the server's headers say.
//!
//! - Requests of one key (a host, if not said otherwise) go first in, first out, the urgent before the
//!   others, the costly not behind the cheap. A request that is given up frees its place at once.
//! - When a response says that little is left (10 units or fewer), what is left is spread over the time
//!   to the reset: `(reset − now) / remaining`, at most 30 s. When nothing is left, the gate is closed
//!   until the reset, because whatever is sent before it is refused; a reset further away than the
//!   window that the response states (an hour, if it states none) is taken for that. Better news opens
//!   the gate again, unless it is the late answer to an earlier request. No header makes it faster than the plan.
//! - A 429, or a 503 with `Retry-After`, pauses *everybody* on that key, also those who wait already,
//!   for no less than the stated time; jitter only lengthens it. After it, requests leave one at a time
//!   for twice as long (5 s to 60 s, and no longer than a window). A pause of more than an hour
//!   ([`with_longest_pause`](ThrottleLayer::with_longest_pause)) is not waited for: requests fail at once. A 429 that states no time means the reset of what is used up, else 1 s.
//! - A refusal over gRPC does the same: a head with `grpc-status` 8 or 14 and `grpc-retry-pushback-ms`, which
//!   counts before `Retry-After`, or either alone. A pushback of -1 pauses nobody.
//! - With [`with_concurrency`](ThrottleLayer::with_concurrency), a request is in flight until the last
//!   byte of its answer.
//! - A request that cannot go in time ([`with_max_wait`](ThrottleLayer::with_max_wait)) or ever is
//!   refused at once, with the time at which it could have gone: [`ThrottleError::Refused`].
//!
//! # Differences from `tower::limit::RateLimit`
//!
//! That one holds one budget per *service*, so it must not be cloned, and makes callers wait in
//! `poll_ready`, where they have no order. Here clones share one budget, and the wait is in `call`.
//!
//! # Dangers
//!
//! - A request that waits keeps the inner service that was ready for it, with what that holds: put
//!   tower's `ConcurrencyLimit` *outside*, or use `with_concurrency`.
//! - Retries must pass the throttle again: put [`retry`](crate::retry) outside.
//! - A future that is not polled wastes its turn, and a place in flight that it was granted is taken
//!   back after some seconds. Once its request was sent, it keeps its place until it is polled to its
//!   end or dropped. Do not let a stream of them stand still.
//! - The wait is measured by tokio's clock, so the future must be polled within a runtime with time.
//!
//! # Examples
//!
//! Any client will do; here is a function. For hyper-util's client, `reqwest::Client` (feature
//! `reqwest`) and tonic's `Channel` it is the same.
//!
//! ```
//! use http::{Request, Response};
//! use http_body_util::Empty;
//! use ratelimit_core::Quota;
//! use ratelimit_tower::throttle::ThrottleLayer;
//! use std::convert::Infallible;
//! use tower::{Layer, Service, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let client = service_fn(|_: Request<()>| async {
//!     Ok::<_, Infallible>(Response::new(Empty::<bytes::Bytes>::new()))
//! });
//! let mut client = ThrottleLayer::new(Quota::per_second(2).burst(1)).layer(client);
//!
//! let start = tokio::time::Instant::now();
//! for _ in 0..3 {
//!     let request = Request::get("http://api.example/items").body(())?;
//!     client.ready().await?.call(request).await?;
//! }
//! assert_eq!(start.elapsed().as_millis(), 1000);
//! # Ok(())
//! # }
//! ```
//!
//! With everything set:
//!
//! ```
//! use http::Method;
//! use ratelimit_core::{Plan, Policy, Quota};
//! use ratelimit_core::wait::Priority;
//! use ratelimit_tower::throttle::ThrottleLayer;
//! use std::time::Duration;
//!
//! let minute_and_day = Plan::new("professional", [
//!     Policy::sliding_log("minute", Quota::per_minute(240)),
//!     Policy::fixed_window("day", Quota::per_day(100_000)),
//! ])?;
//! let layer = ThrottleLayer::new(minute_and_day)
//!     .with_percent_of_limit(90)
//!     .with_min_interval(Duration::from_millis(500))
//!     .with_concurrency(10)
//!     .with_endpoint("/video-analyses", Policy::concurrency("videos", 3).try_into().map(|plan: Plan| plan)?)
//!     .with_cost(|request| if request.path().starts_with("/search") { 5 } else { 1 })
//!     .with_priority(|request| match *request.method() {
//!         Method::GET => Priority::URGENT,
//!         _ => Priority::NORMAL,
//!     })
//!     .with_max_waiting(1000)
//!     .with_max_wait(Duration::from_secs(60));
//! # Ok::<(), ratelimit_core::PlanError>(())
//! ```

mod acquire;
mod adapt;
mod config;
mod costs;
mod error;
mod future;
mod gates;
mod layer;
mod learn;
mod service;
mod translate;

pub use error::{Refused, ThrottleError};
pub use future::ResponseFuture;
pub use layer::ThrottleLayer;
pub use ratelimit_core::adapt::Pace;
pub use ratelimit_core::wait::RefusalReason;
pub use service::Throttle;
