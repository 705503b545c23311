//! Whose turn is when: looking ahead, which changes nothing.

use super::Queue;
use crate::algorithm::Fit;
use crate::wait::ask::Ask;
use crate::wait::foresee::{self, Span};
use crate::wait::gap::Sent;
use crate::wait::line::{Place, Ticket};

impl Queue {
    /// Where a grant for this ticket may be dated.
    pub(super) fn span(&self, ticket: &Ticket, now: u64) -> Span {
        let late = now.saturating_sub(self.rules.tolerance);
        let since = late.max(ticket.since).max(self.opens(now, 0, 0)).min(now);
        Span { since, now }
    }

    /// Whether, and when, `cost` may go if nobody is before it.
    pub(super) fn due(&self, span: Span, cost: u32) -> Fit {
        let floor = self.floor(span.now);
        if floor <= span.now {
            return foresee::fit(&self.meter, span, cost);
        }
        match foresee::fit(&self.meter, Span::at(floor), cost) {
            Fit::Now | Fit::Held => Fit::At(floor),
            fit => fit,
        }
    }

    /// Before this instant nobody goes, whatever the plan says.
    pub(super) fn floor(&self, now: u64) -> u64 {
        self.floor_after(now, 0, 0)
    }

    /// The same for one who has so many before it.
    fn floor_after(&self, now: u64, count: u64, units: u64) -> u64 {
        let opens = self.opens(now, count, units);
        let behind = count.saturating_mul(self.rules.min_interval);
        opens.max(now.saturating_add(behind))
    }

    /// When pause, interval and gaps are over, or were.
    fn opens(&self, now: u64, count: u64, units: u64) -> u64 {
        let interval = self.rules.min_interval;
        let next = |last: Sent| last.at.saturating_add(interval);
        // Without an interval the last send says nothing about the next.
        let last = self.last.filter(|_| interval > 0);
        let first = self.paused_until.max(last.map_or(0, next));
        let mut opens = first.saturating_add(count.saturating_mul(interval));
        for gap in [self.pace, self.reopening].into_iter().flatten() {
            if !gap.is_over(now) {
                opens = opens.max(gap.next(self.last, units));
            }
        }
        opens
    }

    pub(super) fn turn_of_newcomer(&self, ask: &Ask, now: u64) -> u64 {
        let ahead = self.line.before_newcomer(ask.priority());
        let floor = self.floor_after(now, ahead.count, ahead.units);
        foresee::after(&self.meter, self.floor(now), ahead, ask.cost()).max(floor)
    }

    /// When a ticket in the line should be polled: at its turn if it is the head, else at the
    /// earliest instant that its turn can be. If it then is not, it is told another: the head's, and
    /// as much later as there are units between them. Who waits for a permit has no turn that could be
    /// known, and looks from time to time.
    pub(super) fn timer(&mut self, place: Place, now: u64) -> Option<u64> {
        let (first, head) = self.line.head()?;
        let due = match self.due(self.span(head, now), head.cost) {
            Fit::At(at) => Some(at),
            _ => None,
        };
        let (cost, deadline) = self.line.get_mut(place).map(|t| (t.cost, t.deadline))?;
        let turn = match due {
            Some(due) if place != first => {
                let ahead = self.line.before(place);
                let floor = self.floor_after(now, ahead.count, ahead.units);
                let after = foresee::after(&self.meter, self.floor(now), ahead, cost);
                Some(due.max(floor).max(after))
            }
            due => due,
        };
        let turn = turn.unwrap_or_else(|| self.next_look(now));
        let end = (deadline != u64::MAX).then_some(deadline);
        Some(end.map_or(turn, |end| end.min(turn)))
    }
}
