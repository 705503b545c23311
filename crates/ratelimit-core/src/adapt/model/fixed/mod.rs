//! A window that begins and ends at fixed instants: all of the limit is there anew at its edge.

mod bound;
mod roll;

pub(super) use roll::{follow, period};

use super::{Foreign, Refuted};
use crate::adapt::ledger::Ledger;
use crate::adapt::offset::signed;
use crate::adapt::sight::{Edge, Sight, UNKNOWN_WINDOW, secs, usual_window};

/// See the [module](self).
#[derive(Clone, Debug, Default)]
pub(in crate::adapt) struct Fixed {
    current: Option<Window>,
    stated: Option<u64>,
    /// The longest distance to an edge that was stated, and the distance of two edges.
    longest: f64,
    period: Option<f64>,
    /// How many edges lay whole windows apart, one after the other: if the first request opens a window, they do
    /// not.
    regular: u32,
    /// Own cost that was let in when the current window may have ended, by answers that did not say so.
    after: f64,
}

/// One window.
#[derive(Clone, Copy, Debug)]
struct Window {
    /// When it ends.
    edge: Edge,
    /// Own cost that was counted in it.
    own: f64,
    /// Whether that is all of its own: the window was seen to begin.
    whole: bool,
    /// What was left at least.
    left: f64,
    /// The latest answer: when asked for, and what was left.
    last: (u64, f64, f64),
    /// What was answered before its first answer, and others' answers since.
    answered_before: f64,
    strays: f64,
    /// When the latest answer under it was asked for, so that it had not ended.
    asked: u64,
    foreign: f64,
    foreign_at: u64,
    foreign_seen: f64,
    opened: u64,
    told: u64,
    /// Own cost whose answers did not say what was left, and the latest of those.
    hidden: (f64, u64),
}

impl Fixed {
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
            if self.stated.is_some_and(|window| near > secs(window) + 0.1) {
                return Err(Refuted);
            }
            self.longest = self.longest.max(near);
        }
        match self.current {
            None => self.open(edge, sight, ledger),
            Some(mut window) => match window.edge.until(&edge) {
                0.0 => {}
                before if before < 0.0 => {
                    window.strays += sight.cost;
                    self.current = Some(window);
                    return Ok(None);
                }
                _ => {
                    self.check_roll(&window, &edge, sight)?;
                    let edge = self.follow(&window, edge, sight.now);
                    self.open(edge, sight, ledger);
                }
            },
        }
        self.count(sight, ledger, &edge)
    }

    fn count(
        &mut self,
        sight: &Sight,
        ledger: &Ledger,
        edge: &Edge,
    ) -> Result<Option<Foreign>, Refuted> {
        let Some(window) = &mut self.current else {
            return Ok(None);
        };
        window.edge = window.edge.and(*edge);
        window.asked = window.asked.max(sight.sent.saturating_sub(sight.lag));
        window.own += sight.cost;
        if sight.lag > 0 && window.may_be_over(sight.now) {
            self.after += sight.cost;
        }
        let answered = ledger.answered_by(sight.sent.saturating_sub(sight.lag));
        let sure = (answered - window.answered_before - window.strays).max(0.0);
        let foreign = Foreign::new(sight, sure, window.own + ledger.in_flight as f64);
        // What others used stays used until the edge.
        let before = sight.sent.saturating_sub(sight.lag);
        let least = if window.foreign_at <= before {
            window.foreign
        } else {
            0.0
        };
        if foreign.most < least.max(0.0) - sight.slack {
            return Err(Refuted);
        }
        if foreign.least > window.foreign {
            (window.foreign, window.foreign_at) = (foreign.least, sight.now);
        }
        window.left = window.left.min(sight.left);
        window.last = (sight.sent, sight.left, sight.actual);
        window.told = sight.now;
        if sight.sent >= window.hidden.1 {
            window.hidden.0 = 0.0;
        }
        let middle = 0.5 * (foreign.least.max(0.0) + foreign.most);
        window.foreign_seen = window.foreign_seen.max(middle);
        Ok(Some(foreign))
    }

    /// Something of our own was admitted, and its answer does not say what is left.
    pub(in crate::adapt) fn hide(&mut self, now: u64, cost: f64) {
        if let Some(window) = &mut self.current {
            window.own += cost;
            window.hidden = (window.hidden.0 + cost, now);
            if window.may_be_over(now) {
                self.after += cost;
            }
        }
    }

    /// The limit changed: what was left of the old one says nothing.
    pub(in crate::adapt) fn void(&mut self) {
        if let Some(window) = &mut self.current {
            window.left = f64::INFINITY;
            window.whole = false;
            window.foreign = f64::NEG_INFINITY;
        }
    }

    pub(in crate::adapt) fn window(&self) -> f64 {
        let told = self.stated.map(secs).or(self.period);
        told.unwrap_or_else(|| match self.longest {
            0.0 => UNKNOWN_WINDOW,
            longest => usual_window(longest),
        })
    }
}

impl Window {
    fn may_be_over(&self, now: u64) -> bool {
        self.edge.known && signed(now) >= self.edge.lo
    }
}
