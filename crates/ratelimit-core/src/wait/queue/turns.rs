//! Whose turn is when: looking ahead, which changes nothing.

use super::Queue;
use super::enter::Newcomer;
use crate::adapt::Spend;
use crate::algorithm::Fit;
use crate::wait::foresee::{self, Span};
use crate::wait::gap::Sent;
use crate::wait::line::Place;
use crate::wait::ticket::{Ahead, Ticket};

impl Queue {
    /// Where a grant for this ticket may be dated.
    pub(super) fn span(&self, ticket: &Ticket, now: u64) -> Span {
        let late = now.saturating_sub(self.rules.tolerance);
        let since = late
            .max(ticket.since)
            .max(self.opens(now, &Ahead::default()))
            .min(now);
        Span { since, now }
    }

    /// Whether, and when, it may go by the plan, if nobody is before it.
    pub(super) fn planned(&self, span: Span, spend: &Spend) -> Fit {
        self.planned_from(self.floor(span.now), span, spend)
    }

    /// The same, and nobody goes before `floor`.
    pub(super) fn planned_from(&self, floor: u64, span: Span, spend: &Spend) -> Fit {
        if floor <= span.now {
            return foresee::fit(&self.meter, span, spend);
        }
        match foresee::fit(&self.meter, Span::at(floor), spend) {
            Fit::Now | Fit::Held => Fit::At(floor),
            fit => fit,
        }
    }

    /// Before this instant nobody goes, whatever the plan says.
    pub(super) fn floor(&self, now: u64) -> u64 {
        self.floor_after(now, &Ahead::default())
    }

    /// The same for one who has so many before it.
    fn floor_after(&self, now: u64, ahead: &Ahead) -> u64 {
        let opens = self.opens(now, ahead);
        let behind = ahead.count.saturating_mul(self.rules.min_interval);
        opens.max(now.saturating_add(behind))
    }

    /// When pause, interval and gaps are over, or were.
    fn opens(&self, now: u64, ahead: &Ahead) -> u64 {
        let interval = self.rules.min_interval;
        if interval == 0 && self.pace.is_none() && self.reopening.is_none() {
            return self.paused_until;
        }
        let next = |last: Sent| last.at.saturating_add(interval);
        // Without an interval the last send says nothing about the next.
        let last = self.last.filter(|_| interval > 0);
        let first = self.paused_until.max(last.map_or(0, next));
        let mut opens = first.saturating_add(ahead.count.saturating_mul(interval));
        for gap in [self.pace, self.reopening].into_iter().flatten() {
            if !gap.is_over(now) {
                opens = opens.max(gap.next(self.last, ahead.units.each()));
            }
        }
        opens
    }

    /// When a newcomer's turn comes; `due` is when it could go alone, as far as that was asked. Never
    /// too late; too early if somebody's patience ends, or a pilot holds those before it back for longer
    /// than the plan does.
    pub(super) fn turn_of_newcomer(&self, newcomer: &Newcomer, due: Fit, now: u64) -> u64 {
        let Newcomer { place, came, spend } = newcomer;
        let first = match due {
            _ if self.line.has_before(*place, now) => self.head_at(),
            Fit::At(at) => at,
            _ => now,
        };
        let ahead = self.line.before_newcomer(*place);
        let turn = self.turn_after(&ahead, spend, now);
        // Long before its turn by priority it may lose patience, and so may its peers before it.
        let patient = self.line.end_of_patience(place.0, *came);
        let peers = self.turn_after(&self.line.peers_before(*place), spend, now);
        turn.min(patient.max(peers)).max(first)
    }

    /// The earliest turn that what a pilot has learnt allows a newcomer, should it lose patience soon.
    pub(super) fn soonest_of(&self, newcomer: &Newcomer, now: u64) -> u64 {
        let Newcomer { place, spend, .. } = newcomer;
        self.soonest(&self.line.peers_before(*place), spend, now)
    }

    fn turn_after(&self, ahead: &Ahead, spend: &Spend, now: u64) -> u64 {
        let floor = self.floor_after(now, ahead);
        foresee::after(&self.meter, self.floor(now), ahead, spend).max(floor)
    }

    /// When a ticket in the line should be polled: at its turn if it is the head, else at the
    /// earliest instant that its turn can be. If it then is not, it is told another: the head's, and
    /// as much later as there are units between them. Who waits for a permit, or behind somebody whom
    /// a pilot holds back, has no turn that could be known: it is woken, and looks from time to time.
    pub(super) fn timer(&mut self, place: Place, now: u64) -> Option<u64> {
        let (first, head) = self.line.head(now)?;
        let (span, spend) = (self.span(head, now), head.spend);
        let is_head = place == first;
        let due = match is_head || self.pilot.is_none() {
            true => self.due(span, &spend, self.line.len()),
            false => Fit::Held,
        };
        let due = match due {
            Fit::At(at) => Some(at),
            _ => None,
        };
        let ticket = self.line.get_mut(place)?;
        let (spend, deadline, is_first) = (ticket.spend, ticket.deadline, ticket.armed == u64::MAX);
        let turn = match due {
            Some(due) if !is_head => {
                let turn = self.turn_after(&self.line.before(place), &spend, now);
                Some(due.max(turn))
            }
            due => due,
        };
        let turn = turn.unwrap_or_else(|| self.next_look(is_first, now));
        let end = (deadline != u64::MAX).then_some(deadline);
        Some(end.map_or(turn, |end| end.min(turn)))
    }
}
