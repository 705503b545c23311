//! A limiter for one caller, or for everybody together: no key and no table.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::adapt::Spend;
use crate::clock::{Clock, SharedClock};
use crate::decision::Decision;
use crate::meter::{Meter, MeterTicket};
use crate::plan::Plan;

/// Entries that the sliding logs of one limiter keep before they merge the oldest.
const LOG_ENTRIES: usize = 1 << 20;

/// A limiter without keys. Clones share one state.
///
/// ```
/// use ratelimit_core::{Direct, ManualClock, Quota};
/// use std::time::Duration;
///
/// let clock = ManualClock::new();
/// let limiter = Direct::with_clock(Quota::per_second(2), clock.clone());
/// assert!(limiter.check(2).is_allowed());
/// let refused = limiter.check(1);
/// assert_eq!(refused.retry_after(), Some(Duration::from_millis(500)));
/// clock.advance(Duration::from_millis(500));
/// assert!(limiter.check(1).is_allowed());
/// ```
#[derive(Clone)]
pub struct Direct(Arc<Inner>);

struct Inner {
    clock: SharedClock,
    meter: Mutex<Meter>,
}

/// What a [`Direct`] limiter gave, until it is settled. Dropped, it keeps the charge and lets go of
/// permits.
#[must_use = "dropping a reservation settles it at once"]
pub struct DirectReservation {
    limiter: Direct,
    decision: Decision,
    ticket: Option<MeterTicket>,
}

impl Direct {
    /// A limiter under this plan (or bare [`Quota`](crate::Quota)), on the ordinary clock.
    #[must_use]
    pub fn new(plan: impl Into<Plan>) -> Self {
        Self::build(plan.into(), SharedClock::std())
    }

    /// A limiter on a clock of your own.
    #[must_use]
    pub fn with_clock(plan: impl Into<Plan>, clock: impl Clock) -> Self {
        Self::build(plan.into(), SharedClock::other(clock))
    }

    /// Charges `cost` if it fits all policies. A cap is only looked at: to hold a permit,
    /// [`reserve`](Self::reserve).
    #[must_use]
    pub fn check(&self, cost: u32) -> Decision {
        let now = self.now();
        self.meter().check(now, cost)
    }

    /// What [`check`](Self::check) would answer. Changes nothing.
    #[must_use]
    pub fn peek(&self, cost: u32) -> Decision {
        self.meter().peek(self.now(), cost)
    }

    /// Charges `cost` and holds permits of caps, until the reservation is settled or dropped.
    ///
    /// # Errors
    /// The decision, if it does not fit.
    #[expect(clippy::result_large_err, reason = "the error is the answer")]
    pub fn reserve(&self, cost: u32) -> Result<DirectReservation, Decision> {
        let (decision, ticket) = self.meter().reserve(self.now(), cost)?;
        Ok(DirectReservation {
            limiter: self.clone(),
            decision,
            ticket: Some(ticket),
        })
    }

    /// Forgets what was spent. Permits that are held stay held.
    pub fn reset(&self) {
        self.meter().reset();
    }

    /// Another plan from now on: what was spent stays spent, under the policy of the same name and
    /// [kind](crate::Policy), and time before now counts at the old rate. Policies that are not in the
    /// new plan (the 64 that left last) are remembered for when they come back.
    pub fn set_plan(&self, plan: impl Into<Plan>) {
        let now = self.now();
        self.meter().set_plan(plan.into(), now);
    }

    fn build(plan: Plan, clock: SharedClock) -> Self {
        Self(Arc::new(Inner {
            clock,
            meter: Mutex::new(Meter::new(plan, LOG_ENTRIES)),
        }))
    }

    fn now(&self) -> u64 {
        self.0.clock.now().as_nanos()
    }

    fn meter(&self) -> MutexGuard<'_, Meter> {
        // Every state is written whole, so a panic elsewhere leaves nothing half done.
        self.0.meter.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Direct {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Direct").finish_non_exhaustive()
    }
}

impl DirectReservation {
    /// The decision that admitted it.
    #[must_use]
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// `actual` units were used: the rest is given back, what is over is charged as debt.
    pub fn settle(mut self, actual: u32) {
        self.end(actual);
    }

    /// Nothing was used: gives everything back.
    pub fn cancel(mut self) {
        self.end(0);
    }

    fn end(&mut self, actual: u32) {
        if let Some(ticket) = self.ticket.take() {
            let now = self.limiter.now();
            self.limiter
                .meter()
                .settle(now, &ticket, &Spend::new(actual));
        }
    }
}

impl Drop for DirectReservation {
    fn drop(&mut self) {
        self.end(self.decision.cost());
    }
}

impl std::fmt::Debug for DirectReservation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DirectReservation")
            .field("decision", &self.decision)
            .finish_non_exhaustive()
    }
}
