//! When something will fit: the arithmetic of looking ahead, which changes nothing.

use super::ticket::Ahead;
use crate::adapt::Spend;
use crate::algorithm::{Algorithm, Fit, Logs, Rate, State};
use crate::meter::{Meter, spares};
use crate::policy::Policy;

/// The instants between which a grant may be dated.
///
/// A timer fires late, by up to a millisecond or two. A token bucket that is charged at the instant
/// when the timer fired loses what flowed over in between, and 2,000 a second become 1,000; so it is
/// charged at the instant when its turn was due. All else is charged when it is sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) since: u64,
    pub(super) now: u64,
}

impl Span {
    pub(super) fn at(now: u64) -> Self {
        Self { since: now, now }
    }

    fn start(&self, rate: &Rate) -> u64 {
        match rate.algorithm {
            Algorithm::Gcra => self.since.min(self.now),
            _ => self.now,
        }
    }

    /// The instant to charge `cost` at, if it fits.
    pub(super) fn charged_at(&self, rate: &Rate, state: State, cost: u32) -> u64 {
        let start = self.start(rate);
        if rate.algorithm != Algorithm::Gcra {
            return start;
        }
        match rate.fit(rate.advance(state, start), &Logs::EMPTY, start, cost) {
            Fit::At(at) => at.min(self.now),
            _ => start,
        }
    }
}

/// Whether, and when, it fits all policies at the end of `span`.
pub(super) fn fit(meter: &Meter, span: Span, spend: &Spend) -> Fit {
    let (cells, logs) = meter.cells();
    let cells = cells.filter(|(_, unit, _)| !spares(spend, *unit));
    let fits = cells.map(|(rate, unit, state)| {
        let start = span.start(rate);
        match rate.fit(rate.advance(state, start), logs, start, spend.of(unit)) {
            Fit::At(at) if at <= span.now => Fit::Now,
            fit => fit,
        }
    });
    fits.fold(Fit::Now, later)
}

/// The earliest instant at which it can be taken after the units ahead of it: exact for one policy, and
/// never too late for several.
pub(super) fn after(meter: &Meter, from: u64, ahead: &Ahead, spend: &Spend) -> u64 {
    let (cells, logs) = meter.cells();
    let cells = cells.filter(|(_, unit, _)| !spares(spend, *unit));
    let times = cells.map(|(rate, unit, state)| {
        let (ahead, cost) = (ahead.units.of(unit), spend.of(unit));
        after_one(rate, state, logs, from, ahead, cost)
    });
    times.max().unwrap_or(from).max(from)
}

/// The fastest steady flow of the plan: nanoseconds per unit, and the window they are spread over.
pub(super) fn steady(meter: &Meter) -> Option<(u64, u64)> {
    let flow = |rate: &Rate| {
        let window = rate.quota.window_nanos();
        (window.div_ceil(u64::from(rate.quota.limit())), window)
    };
    let rates = meter.plan().policies().iter().map(Policy::rate);
    rates
        .filter(|rate| !rate.is_concurrency())
        .map(|rate| flow(&rate))
        .min()
}

/// What can never be is later than what will be, that than what nobody can know.
pub(super) fn later(a: Fit, b: Fit) -> Fit {
    match (a, b) {
        (Fit::Never, _) | (_, Fit::Never) => Fit::Never,
        (Fit::At(a), Fit::At(b)) => Fit::At(a.max(b)),
        (Fit::At(at), _) | (_, Fit::At(at)) => Fit::At(at),
        (Fit::Held, _) | (_, Fit::Held) => Fit::Held,
        (Fit::Now, Fit::Now) => Fit::Now,
    }
}

fn after_one(rate: &Rate, state: State, logs: &Logs, from: u64, ahead: u64, cost: u32) -> u64 {
    let state = rate.advance(state, from);
    match rate.algorithm {
        Algorithm::Concurrency => from,
        Algorithm::Gcra => {
            let queued = rate.charge(state, &mut Logs::new(0), from, ahead);
            instant(rate.fit(queued, logs, from, cost), from)
        }
        Algorithm::Calendar => after_periods(rate, state, from, ahead + u64::from(cost)),
        Algorithm::FixedWindow => after_windows(rate, state, from, ahead + u64::from(cost)),
        Algorithm::SlidingLog | Algorithm::SlidingCounter => {
            after_sliding(rate, state, logs, from, ahead + u64::from(cost))
        }
    }
}

/// Each window takes the limit, beginning with what is left of this one.
fn after_windows(rate: &Rate, state: State, from: u64, units: u64) -> u64 {
    let (limit, window) = (u64::from(rate.quota.limit()), rate.quota.window_nanos());
    let over = (rate.used(state, &Logs::EMPTY, from) + units).saturating_sub(limit);
    if over == 0 {
        return from;
    }
    let full = rate.charge(state, &mut Logs::new(0), from, limit);
    let end = instant(rate.fit(full, &Logs::EMPTY, from, 1), from);
    end.saturating_add(((over - 1) / limit).saturating_mul(window))
}

/// As [`after_windows`], with periods that are of no one length. Beyond so many it is too early rather
/// than too late, as it may be.
fn after_periods(rate: &Rate, state: State, from: u64, units: u64) -> u64 {
    const MOST: u64 = 64;
    let limit = u64::from(rate.quota.limit());
    let over = (rate.used(state, &Logs::EMPTY, from) + units).saturating_sub(limit);
    let (Some(calendar), 1..) = (rate.calendar, over) else {
        return from;
    };
    let periods = ((over - 1) / limit).min(MOST);
    (0..periods).fold(state.word, |end, _| calendar.period_far_off(end).end)
}

/// In a sliding window, a unit and the one a whole limit behind it are a window apart.
fn after_sliding(rate: &Rate, state: State, logs: &Logs, from: u64, units: u64) -> u64 {
    let (limit, window) = (u64::from(rate.quota.limit()), rate.quota.window_nanos());
    let windows = units.saturating_sub(1) / limit;
    let rest = u32::try_from(units - windows * limit).unwrap_or(u32::MAX);
    let first = instant(rate.fit(state, logs, from, rest), from);
    first.saturating_add(windows.saturating_mul(window))
}

fn instant(fit: Fit, from: u64) -> u64 {
    match fit {
        Fit::At(at) => at,
        Fit::Now | Fit::Held => from,
        Fit::Never => u64::MAX,
    }
}
