//! Another answer for each reason: a rate that is used up, a full cap and a missing key are three different
//! things to a caller, and APIs have three different bodies for them.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use ratelimit_core::Reason;

use super::{ProblemJson, Refusal, Respond};
use crate::head::Head;
use crate::limit::Rejection;

/// Chooses a responder by why a request is refused. What has none of its own is left to
/// [`or`](Self::or), and that is [`ProblemJson`] unless told.
///
/// ```
/// use http::StatusCode;
/// use ratelimit_tower::limit::respond::{ByReason, ErrorJson, Template};
///
/// let full = Template::json(r#"{"error":"CONCURRENT_LIMIT_EXCEEDED","limit":${limit}}"#)?;
/// let spent = Template::json(r#"{"error":"QUOTA_EXCEEDED","limit":${limit}}"#)?;
/// let responder = ByReason::new()
///     .concurrency(full)
///     .quota(spent.with_status(StatusCode::PAYMENT_REQUIRED))
///     .or(ErrorJson);
/// # Ok::<(), ratelimit_tower::limit::respond::TemplateError>(())
/// ```
#[derive(Clone)]
pub struct ByReason {
    responders: [Option<Arc<dyn Respond>>; WHYS],
    others: Arc<dyn Respond>,
}

/// What has a responder of its own.
#[derive(Clone, Copy)]
enum Why {
    Rate,
    Quota,
    Concurrency,
    Cost,
    Unauthorized,
    Unavailable,
}

const WHYS: usize = 6;

impl Why {
    fn of(rejection: &Rejection) -> Option<Self> {
        match rejection {
            Rejection::Limited(decision) => match decision.reason()? {
                Reason::Rate => Some(Self::Rate),
                Reason::Quota => Some(Self::Quota),
                Reason::Concurrency => Some(Self::Concurrency),
                Reason::CostExceedsLimit => Some(Self::Cost),
                Reason::StoreFull => Some(Self::Unavailable),
                _ => None,
            },
            Rejection::MissingKey | Rejection::UnknownKey => Some(Self::Unauthorized),
            Rejection::LookUp(_) | Rejection::Limiter(_) => Some(Self::Unavailable),
            Rejection::NoAddress => None,
        }
    }
}

impl ByReason {
    /// Everything is answered by [`ProblemJson`].
    #[must_use]
    pub fn new() -> Self {
        Self {
            responders: Default::default(),
            others: Arc::new(ProblemJson),
        }
    }

    /// Answers what has no responder of its own.
    #[must_use]
    pub fn or(mut self, others: impl Respond + 'static) -> Self {
        self.others = Arc::new(others);
        self
    }

    /// Answers where a rate is used up.
    #[must_use]
    pub fn rate(self, responder: impl Respond + 'static) -> Self {
        self.with(Why::Rate, responder)
    }

    /// Answers where the quota of a calendar's period is used up.
    #[must_use]
    pub fn quota(self, responder: impl Respond + 'static) -> Self {
        self.with(Why::Quota, responder)
    }

    /// Answers where a cap on concurrency is full.
    #[must_use]
    pub fn concurrency(self, responder: impl Respond + 'static) -> Self {
        self.with(Why::Concurrency, responder)
    }

    /// Answers where a request costs more than can ever be granted.
    #[must_use]
    pub fn cost(self, responder: impl Respond + 'static) -> Self {
        self.with(Why::Cost, responder)
    }

    /// Answers those who have no key, or one that nobody knows.
    #[must_use]
    pub fn unauthorized(self, responder: impl Respond + 'static) -> Self {
        self.with(Why::Unauthorized, responder)
    }

    /// Answers where the limiter cannot: its store is full, or it or the look-up of a plan fails.
    #[must_use]
    pub fn unavailable(self, responder: impl Respond + 'static) -> Self {
        self.with(Why::Unavailable, responder)
    }

    fn with(mut self, why: Why, responder: impl Respond + 'static) -> Self {
        self.responders[why as usize] = Some(Arc::new(responder));
        self
    }
}

impl Respond for ByReason {
    fn respond(&self, head: &Head<'_>, refusal: &Refusal<'_>) -> Response<Bytes> {
        let why = Why::of(refusal.rejection());
        let own = why.and_then(|why| self.responders[why as usize].as_ref());
        own.unwrap_or(&self.others).respond(head, refusal)
    }
}

impl Default for ByReason {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ByReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByReason").finish_non_exhaustive()
    }
}
