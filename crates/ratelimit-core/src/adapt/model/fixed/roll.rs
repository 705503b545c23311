//! A window is followed by another, as the resets show.

use super::{Fixed, Window};
use crate::adapt::ledger::Ledger;
use crate::adapt::model::Refuted;
use crate::adapt::offset::signed;
use crate::adapt::sight::{Edge, Sight, UNKNOWN_WINDOW, seconds_between, secs, to_nanos};

impl Fixed {
    pub(super) fn open(&mut self, edge: Edge, sight: &Sight, ledger: &Ledger) {
        self.current = Some(Window {
            edge,
            whole: self.current.is_some(),
            own: std::mem::take(&mut self.after),
            left: f64::INFINITY,
            last: (sight.sent, sight.left, sight.actual),
            answered_before: ledger.answered_by(sight.now) - sight.cost,
            strays: 0.0,
            asked: 0,
            foreign: f64::NEG_INFINITY,
            foreign_at: 0,
            foreign_seen: 0.0,
            opened: sight.sent,
            told: sight.now,
            hidden: (0.0, 0),
        });
    }

    /// A window can be followed by another only after its end, and by a whole number of windows.
    pub(super) fn check_roll(
        &mut self,
        window: &Window,
        edge: &Edge,
        sight: &Sight,
    ) -> Result<(), Refuted> {
        if window.edge.known && signed(sight.now) < window.edge.lo {
            return Err(Refuted);
        }
        let apart = match (window.edge.label, edge.label) {
            (Some(old), Some(new)) => seconds_between(old, new),
            _ => seconds_between(window.edge.lo, edge.lo),
        };
        let least = match self.stated {
            Some(window) => secs(window) - 1.2,
            // Without the server's clock nobody knows how far away edges are.
            None if sight.is_guess() => 0.5 * UNKNOWN_WINDOW,
            None => self.longest - 2.0,
        };
        if window.edge.until_at_most(edge) < least {
            return Err(Refuted);
        }
        self.period = Some(period(apart, self.window(), self.period));
        let windows = apart / self.window();
        let whole = (windows - windows.round()).abs() < 0.001;
        self.regular = if whole { self.regular + 1 } else { 0 };
        Ok(())
    }

    /// The next edge. Where a window was missed, nobody knows which edge the change was.
    pub(super) fn follow(&self, old: &Window, new: Edge, now: u64) -> Edge {
        let apart = match (old.edge.label, new.label) {
            (Some(old), Some(new)) => seconds_between(old, new),
            _ => self.window(),
        };
        if self.regular < 2 {
            return new;
        }
        let next = apart < 1.5 * self.window();
        let seen = next.then(|| (signed(old.asked), signed(now)));
        follow(&old.edge, seen, new, apart)
    }
}

/// The edge after `old`, of which is known that it was `seen` to be between two instants: windows have one
/// length, so what is known of one edge is known of the next.
pub(in crate::adapt::model) fn follow(
    old: &Edge,
    seen: Option<(i64, i64)>,
    new: Edge,
    apart: f64,
) -> Edge {
    let end = seen.map_or(*old, |(from, to)| old.within(from, to));
    let (lo, hi) = end.later(signed(to_nanos(apart)));
    if end.known { new.within(lo, hi) } else { new }
}

/// Two edges tell the window, unless whole windows passed between them that nobody saw.
pub(in crate::adapt::model) fn period(apart: f64, supposed: f64, known: Option<f64>) -> f64 {
    let supposed = known.unwrap_or(supposed);
    let windows = (apart / supposed).round();
    if windows >= 1.0 && (apart - windows * supposed).abs() < 1.2 {
        supposed
    } else {
        apart
    }
}
