//! The queue behind a lock, with a clock.

mod control;
mod handles;
mod view;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use super::ask::Ask;
use super::headroom;
use super::pass::Pass;
use super::queue::{Entered, Queue};
use super::refusal::Refusal;
use super::seat::Seat;
use super::settings::Settings;
use super::waiter::Waiter;
use crate::adapt::{Pilot, Steering};
use crate::clock::{Clock, SharedClock};
use crate::meter::Meter;
use crate::plan::Plan;
use crate::time::Timestamp;

/// Entries that the sliding logs of one gate keep before they merge the oldest.
const LOG_ENTRIES: usize = 1 << 20;

/// A limiter that lets callers wait for their turn. Clones share one state.
///
/// The [module](super) says how it is fair, and what it does not do.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    clock: SharedClock,
    percent: u32,
    queue: Mutex<Queue>,
}

impl Gate {
    /// A gate under this plan (or bare [`Quota`](crate::Quota)), on the ordinary clock.
    #[must_use]
    pub fn new(plan: impl Into<Plan>, settings: Settings) -> Self {
        Self::build(&plan.into(), settings, None, SharedClock::std())
    }

    /// A gate on a clock of your own.
    #[must_use]
    pub fn with_clock(plan: impl Into<Plan>, settings: Settings, clock: impl Clock) -> Self {
        Self::build(&plan.into(), settings, None, SharedClock::other(clock))
    }

    /// A gate that learns from answers when it may let somebody go ([`Pass::answered`]): see
    /// [`adapt`](crate::adapt). What a plan says holds beside it, and is never exceeded.
    #[must_use]
    pub fn adaptive(
        plan: Option<Plan>,
        settings: Settings,
        steering: Steering,
        clock: impl Clock,
    ) -> Self {
        let plan = plan.unwrap_or_else(Plan::unlimited);
        let pilot = Some(Pilot::new(steering));
        Self::build(&plan, settings, pilot, SharedClock::other(clock))
    }

    /// Asks to pass. The answer is in the waiter: [poll](Waiter::poll) it. If it fits and nobody is
    /// before it, it is granted already.
    ///
    /// # Errors
    /// If it can never fit, if its turn would come after its deadline, or if too many wait.
    pub fn enter(&self, ask: &Ask) -> Result<Waiter, Refusal> {
        self.enter_at(ask, None)
    }

    /// Asks to pass once more, from the place that it had before. The line may be full, and a pause long: who
    /// had waited is let in all the same. The seat of another gate counts for nothing.
    ///
    /// # Errors
    /// If it can never fit, or if its turn would come after its deadline.
    pub fn enter_again(&self, ask: &Ask, seat: Seat) -> Result<Waiter, Refusal> {
        self.enter_at(ask, Some(seat))
    }

    /// Whether this seat is one of this gate's.
    #[must_use]
    pub fn knows(&self, seat: &Seat) -> bool {
        seat.gate == self.id()
    }

    fn enter_at(&self, ask: &Ask, seat: Option<Seat>) -> Result<Waiter, Refusal> {
        Ok(match self.with(|queue, now| queue.enter(ask, seat, now))? {
            Entered::Granted(grant) => Waiter::granted(Pass::new(self.clone(), grant)),
            Entered::Waiting(place) => Waiter::waiting(self.clone(), place),
        })
    }

    /// Passes at once or not at all: never waits, and never overtakes those who do, unless they are less urgent than
    /// [`Priority::NORMAL`](super::Priority::NORMAL).
    #[must_use]
    pub fn try_pass(&self, cost: u32) -> Option<Pass> {
        // A deadline in the past: whoever cannot go now is refused.
        let ask = Ask::new(cost).with_deadline(Timestamp::default());
        self.enter(&ask).ok()?.into_pass().ok()
    }

    /// Lets all go whose turn has come. Waiters that are polled see to this themselves.
    pub fn pump(&self) {
        self.with(Queue::pump);
    }

    fn build(plan: &Plan, settings: Settings, pilot: Option<Pilot>, clock: SharedClock) -> Self {
        let plan = headroom::part_of(plan, settings.percent);
        let queue = Queue::new(Meter::new(plan, LOG_ENTRIES), settings.rules(), pilot);
        Self(Arc::new(Inner {
            clock,
            percent: settings.percent,
            queue: Mutex::new(queue),
        }))
    }

    /// Runs under the lock, and wakes whom that concerns after it: a waker may run anything, and so may the end of
    /// one.
    fn with<T>(&self, run: impl FnOnce(&mut Queue, u64) -> T) -> T {
        let mut queue = self.lock();
        let answer = run(&mut queue, self.0.clock.now().as_nanos());
        let (wakers, spent) = queue.take_wakers();
        drop(queue);
        drop(spent);
        wakers.into_iter().for_each(Waker::wake);
        answer
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // No foreign code runs under the lock but the clock, before anything is changed.
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}
