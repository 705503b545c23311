//! A sliding window in two counters: what was used in the window before counts in the proportion in which
//! it still overlaps.

mod bound;

use super::fixed::{follow, period};
use super::furthest::Furthest;
use super::recent::Recent;
use super::steps::Steps;
use super::{Foreign, Refuted};
use crate::adapt::ledger::Ledger;
use crate::adapt::offset::signed;
use crate::adapt::sight::{
    Edge, Sight, UNKNOWN_WINDOW, seconds_between, secs, to_nanos, usual_window,
};

/// How much of our share of what others free is ours before an answer tells of it: where they are many, all shares
/// together are more than the whole.
const CLAIMED: f64 = 0.5;
/// Over how many seconds it is judged whether others use more and more, and for how many they are taken to go on.
const TREND: f64 = 5.0;
const GOES_ON: f64 = 4.0;
const TEN_SECONDS: u64 = 10_000_000_000;

/// See the [module](self).
#[derive(Clone, Debug, Default)]
pub(in crate::adapt) struct Counter {
    stated: Option<u64>,
    period: Option<f64>,
    longest: f64,
    current: Option<Window>,
    /// What is own of the window before.
    previous: f64,
    /// What of that may be of the window after it.
    doubtful: f64,
    /// Own cost that may be of the window after the current one.
    hidden: f64,
    /// Own cost that was answered before the first window was seen, and may be in it or in the one before: what of it
    /// may be in the current window, and in the one before.
    unseen: [f64; 2],
    least: Recent,
    most: [f64; 2],
    /// The most of `least` lately.
    lately: f64,
    /// How fast that grows, in units a second.
    rise: f64,
    pub(in crate::adapt) last: u64,
    furthest: Furthest,
    /// If resets say when the next unit comes.
    steps: Option<Steps>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    /// The reset as it was stated; the window ends then, or one window earlier.
    edge: Edge,
    own: f64,
    answered_before: f64,
    strays: f64,
    /// When the latest answer under it was asked for, so that it had not ended.
    asked: u64,
    /// How many answers there were.
    told: u32,
}

impl Counter {
    pub(in crate::adapt) fn observe(
        &mut self,
        sight: &Sight,
        ledger: &Ledger,
    ) -> Result<Option<Foreign>, Refuted> {
        let Some(edge) = sight.edge else {
            return Ok(None);
        };
        self.stated = sight.window.or(self.stated);
        if let Some((near, _)) = sight.distance() {
            self.longest = self.longest.max(near);
            if near > 2.0 * self.window() + 0.1 {
                return Err(Refuted);
            }
        }
        // A refusal may find the window empty, and then its reset is another.
        if sight.cost == 0.0 {
            return Ok(None);
        }
        if self.steps.is_none() && self.furthest.goes_back(&edge, sight, self.window()) {
            self.steps = Some(Steps::default());
        }
        if self.steps.is_some() {
            return self.step(sight, ledger);
        }
        let seen = self.enter(edge, sight, ledger);
        match seen.and_then(|()| self.count(sight, ledger, &edge)) {
            Err(Refuted) if self.has_stood_still(sight) => {
                self.steps = Some(self.steps_after_a_window());
                self.step(sight, ledger)
            }
            seen => seen,
        }
    }

    /// Nor is one a window that did not move while much was used, and has passed, and is followed by something else
    /// than a window: the next unit came at the end of one while a little was used of the one before.
    fn has_stood_still(&self, sight: &Sight) -> bool {
        let labelled = sight.edge.is_some_and(|edge| edge.label.is_some());
        let has = |window: &Window| {
            let much = window.told >= 3 && window.own >= 0.1 * sight.limit;
            much && window.edge.known && signed(sight.now) >= window.edge.lo
        };
        self.stated.is_some() && !labelled && self.current.as_ref().is_some_and(has)
    }

    /// What came so late was a single unit, and so at the end of a window.
    fn steps_after_a_window(&self) -> Steps {
        let late = self.longest > 0.6 * self.window();
        let edge = self.current.as_ref().map(|window| window.edge);
        edge.filter(|_| late)
            .map_or_else(Steps::default, |edge| Steps::after(&edge))
    }

