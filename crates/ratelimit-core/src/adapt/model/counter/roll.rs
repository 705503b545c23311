//! A window is followed by another, as the resets show.

use super::{Counter, Window};
use crate::adapt::ledger::Ledger;
use crate::adapt::model::Refuted;
use crate::adapt::model::fixed::{follow, period};
use crate::adapt::offset::signed;
use crate::adapt::sight::{Edge, Sight, UNKNOWN_WINDOW, secs, to_nanos};

impl Counter {
    pub(super) fn enter(
        &mut self,
        edge: Edge,
        sight: &Sight,
        ledger: &Ledger,
    ) -> Result<(), Refuted> {
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
    pub(super) fn check_period(&self, apart: f64, labelled: bool) -> Result<(), Refuted> {
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

    pub(super) fn open(&mut self, edge: Edge, sight: &Sight, ledger: &Ledger) {
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
}
