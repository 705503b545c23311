//! One rate limiter for both ends of the wire, as [tower] layers.
//!
//! | end | layer | fits |
//! |---|---|---|
//! | server | [`limit::RateLimitLayer`] | axum's `Router::layer` and `route_layer`, hyper through `TowerToHyperService`, tonic's `Server::layer` |
//! | client | [`throttle::ThrottleLayer`] | hyper-util's client, `reqwest::Client` (feature `reqwest`), tonic's `Channel` |
//! | client | [`retry::RetryLayer`] | the same, around the throttle |
//! | client | [`batch::Batch`] | any of these, for many requests at once |
//!
//! What the client layers do can be watched: [`observe`].
//!
//! The server decides with the algorithms of `ratelimit-core` and states them with `ratelimit-headers`;
//! the client reads the same headers and paces itself with the same algorithms.
//!
//! ```
//! use ratelimit_core::Quota;
//! use ratelimit_tower::{key, limit::RateLimitLayer, throttle::ThrottleLayer};
//!
//! // Sixty a minute for each API key; whoever has none, for each address.
//! let server = RateLimitLayer::new(Quota::per_minute(60)).with_key(key::bearer);
//! // And a client that keeps to nine tenths of that.
//! let client = ThrottleLayer::new(Quota::per_minute(60)).with_percent_of_limit(90);
//! ```
//!
//! The state belongs to a layer, not to the services that it makes: put one layer around everything that
//! is to share a budget. The modules say which layer goes where, and what to beware of.
//!
//! # Features
//! - `reqwest`: the client layers wrap `reqwest::Client` as it is.
//! - `tracing`, `metrics`: what the client layers do is written down, or counted: see [`observe`].
//!
//! [tower]: https://docs.rs/tower

pub mod batch;
mod body;
pub mod client;
mod head;
pub mod key;
pub mod limit;
pub mod observe;
mod path;
pub mod retry;
pub mod throttle;

pub use body::{GuardedBody, WholeBody};

/// Any error, as tower has it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
pub use head::Head;
pub use path::PathPrefix;
