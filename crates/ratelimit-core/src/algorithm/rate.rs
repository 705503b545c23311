//! One algorithm with one quota: the place where the algorithms meet one interface.

use super::{
    Fit, Logs, Refund, State, Status, Taken, calendar, concurrency, fixed_window, gcra,
    sliding_counter, sliding_log,
};
use crate::calendar::{Calendar, CalendarPeriod, Period};
use crate::quota::Quota;

/// How admitted units are counted. The constructors of [`Policy`](crate::Policy) describe each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// A token bucket.
    Gcra,
    /// An exact sliding window.
    SlidingLog,
    /// A sliding window in two counters.
    SlidingCounter,
    /// Aligned windows.
    FixedWindow,
    /// So many at once.
    Concurrency,
    /// Days or months of a time zone.
    Calendar,
}

/// What a state is counted by. For a cap on concurrency the quota's limit is the cap; for a calendar its
/// window is only about what the periods are long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Rate {
    pub(crate) quota: Quota,
    pub(crate) algorithm: Algorithm,
    /// Of [`Algorithm::Calendar`], and of no other.
    pub(crate) calendar: Option<Calendar>,
}

/// It is compared with every check, and every shard keeps some.
const _: () = assert!(size_of::<Rate>() <= 24);

impl Rate {
    /// For what is overwritten before it is looked at.
    pub(crate) const UNUSED: Self = Self::new(Quota::per_second(1), Algorithm::Gcra);

    pub(crate) const fn new(quota: Quota, algorithm: Algorithm) -> Self {
        Self {
            quota,
            algorithm,
            calendar: None,
        }
    }

    /// # Panics
    /// If the limit is 0.
    #[track_caller]
    pub(crate) fn of_calendar(limit: u32, calendar: Calendar) -> Self {
        Self {
            // Only for what needs to know about how fast it flows; no decision does.
            quota: match calendar.period() {
                CalendarPeriod::Day => Quota::per_day(limit),
                CalendarPeriod::Month => Quota::about_monthly(limit),
            },
            algorithm: Algorithm::Calendar,
            calendar: Some(calendar),
        }
    }

    /// The period of the calendar that `at` is in.
    #[inline]
    pub(crate) fn period_at(&self, at: u64) -> Period {
        self.calendar.map_or(Period::ENDLESS, |c| c.period_at(at))
    }

    /// Brings a state up to `now`. Every other function wants a state that was.
    #[inline(always)]
    pub(crate) fn advance(&self, state: State, now: u64) -> State {
        match self.algorithm {
            Algorithm::Gcra => gcra::advance(state, now, &self.quota),
            Algorithm::FixedWindow => fixed_window::advance(state, now, &self.quota),
            Algorithm::SlidingCounter => sliding_counter::advance(state, now, &self.quota),
            Algorithm::Calendar => calendar::advance(state, now, |at| self.period_at(at)),
            Algorithm::SlidingLog | Algorithm::Concurrency => state,
        }
    }

    /// Whether, and when, `cost` fits.
    #[inline(always)]
    pub(crate) fn fit(&self, state: State, logs: &Logs, now: u64, cost: u32) -> Fit {
        match self.algorithm {
            Algorithm::Gcra => gcra::fit(state, now, &self.quota, cost),
            Algorithm::FixedWindow | Algorithm::Calendar => {
                fixed_window::fit(state, &self.quota, cost)
            }
            Algorithm::SlidingCounter => sliding_counter::fit(state, now, &self.quota, cost),
            Algorithm::SlidingLog => sliding_log::fit(state, logs, now, &self.quota, cost),
            Algorithm::Concurrency => concurrency::fit(state, &self.quota),
        }
    }

    /// Takes `units`, whether they fit or not; a cap gives one permit whatever the number.
    #[inline(always)]
    pub(crate) fn charge(&self, state: State, logs: &mut Logs, now: u64, units: u64) -> State {
        match self.algorithm {
            Algorithm::Concurrency => concurrency::take(state),
            _ if units == 0 => state,
            Algorithm::Gcra => gcra::charge(state, units),
            Algorithm::FixedWindow | Algorithm::Calendar => fixed_window::charge(state, units),
            Algorithm::SlidingCounter => sliding_counter::charge(state, units),
            Algorithm::SlidingLog => sliding_log::charge(state, logs, now, &self.quota, units),
        }
    }

    /// What a settle will need to know of `amount` units that are about to be taken at `at`.
    /// `given_back` counts the units that were ever given back to the state.
    pub(crate) fn taken(&self, state: State, at: u64, amount: u64, given_back: u64) -> Taken {
        let clear_at = match self.algorithm {
            Algorithm::Gcra => gcra::clear_at(state, at, &self.quota),
            _ => at,
        };
        Taken {
            rate: *self,
            at,
            amount,
            clear_at,
            given_back,
        }
    }

    /// Gives back units that were taken and not used, at a rate that
    /// [allows it](Self::refunds_at); never more than they still count for. A cap has its own
    /// [release](Self::release).
    pub(crate) fn refund(
        &self,
        state: State,
        logs: &mut Logs,
        now: u64,
        taken: Taken,
        refund: Refund,
    ) -> State {
        match self.algorithm {
            Algorithm::Gcra => gcra::refund(state, now, &self.quota, taken, refund),
            Algorithm::FixedWindow => fixed_window::refund(state, &self.quota, taken, refund.kept),
            Algorithm::SlidingCounter => {
                sliding_counter::refund(state, now, &self.quota, taken, refund.kept)
            }
            Algorithm::Calendar => calendar::refund(
                state,
                taken,
                refund.kept,
                self.period_at(state.word.saturating_sub(1)),
            ),
            Algorithm::SlidingLog => {
                sliding_log::refund(state, logs, taken, refund.kept);
                state
            }
            Algorithm::Concurrency => state,
        }
    }

