//! How one policy stands: what a decision knows of it, in numbers that a caller can use.

use std::time::Duration;

use super::Entry;
use crate::algorithm::{State, Status};
use crate::policy::Policy;
use crate::time::Timestamp;

/// How one policy stands at the instant of a decision.
#[derive(Clone, Copy, Debug)]
pub struct PolicyStatus<'a> {
    pub(super) policy: &'a Policy,
    pub(super) state: State,
    pub(super) status: Status,
    pub(super) spared: bool,
    pub(super) now: u64,
}

impl<'a> PolicyStatus<'a> {
    #[inline]
    pub(super) fn new(policy: &'a Policy, entry: &Entry, now: u64) -> Self {
        Self {
            policy,
            state: entry.state,
            status: entry.status(&policy.rate(), now),
            spared: entry.spared,
            now,
        }
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// The policy's name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.policy.name()
    }

    /// Whether the check had nothing to do with it: it asked for [none](crate::Cost) of what is counted
    /// here. Such a policy refuses nothing, also if it is used up.
    #[must_use]
    pub fn is_spared(&self) -> bool {
        self.spared
    }

    /// Units per window or period; a cap's permits.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.policy.limit()
    }

    /// Units in use at this instant, rounded up; permits that are held of a cap. More than the limit if
    /// something is owed, or under a quota that was lowered.
    ///
    /// What the algorithm counts as used: of a bucket what has not flowed back yet, of a window what was
    /// spent in it. At most 2³² − 1 of a sliding log, and 2⁴⁰ − 1 of any other.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.status.used
    }

    /// Units that this policy would still admit at this instant.
    #[must_use]
    pub fn remaining(&self) -> u64 {
        self.status.remaining
    }

    /// How long until everything is free again; zero for a cap, whose permits know no time.
    #[must_use]
    pub fn reset_after(&self) -> Duration {
        after(self.status.reset_at, self.now)
    }

    /// How long until one unit more than [`remaining`](Self::remaining) is admitted; `None` when
    /// nothing is in use, and for a cap.
    #[must_use]
    pub fn next_after(&self) -> Option<Duration> {
        self.status.next_at.map(|at| after(at, self.now))
    }

    /// The window; for a quota by the calendar the length of the [period](Self::period), which is not the
    /// same every day or month; `None` for a cap.
    #[must_use]
    pub fn window(&self) -> Option<Duration> {
        match (self.policy.quota(), self.period()) {
            (Some(quota), _) => Some(quota.window()),
            (None, Some((start, end))) => Some(end.saturating_since(start)),
            (None, None) => None,
        }
    }

    /// The start and the end of the period that is counted in, on the limiter's clock: of a quota by the
    /// calendar, and of a fixed window. `None` for all else: a bucket, and a window that slides, have none.
    #[must_use]
    pub fn period(&self) -> Option<(Timestamp, Timestamp)> {
        let period = self.policy.rate().period_of(self.state)?;
        let at = Timestamp::from_nanos;
        Some((at(period.start), at(period.end)))
    }

    /// What binds comes first.
    pub(super) fn rank(&self) -> (bool, bool, u64, std::cmp::Reverse<u64>) {
        (
            self.policy.is_concurrency(),
            !self.policy.counts_requests(),
            self.status.remaining,
            std::cmp::Reverse(self.status.reset_at),
        )
    }
}

pub(super) fn after(at: u64, now: u64) -> Duration {
    Duration::from_nanos(at.saturating_sub(now))
}
