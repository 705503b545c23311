//! What a request is charged in the end, once its response is known.
//!
//! The whole cost is taken before the request is served, together with everything else that binds it,
//! and corrected afterwards: so nobody gets in on what others have not paid for yet.
//!
//! Danger: between the two, `remaining` counts what may still be given back. It is true for whoever
//! asks then, and lower than what it will be.

mod account;
mod due;
mod events;
mod field;
mod held;
mod json;
mod media;
mod number;
mod place;
mod quoted;
#[cfg(test)]
mod tests;

use std::num::NonZeroU32;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, StatusCode};
use ratelimit_core::Outcome;

pub(super) use account::Charges;
pub(super) use held::Held;

use due::Due;
use field::Path;

type Rule = Arc<dyn Fn(StatusCode, &HeaderMap) -> Outcome + Send + Sync>;

/// What a request costs in the end: what was taken, nothing, or what was really used.
///
/// The cost of [`with_cost`](super::RateLimitLayer::with_cost) is an estimate then. Whatever happens
/// to the response or its body, each request is corrected exactly once: when the permits of caps are
/// let go, at the end of the body unless [told otherwise](super::PermitUntil).
///
/// | what was used | |
/// |---|---|
/// | [`estimated`](Self::estimated) | what was taken |
/// | [`by_header`](Self::by_header) | what a header of the response says |
/// | [`by_field`](Self::by_field) | what a field of its JSON says, also of the last event of a stream |
/// | [`by_bytes`](Self::by_bytes) | the bytes of its body |
/// | [`by`](Self::by) | what a closure says |
///
/// ```
/// use http::HeaderName;
/// use ratelimit_core::{Outcome, Quota};
/// use ratelimit_tower::limit::{Charge, RateLimitLayer};
///
/// // Tokens of a language model: 500 are assumed, what was used is charged. A call that failed is free,
/// // one that nobody waited for is not: the model has worked for it.
/// let used = Charge::by_field("usage.total_tokens").with_failed(Outcome::Cancel);
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
    used: Used,
    failed: Option<Outcome>,
    lost: Outcome,
}

/// Where it stands what was used.
#[derive(Clone)]
enum Used {
    Estimate,
    Rule(Rule),
    Field(Path),
    Bytes(NonZeroU32),
}

impl Charge {
    /// What was taken stands, unless [failures](Self::with_failed) or [losses](Self::with_lost) are
    /// treated otherwise.
    #[must_use]
    pub fn estimated() -> Self {
        Self::new(Used::Estimate)
    }

    /// Only what succeeds (2xx) is charged: refusals, failed validations and errors cost nothing.
    #[must_use]
    pub fn of_successes() -> Self {
        Self::estimated().with_failed(Outcome::Cancel)
    }

    /// By the status of the response and its headers, as the inner service made them.
    #[must_use]
    pub fn by<F>(rule: F) -> Self
    where
        F: Fn(StatusCode, &HeaderMap) -> Outcome + Send + Sync + 'static,
    {
        Self::new(Used::Rule(Arc::new(rule)))
    }

    /// By what a header of the response says was used: a whole number, in digits only. A larger one than
    /// [`u32::MAX`] counts as that. Where it is missing, is there twice or cannot be read, the estimate
    /// stands.
    #[must_use]
    pub fn by_header(name: HeaderName) -> Self {
        Self::by(move |_, headers| {
            let mut values = headers.get_all(&name).iter();
            let (Some(value), None) = (values.next(), values.next()) else {
                return Outcome::Keep;
            };
            number::whole(value.as_bytes()).map_or(Outcome::Keep, Outcome::Actual)
        })
    }

    /// By what a field of the response's JSON says was used: a whole number, in digits only.
    /// `"usage.total_tokens"` is the member `total_tokens` of the member `usage` of the text: members are
    /// names in objects, which have no dots in them; what is in an array has none. Where it stands twice,
    /// the last number counts, and a larger one than [`u32::MAX`] counts as that.
    ///
    /// The body is read as it passes, however long it is, and never gathered. In a stream of events
    /// (`text/event-stream`) the last event that has the field counts, as language models have it, once
    /// its line has ended. Where it is missing or cannot be read, because it is no such number, the body
    /// is no JSON or something in it is nested deeper than 128, the estimate stands; a body that breaks
    /// off before it is [lost](Self::with_lost).
    ///
    /// Danger: a body that is compressed is not read, and the estimate stands. So that no client chooses that,
    /// the layer asks the service for `Accept-Encoding: identity`; what compresses all the same belongs
    /// outside of this layer, not between it and what says what was used.
    ///
    /// # Panics
    /// If a member of the path has no name, as in `""`, `"usage."` or `"a..b"`.
    #[must_use]
    #[track_caller]
    pub fn by_field(path: &str) -> Self {
        Self::new(Used::Field(Path::new(path)))
    }

    /// By the bytes of the response's body as they are sent: one unit for each `size` that has begun. A
    /// body that breaks off is charged for what was sent.
    ///
    /// # Panics
    /// If `size` is 0.
    #[must_use]
    #[track_caller]
    pub fn by_bytes(size: u32) -> Self {
        let size = NonZeroU32::new(size).expect("a unit has at least one byte");
        Self::new(Used::Bytes(size))
    }

    /// What a response that is no success (not 2xx) is charged, whatever it says was used.
    #[must_use]
    pub fn with_failed(mut self, outcome: Outcome) -> Self {
        self.failed = Some(outcome);
        self
    }

    /// What becomes of the charge if there is no response, or none that says what was used before it
    /// breaks off: the inner service failed, or nobody waited for it. It is kept unless told: the work
    /// may have been done.
    ///
    /// Danger: a client can hang up on purpose, after the answer and before what says what it has used,
    /// which a stream has at its end. [`Outcome::Cancel`] is for what costs nothing until it is answered.
    #[must_use]
    pub fn with_lost(mut self, outcome: Outcome) -> Self {
        self.lost = outcome;
        self
    }

    fn new(used: Used) -> Self {
        Self {
            used,
            failed: None,
            lost: Outcome::Keep,
        }
    }
}

impl std::fmt::Debug for Charge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let used = match &self.used {
            Used::Estimate => "estimated",
            Used::Rule(_) => "by a rule",
            Used::Field(_) => "by a field",
            Used::Bytes(_) => "by bytes",
        };
        f.debug_struct("Charge")
            .field("used", &used)
            .field("failed", &self.failed)
            .field("lost", &self.lost)
            .finish()
    }
}
