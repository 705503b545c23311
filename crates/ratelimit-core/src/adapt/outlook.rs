//! What a pilot knows, for whoever watches it.

use std::time::Duration;

use crate::unit::Unit;

/// What is known about one limit.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outlook {
    /// The number it was told under.
    pub id: u64,
    /// What it counts.
    pub unit: Unit,
    /// The whole quota, as last stated.
    pub limit: u64,
    /// What is left, as last stated.
    pub remaining: u64,
    /// Until it is renewed, as last stated.
    pub reset_after: Option<Duration>,
    /// Whether others seem to use the same quota.
    pub shared: bool,
    /// The share of the quota that is taken for this client's, 0 to 1.
    pub share: f64,
}
