//! The server's end: enforces plans on the callers of a service, and tells them where they stand.
//!
//! # Where it goes
//! A layer by **user** belongs *inside* authentication: it needs to know who is calling. A layer by
//! **address** belongs *outside* of it: it protects the authentication itself. Stacked, they give one
//! legal set of headers. The state belongs to the layer, so put one layer around everything that is to
//! share a budget, and a layer of its own around what is not.
//!
//! # Dangers
//! - Behind a proxy the peer's address is the proxy's: without
//!   [`with_forwarded`](RateLimitLayer::with_forwarded) all clients are one caller.
//! - The address of the peer must be in the request's extensions ([`PeerAddr`](crate::key::PeerAddr)),
//!   or found by [`with_peer`](RateLimitLayer::with_peer). If it is needed and is not there, the answer
//!   is a 500 that says so, never one bucket for everybody.
//! - A permit of a cap on concurrency is held to the end of the response's *body*: a client that reads
//!   slowly is a client that is being served. A `tower` layer inside that buffers whole bodies ends it early.
//!
//! # Example
//! ```
//! use ratelimit_core::{Plan, Policy, Quota};
//! use ratelimit_tower::{Head, key, limit::RateLimitLayer};
//!
//! let starter = Plan::from(Quota::per_minute(60));
//! let enterprise = Plan::from(Quota::per_minute(600));
//! let layer = RateLimitLayer::new(starter.clone())
//!     .with_key(key::bearer)
//!     .with_plan(move |head: &Head<'_>| match head.bearer()? {
//!         "key-of-a-starter" => Some(starter.clone()),
//!         "key-of-an-enterprise" => Some(enterprise.clone()),
//!         _ => None,
//!     });
//! ```

mod admitted;
mod also;
mod answer;
mod ask;
mod caller;
mod charge;
mod config;
mod decide;
mod emit;
mod endpoint;
mod future;
mod layer;
mod mark;
mod meter;
mod rejection;
pub mod respond;
mod response;
mod service;
mod spare;
mod tiers;
mod usage;
mod wording;

use admitted::Admitted;

pub use admitted::Shadowed;
pub use also::Also;
pub use caller::Anonymous;
pub use charge::Charge;
pub use endpoint::Endpoint;
pub use future::ResponseFuture;
pub use layer::RateLimitLayer;
pub use meter::Meter;
pub use rejection::Rejection;
pub use response::ResponseBody;
pub use service::RateLimit;
pub use tiers::{AsKey, Tiers};
pub use usage::{ByUnit, DescribeUsage, Usage, UsagePage, UsageReport};

/// How long a permit of a cap on concurrency is held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum PermitUntil {
    /// Until the body of the response has ended, or was dropped.
    #[default]
    Body,
    /// Until the head of the response is there.
    Head,
}

/// What happens to a request when the limiter, or the look-up of the caller's plan, fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhenUnavailable {
    /// It is answered with 503.
    #[default]
    Refuse,
    /// It passes, unlimited.
    Admit,
}
