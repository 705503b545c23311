//! What one response says, all of it.

use crate::policy::Policy;
use http::HeaderMap;
use std::time::{Duration, SystemTime};

/// Everything that could be read from one response; see [`read`].
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub(crate) policies: Vec<Policy>,
    pub(crate) retry_after: Option<Duration>,
}

impl Reading {
    /// The policies, in no particular order.
    #[must_use]
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// The policy that binds.
    #[must_use]
    pub fn binding(&self) -> Option<&Policy> {
        self.policies.first()
    }

    /// How long to wait before the next request.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Whether nothing could be read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty() && self.retry_after.is_none()
    }
}

/// Reads every rate-limit header.
#[must_use]
pub fn read(_headers: &HeaderMap, _now: SystemTime) -> Reading {
    Reading::default()
}