    fn step(&mut self, sight: &Sight, ledger: &Ledger) -> Result<Option<Foreign>, Refuted> {
        let window = self.window();
        let Some(steps) = &mut self.steps else {
            return Ok(None);
        };
        let foreign = steps.observe(sight, ledger, window);
        self.last = sight.now;
        if foreign.most < -sight.slack - 1.0 {
            return Err(Refuted);
        }
        Ok(Some(foreign))
    }

    fn enter(&mut self, edge: Edge, sight: &Sight, ledger: &Ledger) -> Result<(), Refuted> {
        let Some(window) = self.current else {
            self.open(edge, sight, ledger);
            return Ok(());
        };
        let apart = window.edge.until(&edge);
        if apart <= 0.0 {
            return Ok(());
        }
        // The window has not ended, so there cannot be another.
        let (end, _) = self.end(&window);
        if window.edge.known && signed(sight.now) < end {
            return Err(Refuted);
        }
        let least = match self.stated {
            Some(window) => secs(window) - 1.2,
            None if sight.is_guess() => 0.5 * UNKNOWN_WINDOW,
            None => 0.5 * self.longest - 2.0,
        };
        if window.edge.until_at_most(&edge) < least {
            return Err(Refuted);
        }
        self.check_period(apart, edge.label.is_some())?;
        self.period = Some(period(apart, self.window(), self.period));
        let next = apart < 1.5 * self.window();
        self.previous = if next { window.own } else { 0.0 };
        self.doubtful = self.hidden;
        self.unseen = [0.0, self.unseen[0]];
        let later = signed(to_nanos(self.later()));
        let seen = next.then(|| (signed(window.asked) + later, signed(sight.now) + later));
        // Where only delays are stated they are off by a second; windows are not.
        let apart = match edge.label {
            Some(_) => apart,
            None => (apart / self.window()).round().max(1.0) * self.window(),
        };
        let edge = follow(&window.edge, seen, edge, apart);
        self.open(edge, sight, ledger);
        Ok(())
    }

    /// Its windows have one length, and labelled edges lie whole windows apart, to the second.
    fn check_period(&self, apart: f64, labelled: bool) -> Result<(), Refuted> {
        let Some(period) = self.stated.map(secs).or(self.period) else {
            return Ok(());
        };
        let off = (apart / period - (apart / period).round()).abs() * period;
        if labelled && off > 0.01 {
            Err(Refuted)
        } else {
            Ok(())
        }
    }

    fn open(&mut self, edge: Edge, sight: &Sight, ledger: &Ledger) {
        let answered_before = ledger.answered_by(sight.now) - sight.cost;
        if self.current.is_none() {
            let long_ago = sight.now.saturating_sub(to_nanos(2.0 * self.window()));
            let unseen = answered_before - ledger.answered_by(long_ago);
            // As much as is used, or was sent since that was so, is taken to be of this window.
            let before = sight.sent.saturating_sub(sight.lag);
            let since = answered_before - ledger.answered_by(before);
            let used = sight.limit - sight.left - sight.counted();
            let counted = (used + since).clamp(0.0, unseen.max(0.0));
            self.hidden += counted;
            self.unseen = [unseen - counted, 0.0];
        }
        self.current = Some(Window {
            edge,
            own: std::mem::take(&mut self.hidden),
            answered_before,
            strays: 0.0,
            asked: 0,
            told: 0,
        });
    }

