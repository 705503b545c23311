//! What a response states about one limit.

use std::time::Duration;

use crate::unit::Unit;

/// What a response states about one limit. A pilot learns from it if `limit` and `remaining` are there.
///
/// ```
/// use ratelimit_core::adapt::{Reset, Told};
/// use std::time::Duration;
///
/// let told = Told::new(1)
///     .with_limit(60)
///     .with_remaining(12)
///     .with_reset(Reset::After(Duration::from_secs(48)))
///     .with_window(Duration::from_secs(60));
/// assert_eq!(told.remaining, Some(12));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told {
    /// Which limit this is: any number that is the same in every response that speaks of it.
    pub id: u64,
    /// What it counts.
    pub unit: Unit,
    /// The whole quota, in units.
    pub limit: Option<u64>,
    /// What is left of it, in units.
    pub remaining: Option<u64>,
    /// When the quota is renewed.
    pub reset: Option<Reset>,
    /// The window that the quota is for.
    pub window: Option<Duration>,
}

impl Told {
    /// A limit that counts requests, and of which nothing is stated yet.
    #[inline]
    #[must_use]
    pub const fn new(id: u64) -> Self {
        Self {
            id,
            unit: Unit::REQUESTS,
            limit: None,
            remaining: None,
            reset: None,
            window: None,
        }
    }

    /// Sets what it counts.
    #[inline]
    #[must_use]
    pub const fn with_unit(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }

    /// Sets the whole quota; or `None`, if it is not stated.
    #[inline]
    #[must_use]
    pub fn with_limit(mut self, limit: impl Into<Option<u64>>) -> Self {
        self.limit = limit.into();
        self
    }

    /// Sets what is left; or `None`, if it is not stated.
    #[inline]
    #[must_use]
    pub fn with_remaining(mut self, remaining: impl Into<Option<u64>>) -> Self {
        self.remaining = remaining.into();
        self
    }

    /// Sets when the quota is renewed; or `None`, if it is not stated.
    #[inline]
    #[must_use]
    pub fn with_reset(mut self, reset: impl Into<Option<Reset>>) -> Self {
        self.reset = reset.into();
        self
    }

    /// Sets the window that the quota is for; or `None`, if it is not stated.
    #[inline]
    #[must_use]
    pub fn with_window(mut self, window: impl Into<Option<Duration>>) -> Self {
        self.window = window.into();
        self
    }
}

/// When a quota is renewed, as it was stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reset {
    /// At this moment of the server's clock, since the Unix epoch.
    At(Duration),
    /// So long after the answer was made.
    After(Duration),
}