    /// Lets go of one permit of a cap.
    pub(crate) fn release(&self, state: State) -> State {
        match self.algorithm {
            Algorithm::Concurrency => concurrency::release(state),
            _ => state,
        }
    }

    /// Whether the state says no more than that of a key that was never seen.
    #[inline]
    pub(crate) fn is_idle(&self, state: State, logs: &Logs, now: u64) -> bool {
        match self.algorithm {
            Algorithm::Gcra => gcra::is_idle(state, now, &self.quota),
            Algorithm::FixedWindow => fixed_window::is_idle(state, now),
            Algorithm::SlidingCounter => sliding_counter::is_idle(state, now, &self.quota),
            Algorithm::Calendar => calendar::is_idle(state, now),
            Algorithm::SlidingLog => sliding_log::is_idle(state, logs, now, &self.quota),
            Algorithm::Concurrency => state.count == 0,
        }
    }

    /// Whole units in use, rounded up.
    pub(crate) fn used(&self, state: State, logs: &Logs, now: u64) -> u64 {
        match self.algorithm {
            Algorithm::Gcra => gcra::used(state, now, &self.quota),
            Algorithm::FixedWindow | Algorithm::Calendar | Algorithm::Concurrency => state.count,
            Algorithm::SlidingCounter => sliding_counter::used(state, now, &self.quota),
            Algorithm::SlidingLog => sliding_log::used(state, logs, now, &self.quota),
        }
    }

    /// The period that a state counts in, for those that count in periods.
    pub(crate) fn period_of(&self, state: State) -> Option<Period> {
        let end = state.word;
        let start = match self.algorithm {
            Algorithm::FixedWindow => end.saturating_sub(self.quota.window_nanos()),
            Algorithm::Calendar => self.period_at(end.saturating_sub(1)).start,
            _ => return None,
        };
        Some(Period { start, end })
    }

    /// The most that can be in use by what was admitted.
    pub(crate) fn capacity(&self) -> u64 {
        u64::from(self.quota.burst_size())
    }

    pub(crate) fn status(&self, state: State, logs: &Logs, now: u64) -> Status {
        match self.algorithm {
            Algorithm::Gcra => gcra::status(state, now, &self.quota),
            Algorithm::FixedWindow | Algorithm::Calendar => {
                fixed_window::status(state, now, &self.quota)
            }
            Algorithm::SlidingCounter => sliding_counter::status(state, now, &self.quota),
            Algorithm::SlidingLog => sliding_log::status(state, logs, now, &self.quota),
            Algorithm::Concurrency => concurrency::status(state, now, &self.quota),
        }
    }

    /// Whether this is a cap on how many are in flight.
    #[inline]
    pub(crate) fn is_concurrency(&self) -> bool {
        self.algorithm == Algorithm::Concurrency
    }

    /// Whether the state is only the number of a log.
    #[inline]
    pub(crate) fn is_kept_outside(&self) -> bool {
        self.algorithm == Algorithm::SlidingLog
    }

    /// Gives back what the state holds outside itself; after this it may be overwritten.
    pub(crate) fn forget(&self, state: State, logs: &mut Logs) {
        if self.is_kept_outside() {
            sliding_log::forget(state, logs);
        }
    }

    /// The algorithm by number, and the window (or the calendar) of those whose states mean nothing under
    /// another. The same in every process. States
    /// of the same kind can be [turned into one another](Self::rebase); others are never mixed.
    pub(crate) fn kind(&self) -> (u8, u64) {
        match self.algorithm {
            Algorithm::Gcra => (0, 0),
            Algorithm::SlidingLog => (1, 0),
            Algorithm::SlidingCounter => (2, self.quota.window_nanos()),
            Algorithm::FixedWindow => (3, self.quota.window_nanos()),
            Algorithm::Concurrency => (4, 0),
            Algorithm::Calendar => (5, self.calendar.map_or(0, Calendar::hash)),
        }
    }

    /// Turns a state of the rate `self` into one of the rate `to`, which is of the same
    /// [kind](Self::kind): what was spent stays spent, time before now counts at the old rate, and
    /// changing back and forth yields nothing.
    #[cold]
    pub(crate) fn rebase(&self, to: &Self, state: State, now: u64) -> State {
        debug_assert_eq!(self.kind(), to.kind());
        match to.algorithm {
            Algorithm::Gcra => gcra::rebase(state, now, &self.quota, &to.quota),
            // Counts of one window, times and permits: none depends on the limit.
            _ => state,
        }
    }

    /// Whether what was taken at this rate can be given back at the rate `to`, of the same
    /// [kind](Self::kind). What flowed back at several rates in turn is not known, so then nothing is.
    pub(crate) fn refunds_at(&self, to: &Self) -> bool {
        self.algorithm != Algorithm::Gcra || gcra::flows_alike(&self.quota, &to.quota)
    }
}
