//! Why a request was answered by the limiter instead of the service.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use ratelimit_core::{Decision, Reason};

use super::wording::Wording;
use crate::BoxError;

/// Why a request was not let in. It is in the extensions of the response that says so.
///
/// It is large, because it holds the decision itself, and a clone copies that.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Rejection {
    /// A limit refuses it.
    Limited(Decision),
    /// It has no key, and [`Anonymous::Refuse`](super::Anonymous::Refuse) is set.
    MissingKey,
    /// Its key has no plan, and callers without one are refused.
    UnknownKey,
    /// It would be charged to its address, and nobody said what that is. A fault of the set-up: see
    /// [`RateLimitLayer::with_peer`](super::RateLimitLayer::with_peer).
    NoAddress,
    /// The caller's plan could not be looked up.
    LookUp(Arc<BoxError>),
    /// The limiter could not answer.
    Limiter(Arc<BoxError>),
}

impl Rejection {
    /// The status of the response: 429 for a limit, 401 without a usable key, 503 where the limiter
    /// or the look-up fails, 500 where the set-up is at fault.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Limited(decision) if decision.reason() == Some(Reason::StoreFull) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Limited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::MissingKey | Self::UnknownKey => StatusCode::UNAUTHORIZED,
            Self::NoAddress => StatusCode::INTERNAL_SERVER_ERROR,
            Self::LookUp(_) | Self::Limiter(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The decision of a limit.
    #[must_use]
    pub fn decision(&self) -> Option<&Decision> {
        match self {
            Self::Limited(decision) => Some(decision),
            _ => None,
        }
    }

    /// When to come again, where that makes sense: as the decision says, `held` for a full cap on
    /// concurrency (nobody can know when a permit comes free), never for what cannot be cured by time.
    #[must_use]
    pub fn retry_after(&self, held: Duration) -> Option<Duration> {
        let decision = self.decision()?;
        match decision.reason()? {
            Reason::Concurrency => Some(held),
            Reason::StoreFull => decision.retry_after().or(Some(held)),
            _ => decision.retry_after(),
        }
    }
}

impl fmt::Display for Rejection {
    /// For the caller: it says what to do, and nothing about the inside.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Wording::of(self).fmt(f)
    }
}

impl std::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::LookUp(error) | Self::Limiter(error) => Some(&***error),
            _ => None,
        }
    }
}
