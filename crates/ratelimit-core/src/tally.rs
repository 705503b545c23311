//! All or nothing: how the answers of several policies become one.

use crate::algorithm::{Fit, Rate};
use crate::decision::{Reason, Refusal};

/// The refusal that binds, of those that were added so far.
///
/// What can never fit binds before what will fit at some time, that before what nobody can know, and
/// of two times the later one: only then does the cost fit all of them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally(Option<Refusal>);

impl Tally {
    #[inline]
    pub(crate) fn add(&mut self, entry: usize, rate: &Rate, fit: Fit) {
        let (reason, retry_at) = match fit {
            Fit::Now => return,
            // That time cures it is all that is weighed; what it is called is another matter.
            Fit::At(at) if rate.calendar.is_some() => (Reason::Quota, Some(at)),
            Fit::At(at) => (Reason::Rate, Some(at)),
            Fit::Held => (Reason::Concurrency, None),
            Fit::Never => (Reason::CostExceedsLimit, None),
        };
        self.add_refusal(Refusal {
            reason,
            entry: number(entry),
            retry_at,
        });
    }

    #[cold]
    pub(crate) fn add_refusal(&mut self, refusal: Refusal) {
        if self.0.is_none_or(|old| rank(&old) < rank(&refusal)) {
            self.0 = Some(refusal);
        }
    }

    #[inline]
    pub(crate) fn refusal(self) -> Option<Refusal> {
        self.0
    }
}

/// An entry's number as a refusal has it.
pub(crate) fn number(entry: usize) -> u8 {
    // A check has at most MAX_SUBJECTS · MAX_POLICIES entries.
    u8::try_from(entry).unwrap_or(u8::MAX)
}

fn rank(refusal: &Refusal) -> (u8, Option<u64>) {
    let class = match refusal.reason {
        Reason::Concurrency => 0,
        Reason::Rate | Reason::Quota | Reason::StoreFull => 1,
        Reason::CostExceedsLimit => 2,
    };
    (class, refusal.retry_at)
}
