//! A sliding window that remembers each request for a window's length.

use super::{Ask, Foreign, Refuted};
use crate::adapt::ledger::Ledger;
use crate::adapt::sight::{Sight, secs, to_nanos, usual_window, LADDER};

const TEN_SECONDS: u64 = 10_000_000_000;
const RECENT: usize = 16;

/// See the [module](self).
#[derive(Clone, Debug)]
pub(in crate::adapt) struct Log {
    stated: Option<u64>,
    /// Whether the window may be one that nobody uses: a bucket that is held at one level looks like a log
    /// with an odd window.
    any_window: bool,
    /// Where the window must lie if the reset is when the latest request is forgotten.
    between: (f64, f64),
    /// Whether that is what the reset is.
    resets_a_window_after: bool,
    longest: f64,
    /// The first answer's reset, before which nothing was ever forgotten.
    first: Option<(u64, f64)>,
    least: Recent,
    most: [f64; 2],
    pub(in crate::adapt) last: u64,
    last_edge: u64,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            stated: None,
            any_window: false,
            between: (0.0, f64::INFINITY),
            resets_a_window_after: true,
            longest: 0.0,
            first: None,
            least: Recent::default(),
            most: [0.0; 2],
            last: 0,
            last_edge: 0,
        }
    }
}

impl Log {
    /// One whose window may be any.
    pub(in crate::adapt) fn of_any_window() -> Self {
        Self {
            any_window: true,
            ..Self::default()
        }
    }

    pub(in crate::adapt) fn observe(&mut self, sight: &Sight, ledger: &Ledger) -> Result<Option<Foreign>, Refuted> {
        self.stated = sight.window.or(self.stated);
        if let (Some((near, far)), true) = (sight.distance(), sight.cost > 0.0) {
            self.learn_window(near, far, sight)?;
        }
        let window = to_nanos(self.window());
        let before = sight.sent.saturating_sub(sight.lag);
        let gone = ledger.sent_by_at_most(sight.now.saturating_sub(window));
        let sure = (ledger.answered_by(before) - gone).max(0.0);
        let forgotten = ledger.answered_by(before.saturating_sub(window));
        let possible = ledger.net_then(sight.sent) - forgotten;
        let foreign = Foreign::new(sight, sure, possible);
        if foreign.most < -sight.slack {
            return Err(Refuted);
        }
        self.check_rise(sight)?;
        self.least.push(sight.now, foreign.least.max(0.0));
        self.most = [self.most[1], foreign.most.max(0.0)];
        self.last = sight.now;
        self.last_edge = sight.edge.filter(|edge| edge.known).map_or(0, |edge| u64::try_from(edge.hi).unwrap_or(0));
        Ok(Some(foreign))
    }

    fn learn_window(&mut self, near: f64, far: f64, sight: &Sight) -> Result<(), Refuted> {
        if let Some(window) = self.stated.map(secs) {
            // Nothing is remembered for longer than a window.
            if near > window + 0.1 {
                return Err(Refuted);
            }
            self.resets_a_window_after &= far >= window - 0.1 - secs(sight.lag);
            return Ok(());
        }
        self.longest = self.longest.max(near);
        if self.resets_a_window_after {
            let (lo, hi) = (self.between.0.max(near), self.between.1.min(far));
            self.resets_a_window_after = lo <= hi;
            self.between = (lo, hi);
            let usual = |window: &f64| lo - 0.1 <= *window && *window <= hi + 0.1;
            if lo <= hi && !self.any_window && !LADDER.iter().any(usual) {
                return Err(Refuted);
            }
        }
        Ok(())
    }

    /// Before the first reset nothing is forgotten, so nothing more can be left.
    fn check_rise(&mut self, sight: &Sight) -> Result<(), Refuted> {
        let Some((until, left)) = self.first else {
            let edge = sight.edge.filter(|edge| edge.known);
            let until = edge.map_or(0, |edge| u64::try_from(edge.lo).unwrap_or(0));
            self.first = Some((until, sight.left));
            return Ok(());
        };
        let rises = sight.left > left + sight.slack + 0.5;
        if rises && !self.resets_a_window_after && sight.now < until {
            return Err(Refuted);
        }
        Ok(())
    }

