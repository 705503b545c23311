//! What a decision keeps of each policy: as little as the rest can be computed from.

use crate::algorithm::{Logs, Rate, State, Status};

/// The state of one policy of one subject, after the decision.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Entry {
    pub(super) state: State,
    /// What of a [`Status`] cannot be computed from the state alone.
    next_at: u64,
    /// The same, of what is in use; saturating.
    used: u32,
    pub(super) subject: u8,
    pub(super) policy: u8,
    /// The check asked for none of what is counted here.
    pub(super) spared: bool,
}

impl Entry {
    /// The entry of policy `policy` of subject `subject`, whose state is up to `now`.
    #[inline]
    pub(crate) fn new(
        (subject, policy): (usize, usize),
        rate: &Rate,
        state: State,
        logs: &Logs,
        now: u64,
    ) -> Self {
        let mut entry = Self {
            state,
            next_at: 0,
            used: 0,
            spared: false,
            // At most MAX_SUBJECTS and MAX_POLICIES.
            subject: u8::try_from(subject).unwrap_or(u8::MAX),
            policy: u8::try_from(policy).unwrap_or(u8::MAX),
        };
        if rate.is_kept_outside() {
            let status = rate.status(state, logs, now);
            entry.state = State {
                word: status.reset_at,
                count: status.remaining,
            };
            entry.next_at = status.next_at.unwrap_or(0);
            entry.used = u32::try_from(status.used).unwrap_or(u32::MAX);
        }
        entry
    }

    /// The same, of a policy that the check perhaps left aside.
    #[inline]
    pub(crate) fn spared(mut self, spared: bool) -> Self {
        self.spared = spared;
        self
    }

    pub(super) fn status(&self, rate: &Rate, now: u64) -> Status {
        if rate.is_kept_outside() {
            return Status {
                remaining: self.state.count,
                used: u64::from(self.used),
                reset_at: self.state.word,
                next_at: (self.next_at != 0).then_some(self.next_at),
            };
        }
        rate.status(self.state, &Logs::EMPTY, now)
    }
}
