//! Decides when the next request may leave.

use std::time::Duration;

use super::answer::Answer;
use super::spend::Spend;
use crate::time::Timestamp;
use crate::unit::Unit;

/// How a pilot spends what it may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pace {
    /// Evenly, so that whoever comes next finds something left: for live traffic.
    #[default]
    Even,
    /// As soon as it is sure that it is admitted: for batches.
    Eager,
}

/// What a pilot is told when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steering {
    pub(super) pace: Pace,
    pub(super) seed: u64,
}

/// Whether the next request may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Leave {
    /// It may.
    Now,
    /// Ask again at this instant, or when an answer came.
    At(Timestamp),
    /// Ask again when an answer came.
    WhenAnswered,
    /// It costs more than a limit ever grants.
    Never,
}

/// One request that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SendId(u64);

/// What is known about one limit.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outlook {
    /// The number it was told under.
    pub id: u64,
    /// What it counts.
    pub unit: Unit,
    /// The whole quota, as last stated.
    pub limit: u64,
    /// What is left, as last stated.
    pub remaining: u64,
    /// Until it is renewed, as last stated.
    pub reset_after: Option<Duration>,
    /// Whether others seem to use the same quota.
    pub shared: bool,
    /// The share of the quota that is taken for this client's, 0 to 1.
    pub share: f64,
}

/// Keeps account of what was sent and answered, and says when the next may leave. Plain state: time is a
/// parameter, and nothing waits here.
#[derive(Clone, Debug)]
pub struct Pilot {
    steering: Steering,
    sent: u64,
}

impl Steering {
    /// An even pace.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            pace: Pace::Even,
            seed: 0,
        }
    }

    /// How what is left is spent.
    #[must_use]
    pub const fn with_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// What the small random differences between sends begin with. Two clients should not have the same.
    #[must_use]
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }
}

impl Default for Steering {
    fn default() -> Self {
        Self::new()
    }
}

impl Pilot {
    /// A pilot that knows nothing yet.
    #[must_use]
    pub fn new(steering: Steering) -> Self {
        Self { steering, sent: 0 }
    }

    /// Whether a request of this cost may leave now, with `waiting` requests in the line, itself among them.
    pub fn leave(&mut self, _now: Timestamp, _spend: &Spend, _waiting: usize) -> Leave {
        let _ = self.steering;
        Leave::Now
    }

    /// It leaves.
    pub fn sent(&mut self, _now: Timestamp, _spend: &Spend) -> SendId {
        self.sent += 1;
        SendId(self.sent)
    }

    /// Its answer came. An answer to what was [lost](Self::lost) or answered before is ignored.
    pub fn answered(&mut self, _id: SendId, _now: Timestamp, _answer: &Answer<'_>) {}

    /// There will be no answer: whether the server counted it is not known.
    pub fn lost(&mut self, _id: SendId, _now: Timestamp) {}

    /// It has not left after all: the server never saw it.
    pub fn unsent(&mut self, _id: SendId, _now: Timestamp) {}

    /// What is known about each limit.
    pub fn outlook(&self, _now: Timestamp) -> impl Iterator<Item = Outlook> + '_ {
        std::iter::empty()
    }
}
