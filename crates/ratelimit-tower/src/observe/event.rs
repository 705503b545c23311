//! What happens to requests, in as many words as an observer may hear: never a key, a path or a header.

use std::time::Duration;

use http::StatusCode;

use crate::throttle::RefusalReason;

/// Something that has happened.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A request leaves.
    Sent(Sent<'a>),
    /// Its answer is there.
    Answered(Answered<'a>),
    /// There is no answer: the connection failed.
    Failed(Failed<'a>),
    /// That answer was a refusal by a limit; beside [`Answered`](Self::Answered).
    Refused(Refused<'a>),
    /// Nobody is sent for a while, because of an answer.
    Paused(Paused<'a>),
    /// A request was not sent at all.
    NotSent(NotSent<'a>),
    /// Little is left of a limit.
    Low(Low<'a>),
    /// A request will be sent again.
    Retried(Retried<'a>),
    /// A request would be sent again, but for something that forbids it.
    GaveUp(GaveUp<'a>),
}

/// A request leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent<'a> {
    /// Where to: host, and port if it is not the scheme's own. In lower case.
    pub host: Option<&'a str>,
    /// How long it has waited in the line.
    pub waited: Duration,
    /// How many still wait in that line.
    pub waiting: usize,
}

/// An answer is there, of any status.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Answered<'a> {
    /// Who answered: host, and port if it is not the scheme's own.
    pub host: Option<&'a str>,
    /// The status.
    pub status: StatusCode,
    /// From its sending to the head of its answer.
    pub took: Duration,
    /// What it states about limits. Nothing if it came from a cache.
    pub limits: &'a [Limit<'a>],
}

/// What an answer states about one limit, as the server has it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Limit<'a> {
    /// What it counts: `requests` if nothing else is said. The server's word.
    pub unit: &'a str,
    /// The name of the policy, if it has one. The server's word.
    pub name: Option<&'a str>,
    /// The whole quota, in units.
    pub limit: Option<u64>,
    /// What is left of it, in units.
    pub remaining: Option<u64>,
    /// How long from now until it is renewed.
    pub reset_after: Option<Duration>,
    /// The window that it is for.
    pub window: Option<Duration>,
    /// Whether others seem to use the same quota. Only [adaptive](crate::throttle#adaptive) layers can tell.
    pub shared: bool,
    /// The part of the quota that is taken for this client's: 0 to 1, and 1 for what is not shared.
    pub share: f64,
}

/// There is no answer, but an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failed<'a> {
    /// Where it went.
    pub host: Option<&'a str>,
    /// From its sending to the error.
    pub took: Duration,
}

/// The server's limit refused a request: a 429, or what gRPC has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refused<'a> {
    /// Who refused.
    pub host: Option<&'a str>,
    /// How long to stay away, if that was said.
    pub retry_after: Option<Duration>,
}

/// A pause begins, or was made longer: all requests of the same key wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Paused<'a> {
    /// Who asked for it.
    pub host: Option<&'a str>,
    /// How long from now, the jitter included.
    pub wait: Duration,
}

/// A request was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NotSent<'a> {
    /// Where it would have gone.
    pub host: Option<&'a str>,
    /// Why.
    pub reason: RefusalReason,
    /// How long from now until it could have gone, as far as that could be known.
    pub retry_after: Option<Duration>,
    /// How long it had waited in the line.
    pub waited: Duration,
}

/// Little is left of a limit: less than the [threshold](crate::throttle::ThrottleLayer::with_low_warning).
/// Once, until there was clearly more again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Low<'a> {
    /// Whose limit.
    pub host: Option<&'a str>,
    /// What it counts. The server's word.
    pub unit: &'a str,
    /// The name of the policy, if it has one. The server's word.
    pub name: Option<&'a str>,
    /// What is left, in units.
    pub remaining: u64,
    /// The whole quota, in units.
    pub limit: u64,
    /// How long from now until it is renewed.
    pub reset_after: Option<Duration>,
}

/// A request will be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retried<'a> {
    /// Where to.
    pub host: Option<&'a str>,
    /// How often it was sent so far.
    pub tries: u32,
    /// What it was answered last; `None` for an error instead of an answer.
    pub status: Option<StatusCode>,
    /// How long it waits first. In a throttle's line it may wait for longer.
    pub wait: Duration,
}

/// A request is not sent again, though what came of it is worth another try: its caller gets that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GaveUp<'a> {
    /// Where to.
    pub host: Option<&'a str>,
    /// How often it was sent.
    pub tries: u32,
    /// What it was answered last; `None` for an error instead of an answer.
    pub status: Option<StatusCode>,
    /// Why.
    pub reason: GaveUpReason,
}

/// Why a request is not sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GaveUpReason {
    /// It was sent as often as it may be.
    Tries,
    /// It cannot be copied.
    NoCopy,
    /// The wait is longer than one may be, or would end after the deadline.
    Wait,
    /// The [budget](crate::retry::RetryBudget) is used up.
    Budget,
}

impl<'a> Event<'a> {
    /// The host that it concerns, with its port if that is not the scheme's own.
    #[must_use]
    pub fn host(&self) -> Option<&'a str> {
        match self {
            Self::Sent(event) => event.host,
            Self::Answered(event) => event.host,
            Self::Failed(event) => event.host,
            Self::Refused(event) => event.host,
            Self::Paused(event) => event.host,
            Self::NotSent(event) => event.host,
            Self::Low(event) => event.host,
            Self::Retried(event) => event.host,
            Self::GaveUp(event) => event.host,
        }
    }
}

impl NotSent<'_> {
    /// A word for the reason, such as a label may be.
    #[must_use]
    pub fn reason_str(&self) -> &'static str {
        match self.reason {
            RefusalReason::Full => "full",
            RefusalReason::Deadline => "deadline",
            RefusalReason::Paused => "paused",
            RefusalReason::CostExceedsLimit => "cost",
            _ => "other",
        }
    }
}

impl GaveUpReason {
    /// A word for it, such as a label may be.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tries => "tries",
            Self::NoCopy => "no_copy",
            Self::Wait => "wait",
            Self::Budget => "budget",
        }
    }
}