    fn count(
        &mut self,
        sight: &Sight,
        ledger: &Ledger,
        edge: &Edge,
    ) -> Result<Option<Foreign>, Refuted> {
        let length = self.window();
        let Some(window) = &mut self.current else {
            return Ok(None);
        };
        if window.edge.until(edge) < 0.0 {
            window.strays += sight.actual;
            self.previous += sight.actual;
            // What is stale may be of before the end.
            if sight.lag > 0 {
                window.own += sight.actual;
            }
            return Ok(None);
        }
        window.edge = window.edge.and(*edge);
        window.asked = window.asked.max(sight.sent.saturating_sub(sight.lag));
        window.told += 1;
        window.own += sight.actual;
        let window = *window;
        let (early, late) = self.end(&window);
        if sight.lag > 0 && signed(sight.now) >= early {
            self.hidden += sight.actual;
        }
        let before = sight.sent.saturating_sub(sight.lag);
        let part = |at: u64, end: i64| (seconds_between(signed(at), end) / length).clamp(0.0, 1.0);
        let (least_part, most_part) = match window.edge.known {
            true => (part(sight.now, early), part(before, late)),
            false => (0.0, 1.0),
        };
        let answered = ledger.answered_by(before) - window.answered_before - window.strays;
        let answered = answered.max(0.0);
        let least_previous = (self.previous - self.doubtful).max(0.0);
        // What is stale, and of the next window before anything was used in it, has this window's reset.
        let after = |end: i64| end.saturating_add(signed(to_nanos(length)));
        let stale = sight.lag > 0 && window.edge.known;
        let sure = match stale && signed(sight.now) >= early {
            true => (answered * part(sight.now, after(early))).floor(),
            false => answered + (least_previous * least_part).floor(),
        };
        let counted = match stale && signed(before) >= late {
            true => window.own * part(before, after(late)),
            false => window.own + self.previous * most_part,
        };
        let possible = counted.ceil() + ledger.in_flight as f64 + 1.0;
        let foreign = Foreign::new(sight, sure, possible);
        if foreign.most < -sight.slack - 1.0 {
            return Err(Refuted);
        }
        self.least.push(sight.now, foreign.least.max(0.0));
        self.lately = self.least.max_since(sight.now.saturating_sub(TEN_SECONDS));
        let most = foreign.most.max(0.0);
        let since = secs(sight.now.saturating_sub(self.last));
        if self.last > 0 && since > 0.0 {
            let rise = (most - self.most[1]) / since;
            self.rise += (rise - self.rise) * (since / TREND).min(1.0);
        }
        self.most = [self.most[1], most];
        self.last = sight.now;
        // Nobody else need be there because of what was own and not seen.
        let least = foreign.least - self.unseen[0] - self.unseen[1];
        Ok(Some(Foreign { least, ..foreign }))
    }

    /// Whether its resets say when the next unit comes, and not when a window ends.
    pub(in crate::adapt) fn is_stepping(&self) -> bool {
        self.steps.is_some()
    }

    /// When the window ends, at the earliest and at the latest.
    fn end(&self, window: &Window) -> (i64, i64) {
        let edge = window.edge;
        let later = signed(to_nanos(self.later()));
        (edge.lo.saturating_sub(later), edge.hi.saturating_sub(later))
    }

    /// How long after the end of the window the stated reset is. "When all is free again" is a window after
    /// the end of the one in which something is used.
    fn later(&self) -> f64 {
        let window = self.window();
        if self.longest > window + 0.1 {
            window
        } else {
            0.0
        }
    }

    pub(in crate::adapt) fn void(&mut self) {
        self.least = Recent::default();
        self.lately = 0.0;
        self.most = [0.0; 2];
        if let Some(steps) = &mut self.steps {
            steps.void();
        }
    }

    pub(in crate::adapt) fn window(&self) -> f64 {
        let told = self.stated.map(secs).or(self.period);
        told.unwrap_or_else(|| match self.longest {
            0.0 => UNKNOWN_WINDOW,
            longest => usual_window(0.5 * longest),
        })
    }

    /// Something of our own was admitted, and its answer does not say in which window.
    pub(in crate::adapt) fn hide(&mut self, now: u64, cost: f64) {
        let Some(mut window) = self.current else {
            self.hidden += cost;
            return;
        };
        window.own += cost;
        // Before a second window was seen, a reset about a window away may mean that this one has just ended.
        let may_be_over = self.period.is_none() && self.later() == 0.0;
        if may_be_over || !window.edge.known || signed(now) >= self.end(&window).0 {
            self.hidden += cost;
        }
        self.current = Some(window);
    }
}
