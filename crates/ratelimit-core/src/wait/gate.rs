//! The queue behind a lock, with a clock.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use super::ask::Ask;
use super::headroom;
use super::line::Place;
use super::news::News;
use super::pass::Pass;
use super::queue::{Entered, Grant, Queue, Standing};
use super::refusal::Refusal;
use super::seat::Seat;
use super::settings::Settings;
use super::waiter::Waiter;
use crate::adapt::{Answer, Outlook, Pilot, Spend, Steering};
use crate::clock::{Clock, SharedClock};
use crate::meter::{Meter, MeterTicket};
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

    /// Lets nobody go before `until`, also none of those that wait already. A longer pause stays.
    ///
    /// Afterwards there is no burst: for twice the pause (but 5 s to 60 s, and no more than a window)
    /// the gate lets one go at a time, at the plan's steady rate. Whoever had to ask for a pause has
    /// nothing saved up.
    ///
    /// A pause that goes on for longer than
    /// [`with_longest_pause`](Settings::with_longest_pause) allows is not waited for: all are refused.
    pub fn pause_until(&self, until: Timestamp) {
        self.with(|queue, now| queue.pause(until.as_nanos(), now));
    }

    /// Ends a pause, and what follows it.
    pub fn resume(&self) {
        self.with(Queue::resume);
    }

    /// Until `until` (normally a reset that the server told), lets at most one unit go per `every`,
    /// beginning now. The plan holds all the same: a pace is never faster.
    pub fn set_pace(&self, every: Duration, until: Timestamp) {
        self.set(News::Pace { every, until });
    }

    /// Lets nobody go before `until`, unless another pace is set before; unlike a
    /// [pause](Self::pause_until) it can be taken back by better news, and the burst stays.
    pub fn close_until(&self, until: Timestamp) {
        self.set(News::Closed { until });
    }

    /// Ends what [`set_pace`](Self::set_pace) or [`close_until`](Self::close_until) began.
    pub fn clear_pace(&self) {
        self.set(News::Open);
    }

    /// Another plan from now on: what was spent stays spent, and those who wait go by the new one.
    pub fn set_plan(&self, plan: impl Into<Plan>) {
        let plan = headroom::part_of(&plan.into(), self.0.percent);
        self.with(|queue, now| queue.set_plan(plan, now));
    }

    /// What an [adaptive](Self::adaptive) gate knows about each limit; nothing of any other gate.
    #[must_use]
    pub fn outlook(&self) -> Vec<Outlook> {
        self.with(|queue, now| queue.outlook(now))
    }

    /// How many refusals in a row did not say how long to stay away ([`Pass::answered`]). Those of
    /// requests that were under way together count as one.
    #[must_use]
    pub fn silent_refusals(&self) -> u32 {
        self.lock().silent_refusals()
    }

    /// How many wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lock().waiting()
    }

    /// The end of a pause that is on.
    #[must_use]
    pub fn paused_until(&self) -> Option<Timestamp> {
        let until = self.with(|queue, now| queue.paused_until(now))?;
        Some(Timestamp::from_nanos(until))
    }

    /// Whether nothing is used, held, awaited or learnt: to forget such a gate loses nothing.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.with(|queue, now| queue.is_idle(now))
    }

    /// Whether there are other handles of this gate: clones, or waiters and passes that it gave out.
    /// What they may yet bring about (an answer that asks for a pause) is lost on a gate that was
    /// forgotten.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// The present instant on the gate's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The wall time at an instant of the gate's clock, since the Unix epoch. For reading and printing.
    #[must_use]
    pub fn unix(&self, at: Timestamp) -> Duration {
        self.0.clock.unix(at)
    }

    pub(super) fn tell(&self, grant: &Grant, news: News) {
        self.with(|queue, now| queue.tell(grant, news.pace(), now));
    }

    fn set(&self, news: News) {
        self.with(|queue, now| queue.set_pace(news.pace(), now));
    }

    pub(super) fn id(&self) -> u64 {
        self.lock().id
    }

    pub(super) fn hear(&self, grant: &mut Grant, answer: &Answer<'_>) {
        self.with(|queue, now| queue.hear(grant, answer, now));
    }

    pub(super) fn unsend(&self, grant: &mut Grant) {
        self.with(|queue, now| queue.unsend(grant, now));
    }

    pub(super) fn lose(&self, grant: &mut Grant) {
        if !grant.is_under_way() {
            return;
        }
        self.with(|queue, now| queue.lose(grant, now));
    }

    pub(super) fn poll(&self, place: Place, waker: &Waker) -> Standing {
        let waker = waker.clone();
        self.with(|queue, now| queue.poll(place, now, waker))
    }

    pub(super) fn cancel(&self, place: Place) {
        self.with(|queue, now| queue.cancel(place, now));
    }

    pub(super) fn settle(&self, ticket: &MeterTicket, actual: &Spend) {
        self.with(|queue, now| queue.settle(ticket, actual, now));
    }

    pub(super) fn give_back(&self, grant: &Grant) {
        self.with(|queue, now| {
            queue.give_back(grant, now);
            queue.pump(now);
        });
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
