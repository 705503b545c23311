//! Why a gate does not let somebody wait.

use std::fmt;

use crate::time::Timestamp;

/// A gate's refusal: why, and when it could have been otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    reason: RefusalReason,
    at: Option<Timestamp>,
}

/// Why a gate refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalReason {
    /// As many callers wait as may wait.
    Full,
    /// The deadline comes before the turn would.
    Deadline,
    /// A pause goes on for longer than is waited for.
    Paused,
    /// The cost is more than the plan can ever grant. Permanent.
    CostExceedsLimit,
}

impl Refusal {
    pub(super) const fn new(reason: RefusalReason, at: Option<u64>) -> Self {
        let at = match at {
            Some(at) => Some(Timestamp::from_nanos(at)),
            None => None,
        };
        Self { reason, at }
    }

    /// Why.
    #[must_use]
    pub const fn reason(&self) -> RefusalReason {
        self.reason
    }

    /// The earliest instant at which it could have gone, behind those that wait now. With one rate it
    /// is exact; with several limits at once it may yet be later. `None` if that cannot be known (a
    /// cap on concurrency is full) or will never be.
    #[must_use]
    pub const fn could_go_at(&self) -> Option<Timestamp> {
        self.at
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            RefusalReason::Full => "the queue is full; slow down, or let more callers wait",
            RefusalReason::Deadline => {
                "its turn comes after its deadline; allow a longer wait, or try later"
            }
            RefusalReason::Paused => "a pause goes on for longer than is waited for; try after it",
            RefusalReason::CostExceedsLimit => {
                "the cost is more than the plan can ever grant; split it, or raise the burst"
            }
        })
    }
}

impl std::error::Error for Refusal {}
