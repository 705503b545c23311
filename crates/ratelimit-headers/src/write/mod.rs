//! Writing.

use crate::dialect::Dialects;
use crate::state::PolicyState;
use http::HeaderMap;
use std::time::Duration;

/// What to do with limit headers that the response already carries, from an inner layer or an upstream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Existing {
    /// Say both.
    #[default]
    Merge,
    /// Remove them, then write.
    Replace,
    /// Leave a family that is present as it is.
    Keep,
}

/// Writes rate-limit headers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Writer {
    dialects: Dialects,
    existing: Existing,
}

impl Writer {
    /// A writer of these families, that merges.
    #[must_use]
    pub const fn new(dialects: Dialects) -> Self {
        Writer {
            dialects,
            existing: Existing::Merge,
        }
    }

    /// Sets what becomes of headers that are already there.
    #[must_use]
    pub const fn with_existing(mut self, existing: Existing) -> Self {
        self.existing = existing;
        self
    }

    /// Writes.
    pub fn write<'a>(
        &self,
        _headers: &mut HeaderMap,
        _headline: &PolicyState<'a>,
        _all: impl Iterator<Item = PolicyState<'a>> + Clone,
        _unix_now: Duration,
    ) {
    }
}

/// Retry-After in whole seconds, rounded up, never 0.
pub fn write_retry_after(headers: &mut HeaderMap, wait: Duration) {
    let _ = (headers, wait);
}
