//! What the client layers do, told to whoever wants to know: how long requests wait, what is left, who was refused.
//!
//! A client that keeps to limits is quiet, and a quiet client is hard to trust: nobody sees whether it is slow
//! because it waits, or because the server is. An [`Observe`] is told each [`Event`] as it happens.
//! [`Usage`] counts them, and can be printed. With the feature `tracing`, `Trace` writes them down; with the
//! feature `metrics`, `Metrics` makes numbers of them that are collected elsewhere.
//!
//! | layer | tells |
//! |---|---|
//! | [`ThrottleLayer`](crate::throttle::ThrottleLayer::with_observer) | [`Sent`], [`Answered`], [`Failed`], [`Refused`], [`Paused`], [`NotSent`], [`Low`] |
//! | [`RetryLayer`](crate::retry::RetryLayer::with_observer) | [`Retried`], [`GaveUp`] |
//!
//! An observer only looks on: no event changes what is sent when. Without one, nothing is read, kept or
//! allocated for it.
//!
//! # Dangers
//! - It is called where the request is polled, in the middle of its way: be quick, do not block, do not panic.
//!   No lock is held meanwhile, so a gate may be asked from within.
//! - Keys, paths, queries and headers are in no event. A [`Limit`]'s unit and name are the *server's* words,
//!   and a host comes from a request: as labels of metrics they may be endless.
//! - Events of different requests come in no order, and from several threads at once.
//! - An observer of two throttles, one around the other, hears of each request twice.
//!
//! # Examples
//!
//! An alert when a fifth is left, and a summary at the end:
//!
//! ```
//! use http::{Request, Response};
//! use http_body_util::Empty;
//! use ratelimit_tower::observe::{Event, Usage};
//! use ratelimit_tower::retry::RetryLayer;
//! use ratelimit_tower::throttle::ThrottleLayer;
//! use std::convert::Infallible;
//! use tower::{Layer, ServiceBuilder, ServiceExt, service_fn};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = service_fn(|_: Request<()>| async {
//!     let response = Response::builder()
//!         .header("x-ratelimit-limit", "60")
//!         .header("x-ratelimit-remaining", "11")
//!         .header("x-ratelimit-reset", "20");
//!     Ok::<_, Infallible>(response.body(Empty::<bytes::Bytes>::new()).expect("it is well formed"))
//! });
//! let usage = Usage::new();
//! let throttle = ThrottleLayer::adaptive()
//!     .with_low_warning(20) // percent: 80 % are used
//!     .with_observer(usage.clone())
//!     .with_observer(|event: &Event<'_>| {
//!         if let Event::Low(low) = event {
//!             println!("only {} of {} {} left", low.remaining, low.limit, low.unit);
//!         }
//!     });
//! let client = ServiceBuilder::new()
//!     .layer(RetryLayer::new().with_observer(usage.clone()))
//!     .layer(throttle)
//!     .service(server);
//!
//! client.oneshot(Request::get("http://api.example/items").body(())?).await?;
//! println!("{}", usage.summary());
//! assert_eq!(usage.summary().sent, 1);
//! assert_eq!(usage.summary().limits[0].remaining, 11);
//! # Ok(())
//! # }
//! ```

mod event;
mod last_minute;
mod low;
#[cfg(feature = "metrics")]
mod metrics;
mod observers;
mod standing;
mod summary;
#[cfg(feature = "tracing")]
mod trace;
mod usage;

pub use event::{
    Answered, Event, Failed, GaveUp, GaveUpReason, Limit, Low, NotSent, Paused, Refused, Retried,
    Sent,
};
#[cfg(feature = "metrics")]
pub use metrics::Metrics;
pub use standing::Standing;
pub use summary::Summary;
#[cfg(feature = "tracing")]
pub use trace::Trace;
pub use usage::Usage;

pub(crate) use low::LowWatch;
pub(crate) use observers::{Observers, authority};

/// Is told what the client layers do. A closure is one: `|event: &Event<'_>| …`, with its type written out.
///
/// Several are told one after the other: give a layer each of them.
pub trait Observe: Send + Sync + 'static {
    /// This has happened. Called on the way of a request: it should return soon, and not panic.
    fn observe(&self, event: &Event<'_>);
}

impl<F> Observe for F
where
    F: Fn(&Event<'_>) + Send + Sync + 'static,
{
    fn observe(&self, event: &Event<'_>) {
        self(event);
    }
}