    pub(in crate::adapt) fn void(&mut self) {
        self.least = Recent::default();
        self.most = [0.0; 2];
        self.first = None;
    }

    pub(in crate::adapt) fn window(&self) -> f64 {
        if let Some(window) = self.stated {
            return secs(window);
        }
        if self.resets_a_window_after && self.between.1.is_finite() {
            let within = |window: &&f64| self.between.0 - 0.1 <= **window && **window <= self.between.1 + 0.1;
            return LADDER.iter().find(within).copied().unwrap_or(self.between.1);
        }
        usual_window(self.longest)
    }

    /// What others have in the window.
    fn foreign(&self, ask: &Ask<'_>) -> f64 {
        match ask.shared {
            true => self.most[0].max(self.most[1]),
            false => self.least.max_since(ask.now.saturating_sub(TEN_SECONDS)),
        }
    }

    pub(in crate::adapt) fn bound(&self, ask: &Ask<'_>) -> f64 {
        let window = self.window();
        let own = ask.ledger.net() - ask.ledger.answered_by(ask.now.saturating_sub(to_nanos(window)));
        ask.limit - own - self.foreign(ask) + self.credit(ask, window)
    }

    /// Our share of what others' requests leave free as they are forgotten, of which no answer told yet.
    fn credit(&self, ask: &Ask<'_>, window: f64) -> f64 {
        let from = self.last.saturating_add(3_000_000_000).max(self.last_edge);
        match ask.shared && self.last > 0 {
            true => ask.share * ask.limit / window * secs(ask.now.saturating_sub(from)),
            false => 0.0,
        }
    }

    /// Own units that are forgotten in the next seconds, per second.
    pub(in crate::adapt) fn leaving(&self, ledger: &Ledger, now: u64, ahead: f64) -> f64 {
        let from = now.saturating_sub(to_nanos(self.window()));
        let until = from.saturating_add(to_nanos(ahead));
        (ledger.answered_by(until) - ledger.answered_by(from)) / ahead
    }

    /// Own units in the window.
    pub(in crate::adapt) fn own(&self, ledger: &Ledger, now: u64) -> f64 {
        ledger.net() - ledger.answered_by(now.saturating_sub(to_nanos(self.window())))
    }

    /// When the bound will be higher by `missing`, as far as own requests are forgotten.
    pub(in crate::adapt) fn better_at(&self, ask: &Ask<'_>, missing: f64) -> Option<u64> {
        let window = to_nanos(self.window());
        let from = ask.now.saturating_sub(window);
        let own = ask.ledger.answered_when(from, missing).map(|at| at.saturating_add(window));
        if !ask.shared || self.last == 0 {
            return own;
        }
        let start = self.last.saturating_add(3_000_000_000).max(self.last_edge).max(ask.now);
        let rate = ask.share * ask.limit / self.window();
        let credit = start.saturating_add(to_nanos(missing / rate.max(1e-9)));
        Some(own.map_or(credit, |own| own.min(credit)))
    }
}

/// The last few values, with their instants.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Recent {
    values: [(u64, f64); RECENT],
    next: usize,
}

impl Recent {
    /// Values of one tick of a tenth of a second are one: the largest.
    pub(super) fn push(&mut self, at: u64, value: f64) {
        let last = &mut self.values[(self.next + RECENT - 1) % RECENT];
        if at.saturating_sub(last.0) < TEN_SECONDS / (RECENT as u64 - 2) && last.0 > 0 {
            last.1 = last.1.max(value);
            return;
        }
        self.values[self.next] = (at, value);
        self.next = (self.next + 1) % RECENT;
    }

    pub(super) fn max_since(&self, since: u64) -> f64 {
        let recent = self.values.iter().filter(|value| value.0 >= since && value.0 > 0);
        recent.fold(0.0, |most, value| most.max(value.1))
    }
}
