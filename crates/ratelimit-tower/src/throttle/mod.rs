//! Throttles outgoing requests: each waits in line until its plan lets it go.
//!
//! A client that runs into 429s has lost the time, and often the quota, of every one of them.
//! [`ThrottleLayer`] holds requests back *before* they are sent. There are two kinds:
//! [`adaptive`](ThrottleLayer::adaptive) ones need no configuration, find out what the server allows, and keep to
//! it: see [below](#adaptive). Those with a plan ([`new`](ThrottleLayer::new)) go by the same
//! plans and algorithms that a server refuses by, and brake when the server's headers say so.
//!
//! # What both do
//!
//! - Requests of one key (a host, if not said otherwise) go first in, first out, the urgent before the
//!   others, the costly not behind the cheap. Who waited for long takes turns with the urgent, so that
//!   nobody starves. A request that is given up frees its place at once.
//! - A 429, or a 503 with `Retry-After`, pauses *everybody* on that key, also those who wait already,
//!   for no less than the stated time; jitter only lengthens it. A pause of more than an hour
//!   ([`with_longest_pause`](ThrottleLayer::with_longest_pause)) is not waited for: requests fail at once. A 429 that states no time means the reset of what is used up, else 1 s;
//!   a time of 0 is none.
//! - A refusal over gRPC does the same: a head with `grpc-status` 8 or 14 and `grpc-retry-pushback-ms`, which
//!   counts before `Retry-After`, or either alone. A pushback of -1 pauses nobody.
//! - A request that was refused, and is [sent again](crate::retry), stands where it stood: before all of
//!   its priority that came later, and as old as it was.
//! - With [`with_concurrency`](ThrottleLayer::with_concurrency), a request is in flight until the last
//!   byte of its answer.
//! - A request that cannot go in time ([`with_max_wait`](ThrottleLayer::with_max_wait)) or ever is
//!   refused at once, with the time at which it could have gone: [`ThrottleError::Refused`].
//!
//! # Adaptive
//!
//! An adaptive layer keeps account of what it has sent and of what is under way, reads what each response
//! states of limits, and infers what kind of limiter it faces. A request leaves when it is certain that
//! every limit has room for it, whatever else is under way; so a 429 is an exception, and next to nothing
//! of the quota is lost. Who shares a key with strangers takes an equal part of it.
//! [`ratelimit_core::adapt`] says how.
//!
//! *What it learns from*: all headers that [`ratelimit_headers`] reads, several limits at once. Requests
//! and all kinds of `tokens` concern each request; a limit of another unit (credits) is kept when a
//! [cost of it](ThrottleLayer::with_cost_of) is known, and else left aside.
//!
//! *What it needs*: nothing. It is more exact with a `Date` in the responses, as nearly all have one. Costs
//! that differ from 1 must be told: before ([`with_cost`](ThrottleLayer::with_cost),
//! [`with_cost_of`](ThrottleLayer::with_cost_of)), or after by what the response says
//! ([`with_actual_cost`](ThrottleLayer::with_actual_cost)). A [plan](ThrottleLayer::with_plan), a cap, an interval or
//! a [part of each limit](ThrottleLayer::with_percent_of_limit) are bounds on what is learnt.
//!
//! *How fast*: [`Pace::Even`] spreads what is left, so that an urgent request finds some of it;
//! [`Pace::Eager`], for batches, spends what is certain at once.
//!
//! Dangers:
//! - What was learnt lives in the layer. One that is made anew for each request learns nothing; clones share.
//! - The first request of a key goes alone: how fast the others follow, its answer says. While there is none, one more
//!   goes every five seconds.
//! - The limit of one path is waited for by all paths of that host, and if two paths state limits of different size
//!   without names, they are taken for one that changes: some requests are refused, and most of the larger is not used.
//!   Give such a path a key of its own: [`with_key`](ThrottleLayer::with_key) shows how; or, where
//!   a plan for it is known, [`with_endpoint`](ThrottleLayer::with_endpoint).
//! - A server that states nothing can only be learnt by its refusals. Until there is one, eight may be under way, and
//!   one more after every 32 answers.
//! - A response that comes from a cache (`Age` above 0) was counted nowhere: it teaches nothing. A refusal that is
//!   repeated by one pauses all the same, for what is left of the stated time.
//!
//! ```
//! use http::Method;
//! use ratelimit_core::wait::Priority;
//! use ratelimit_tower::retry::RetryLayer;
//! use ratelimit_tower::throttle::{Pace, ThrottleLayer};
//! use std::time::Duration;
//! use tower::ServiceBuilder;
//!
//! let stack = ServiceBuilder::new()
//!     .layer(RetryLayer::new())
//!     .layer(ThrottleLayer::adaptive());
//!
//! // A language model, of which a nightly batch shares the key.
//! let stack = ThrottleLayer::adaptive()
//!     .with_pace(Pace::Eager)
//!     .with_cost_of("tokens", |_| 1500) // a guess
//!     .with_actual_cost_of("tokens", |_, headers| {
//!         headers.get("x-tokens-used")?.to_str().ok()?.parse().ok()
//!     })
//!     .with_percent_of_limit(80)
//!     .with_concurrency(16)
//!     .with_priority(|request| match request.path() {
//!         "/v1/chat" => Priority::URGENT,
//!         _ => Priority::BACKGROUND,
//!     })
//!     .with_max_wait(Duration::from_secs(600));
//! ```
//!
//! It learns and waits:
//!
//! ```
//! use http::{Request, Response};
//! use http_body_util::Empty;
//! use ratelimit_tower::throttle::ThrottleLayer;
//! use std::convert::Infallible;
//! use tower::{Layer, Service, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = service_fn(|_: Request<()>| async {
//!     let response = Response::builder()
//!         .header("ratelimit-policy", r#""minute";q=60;w=60"#)
//!         .header("ratelimit", r#""minute";r=0;t=20"#);
//!     Ok::<_, Infallible>(response.body(Empty::<bytes::Bytes>::new()).expect("it is well formed"))
//! });
//! let layer = ThrottleLayer::adaptive();
//! let mut client = layer.layer(server);
//!
//! let start = tokio::time::Instant::now();
//! for _ in 0..2 {
//!     let request = Request::get("http://api.example/items").body(())?;
//!     client.ready().await?.call(request).await?;
//! }
//! assert!(start.elapsed().as_secs() >= 20);
//!
//! let gate = layer.gate(&Request::get("http://api.example/").body(())?).expect("one for each host");
//! assert_eq!(gate.outlook()[0].limit, 60);
//! # Ok(())
//! # }
//! ```
//!
//! # With a plan
//!
//! - When a response says that little is left (10 units or fewer), what is left is spread over the time
//!   to the reset: `(reset − now) / remaining`, at most 30 s. When nothing is left, the gate is closed
//!   until the reset, because whatever is sent before it is refused; a reset further away than the
//!   window that the response states (an hour, if it states none) is taken for that. Better news opens
//!   the gate again, unless it is the late answer to an earlier request. No header makes it faster than the plan.
//! - After a pause, requests leave one at a time for twice as long (5 s to 60 s, and no longer than a window).
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
mod costing;
mod costs;
mod error;
mod future;
mod gates;
mod layer;
mod learn;
mod pauses;
mod service;
mod translate;
mod turns;
mod watch;

pub use error::{Refused, ThrottleError};
pub use future::ResponseFuture;
pub use layer::ThrottleLayer;
pub use ratelimit_core::adapt::Pace;
pub use ratelimit_core::wait::RefusalReason;
pub use service::Throttle;
