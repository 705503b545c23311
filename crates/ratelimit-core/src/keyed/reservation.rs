//! A charge that can still be corrected.

use super::Memory;
use crate::decision::DecisionRef;
use crate::limiter::Permit;
use crate::unit::Settlement;

/// What a [`Memory`] gave to a key, until it is settled. Dropped, it keeps the charge and lets go of
/// permits.
#[derive(Debug)]
#[must_use = "dropping a reservation settles it at once"]
pub struct MemoryReservation<'p> {
    decision: DecisionRef<'p>,
    permit: Option<Permit<Memory>>,
}

impl<'p> MemoryReservation<'p> {
    pub(super) fn new(decision: DecisionRef<'p>, permit: Option<Permit<Memory>>) -> Self {
        Self { decision, permit }
    }

    /// The decision that admitted it.
    #[must_use]
    pub fn decision(&self) -> &DecisionRef<'p> {
        &self.decision
    }

    /// `actual` units were used: the rest is given back, what is over is charged as debt.
    pub fn settle(self, actual: u32) {
        if let Some(permit) = self.permit {
            permit.settle(actual);
        }
    }

    /// Settles with one outcome for each unit.
    pub fn end<'a>(self, settlement: impl Into<Settlement<'a>>) {
        if let Some(permit) = self.permit {
            permit.end(settlement);
        }
    }

    /// Nothing was used: gives everything back.
    pub fn cancel(self) {
        if let Some(permit) = self.permit {
            permit.cancel();
        }
    }

    /// The permit alone, to be carried where the decision is not wanted.
    pub fn into_permit(self) -> Option<Permit<Memory>> {
        self.permit
    }
}
