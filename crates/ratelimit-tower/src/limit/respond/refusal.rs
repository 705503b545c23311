//! What a responder is told: why, and what the headers will say of it.
//!
//! The danger is in a second opinion: a body that computes its own wait, or reads a clock of its own, sooner
//! or later contradicts the headers above it. So both are made of the same numbers.

use std::time::Duration;

use super::super::wording::Wording;
use crate::limit::Rejection;

/// A rejection as it is about to be answered.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'r> {
    rejection: &'r Rejection,
    wait: Option<Duration>,
    unix_now: Option<Duration>,
}

impl<'r> Refusal<'r> {
    /// What a responder is told of this rejection, without a [wait](Self::wait) and a
    /// [time](Self::unix_now). The layer makes one for each answer; others need it for tests of
    /// responders.
    #[must_use]
    pub fn new(rejection: &'r Rejection) -> Self {
        Self {
            rejection,
            wait: None,
            unix_now: None,
        }
    }

    /// With this [wait](Self::wait).
    #[must_use]
    pub fn with_wait(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// With this [time](Self::unix_now).
    #[must_use]
    pub fn with_unix_now(mut self, unix_now: Duration) -> Self {
        self.unix_now = Some(unix_now);
        self
    }

    pub(in crate::limit) fn of(
        rejection: &'r Rejection,
        wait: Option<Duration>,
        unix_now: Option<Duration>,
    ) -> Self {
        Self {
            rejection,
            wait,
            unix_now,
        }
    }

    /// Why the request is refused.
    #[must_use]
    pub fn rejection(&self) -> &'r Rejection {
        self.rejection
    }

    /// What `Retry-After` will be made of, rounded up to whole seconds; `None` where there will be none.
    ///
    /// It can be longer than [`Rejection::retry_after`] says: where a full cap refuses a request that costs
    /// nothing, and a rate is used up too, it lasts until the rate has something left, as the headers say. Danger: an answer with the status 402
    /// gets no `Retry-After`, and should not speak of a wait either.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        self.wait
    }

    /// The time since the Unix epoch at the decision, by the limiter's clock; `None` where no limit was asked.
    #[must_use]
    pub fn unix_now(&self) -> Option<Duration> {
        self.unix_now
    }

    pub(super) fn wording(&self) -> Wording {
        Wording::with_wait(self.rejection, self.wait)
    }
}
