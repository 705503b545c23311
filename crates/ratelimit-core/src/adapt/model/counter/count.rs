//! What is counted in a window, and what of it is one's own.

use super::{Counter, TREND};
use crate::adapt::ledger::Ledger;
use crate::adapt::model::recent::SPAN;
use crate::adapt::model::{Foreign, Refuted};
use crate::adapt::offset::signed;
use crate::adapt::sight::{Edge, Sight, seconds_between, secs, to_nanos};

impl Counter {
    pub(super) fn count(
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
        self.lately = self.least.max_since(sight.now.saturating_sub(SPAN));
        let most = foreign.most.max(0.0);
        let since = secs(sight.now.saturating_sub(self.last));
        self.trend.learn(most, since, TREND);
        self.most = [self.most[1], most];
        self.last = sight.now;
        // Nobody else need be there because of what was own and not seen.
        let least = foreign.least - self.unseen[0] - self.unseen[1];
        Ok(Some(Foreign { least, ..foreign }))
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
