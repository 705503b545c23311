//! Why a request was not sent, or failed.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::BoxError;
use ratelimit_core::Timestamp;
use ratelimit_core::wait::{Refusal, RefusalReason};

/// The error of a throttled service.
#[derive(Debug)]
#[non_exhaustive]
pub enum ThrottleError<E> {
    /// It was not sent.
    Refused(Refused),
    /// It was sent, and the service failed.
    Inner(E),
}

/// Why a request was not sent, and when it could have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    reason: RefusalReason,
    retry_after: Option<Duration>,
}

impl<E: Into<BoxError>> ThrottleError<E> {
    /// The error that it is about, in a box, as tower has it. What is in a box already (of tower's `Timeout`, `Buffer` or
    /// `LoadShed`) is no [`Error`] by itself, so neither is this error around it: `?` takes what this makes of it.
    #[must_use]
    pub fn into_boxed(self) -> BoxError {
        match self {
            Self::Refused(refused) => refused.into(),
            Self::Inner(error) => error.into(),
        }
    }
}

impl Refused {
    pub(super) fn new(refusal: &Refusal, now: Timestamp) -> Self {
        Self {
            reason: refusal.reason(),
            retry_after: refusal.could_go_at().map(|at| at.saturating_since(now)),
        }
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> RefusalReason {
        self.reason
    }

    /// How long from the refusal until it could have been sent, as far as that could be known.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (problem, remedy) = match self.reason {
            RefusalReason::Full => (
                "too many requests wait to be sent",
                "send fewer, or raise `with_max_waiting`",
            ),
            RefusalReason::Deadline => (
                "the request would have to wait for longer than it may",
                "retry later, or raise `with_max_wait` or the `with_deadline` of retries",
            ),
            RefusalReason::Paused => (
                "the server asked to be left alone for longer than is waited for",
                "retry then, or raise `with_longest_pause`",
            ),
            RefusalReason::CostExceedsLimit => (
                "the request costs more than the plan can ever grant",
                "split it, or raise the burst of the plan",
            ),
            _ => ("the request was not let through", "retry later"),
        };
        write!(f, "{problem}: {remedy}")?;
        match self.retry_after {
            Some(wait) => write!(f, " (it could go in {wait:?})"),
            None => Ok(()),
        }
    }
}

impl Error for Refused {}

impl<E> fmt::Display for ThrottleError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused(_) => "the request was not sent",
            Self::Inner(_) => "the request failed",
        })
    }
}

impl<E: Error + 'static> Error for ThrottleError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Refused(refused) => Some(refused),
            Self::Inner(error) => Some(error),
        }
    }
}
