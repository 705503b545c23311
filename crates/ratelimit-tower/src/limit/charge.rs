//! What a request is charged in the end, once its response is known.
//!
//! The whole cost is taken before the request is served, together with everything else that binds it,
//! and corrected afterwards: so nobody gets in on what others have not paid for yet.
//!
//! Danger: between the two, `remaining` counts what may still be given back. It is true for whoever
//! asks then, and lower than what it will be.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, StatusCode};
use ratelimit_core::{Limiter, Outcome, Permit};

type Rule = Arc<dyn Fn(StatusCode, &HeaderMap) -> Outcome + Send + Sync>;

/// What a request costs in the end: what was taken, nothing, or what was really used.
///
/// The cost of [`with_cost`](super::RateLimitLayer::with_cost) is an estimate then. Whatever happens
/// to the response or its body, each request is corrected exactly once: when the permits of caps are
/// let go, at the end of the body unless [told otherwise](super::PermitUntil).
///
/// ```
/// use http::HeaderName;
/// use ratelimit_core::{Outcome, Quota};
/// use ratelimit_tower::limit::{Charge, RateLimitLayer};
///
/// // Tokens of a language model: 500 are assumed, what was used is charged. A call that failed is free.
/// let used = Charge::by_header(HeaderName::from_static("x-tokens-used")).with_lost(Outcome::Cancel);
/// let layer = RateLimitLayer::new(Quota::per_minute(90_000))
///     .with_cost(|_| 500)
///     .with_charge(used);
/// ```
///
/// What is used beyond the estimate is a debt: of a token bucket it flows back at the bucket's rate, of
/// a window it counts as long as the window.
///
/// Danger: whoever is estimated at 0 is never refused. An estimate that a client can choose needs a
/// least value.
#[derive(Clone)]
pub struct Charge {
    rule: Rule,
    lost: Outcome,
}

impl Charge {
    /// By the status of the response and its headers, as the inner service made them.
    #[must_use]
    pub fn by<F>(rule: F) -> Self
    where
        F: Fn(StatusCode, &HeaderMap) -> Outcome + Send + Sync + 'static,
    {
        Self {
            rule: Arc::new(rule),
            lost: Outcome::Keep,
        }
    }

    /// By what a header of the response says was used, a whole number. Where it is missing, is there twice
    /// or cannot be read, the estimate stands.
    #[must_use]
    pub fn by_header(name: HeaderName) -> Self {
        Self::by(move |_, headers| {
            let mut values = headers.get_all(&name).iter();
            let (Some(value), None) = (values.next(), values.next()) else {
                return Outcome::Keep;
            };
            let used = value
                .to_str()
                .ok()
                .and_then(|used| used.trim().parse().ok());
            used.map_or(Outcome::Keep, Outcome::Actual)
        })
    }

    /// Only what succeeds (2xx) is charged: refusals, failed validations and errors cost nothing.
    #[must_use]
    pub fn of_successes() -> Self {
        Self::by(|status, _| match status.is_success() {
            true => Outcome::Keep,
            false => Outcome::Cancel,
        })
    }

    /// What becomes of the charge if there is no response: the inner service failed, or nobody waited
    /// for it. It is kept unless told: the work may have been done.
    #[must_use]
    pub fn with_lost(mut self, outcome: Outcome) -> Self {
        self.lost = outcome;
        self
    }
}

impl std::fmt::Debug for Charge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Charge")
            .field("lost", &self.lost)
            .finish_non_exhaustive()
    }
}

/// What was taken for a request, and how it ends when this is dropped.
pub(super) struct Held<L: Limiter> {
    permit: Option<Permit<L>>,
    end: Outcome,
}

impl<L: Limiter> Held<L> {
    pub(super) fn new(permit: Permit<L>, charge: Option<&Charge>) -> Self {
        Self {
            permit: Some(permit),
            end: charge.map_or(Outcome::Keep, |charge| charge.lost),
        }
    }

    /// There is a response.
    pub(super) fn answered(&mut self, charge: &Charge, status: StatusCode, headers: &HeaderMap) {
        self.end = (charge.rule)(status, headers);
    }
}

impl<L: Limiter> Drop for Held<L> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            permit.end(self.end);
        }
    }
}
