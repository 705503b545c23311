//! A counter whose resets say when the next unit comes, and not when a window ends: how that is found out.

use super::{Counter, Window};
use crate::adapt::ledger::Ledger;
use crate::adapt::model::steps::Steps;
use crate::adapt::model::{Foreign, Refuted};
use crate::adapt::offset::signed;
use crate::adapt::sight::Sight;

impl Counter {
    /// Nor is one a window that did not move while much was used, and has passed, and is followed by something else
    /// than a window: the next unit came at the end of one while a little was used of the one before.
    pub(super) fn has_stood_still(&self, sight: &Sight) -> bool {
        let labelled = sight.edge.is_some_and(|edge| edge.label.is_some());
        let has = |window: &Window| {
            let much = window.told >= 3 && window.own >= 0.1 * sight.limit;
            much && window.edge.known && signed(sight.now) >= window.edge.lo
        };
        self.stated.is_some() && !labelled && self.current.as_ref().is_some_and(has)
    }

    /// What came so late was a single unit, and so at the end of a window.
    pub(super) fn steps_after_a_window(&self) -> Steps {
        let late = self.longest > 0.6 * self.window();
        let edge = self.current.as_ref().map(|window| window.edge);
        edge.filter(|_| late)
            .map_or_else(Steps::default, |edge| Steps::after(&edge))
    }

    pub(super) fn step(
        &mut self,
        sight: &Sight,
        ledger: &Ledger,
    ) -> Result<Option<Foreign>, Refuted> {
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
}
