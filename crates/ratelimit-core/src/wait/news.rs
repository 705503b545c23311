//! What the answer to a send says about the next ones.

use std::time::Duration;

use super::gap::Gap;
use crate::time::{Timestamp, nanos};

/// What an answer says about the sends to come: see [`Pass::tell`](super::Pass::tell).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum News {
    /// Nothing but the plan need hold anybody back.
    Open,
    /// Until `until`, at most one unit per `every`.
    Pace {
        /// The distance from one unit to the next.
        every: Duration,
        /// When that ends: normally a reset.
        until: Timestamp,
    },
    /// Nobody before `until`.
    Closed {
        /// When that ends: normally a reset.
        until: Timestamp,
    },
}

impl News {
    /// Distance and end, in nanoseconds.
    pub(super) fn pace(self) -> Option<(u64, u64)> {
        match self {
            Self::Open => None,
            Self::Pace { every, until } => {
                Some((nanos(every).min(Gap::CLOSED - 1), until.as_nanos()))
            }
            Self::Closed { until } => Some((Gap::CLOSED, until.as_nanos())),
        }
    }
}
