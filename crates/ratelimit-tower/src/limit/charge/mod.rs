//! What a request is charged in the end, once its response is known.
//!
//! The whole cost is taken before the request is served, together with everything else that binds it,
//! and corrected afterwards: so nobody gets in on what others have not paid for yet.
//!
//! Danger: between the two, `remaining` counts what may still be given back. It is true for whoever
//! asks then, and lower than what it will be.

mod account;
mod field;
mod held;
mod media;

use std::num::NonZeroU32;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, StatusCode};
use ratelimit_core::Outcome;

pub(super) use account::Charges;
pub(super) use held::Held;

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
/// // Tokens of a language model: 500 are assumed, what was used is charged. A call that failed is free.
/// let used = Charge::by_field("usage.total_tokens")
///     .with_failed(Outcome::Cancel)
///     .with_lost(Outcome::Cancel);
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

/// What the head of a response says about the charge.
enum Due {
    Now(Outcome),
    /// It is in the body.
    Field(field::Scanner),
    /// It is the body: so many bytes for each unit.
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

    /// By what a field of the response's JSON says was used, a whole number: `"usage.total_tokens"` is
    /// the member `total_tokens` of the member `usage`. Where it stands twice, the last one counts.
    ///
    /// The body is read as it passes and never gathered. In a stream of events (`text/event-stream`)
    /// the last event that has the field counts, as language models have it. Where it is missing,
    /// cannot be read (also because the body is compressed), or a text of more than 16 KiB is in the way,
    /// the estimate stands; a body that breaks off before it is [lost](Self::with_lost).
    #[must_use]
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

    fn due(&self, status: StatusCode, headers: &HeaderMap) -> Due {
        match (self.failed, &self.used) {
            (Some(outcome), _) if !status.is_success() => Due::Now(outcome),
            (_, Used::Estimate) => Due::Now(Outcome::Keep),
            (_, Used::Rule(rule)) => Due::Now(rule(status, headers)),
            (_, Used::Bytes(size)) => Due::Bytes(*size),
            (_, Used::Field(path)) => match media::of_response(headers) {
                Some(media) => Due::Field(field::Scanner::new(path.clone(), media)),
                None => Due::Now(Outcome::Keep),
            },
        }
    }

    /// Whether it reads what the body says.
    fn is_by_field(&self) -> bool {
        matches!(self.used, Used::Field(_))
    }

    /// Whether it cannot be settled before the body has ended.
    fn is_by_body(&self) -> bool {
        matches!(self.used, Used::Field(_) | Used::Bytes(_))
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
