//! Coming in: granted at once, a place in the line, or none.

use super::{Entered, Queue};
use crate::adapt::Spend;
use crate::algorithm::Fit;
use crate::time::Timestamp;
use crate::wait::ask::Ask;
use crate::wait::foresee::Span;
use crate::wait::line::Place;
use crate::wait::refusal::{Refusal, RefusalReason};
use crate::wait::seat::{Arrival, Seat};
use crate::wait::ticket::Ticket;

/// One who asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Newcomer {
    pub(super) place: Place,
    pub(super) came: u64,
    pub(super) spend: Spend,
}

impl Queue {
    pub(in crate::wait) fn enter(
        &mut self,
        ask: &Ask,
        seat: Option<Seat>,
        now: u64,
    ) -> Result<Entered, Refusal> {
        self.pump(now);
        let old = seat.filter(|seat| seat.gate == self.id).map(|seat| seat.at);
        let arrival = old.unwrap_or_else(|| self.arrives(now));
        let place = (ask.priority(), arrival.seq);
        let (came, spend) = (arrival.came, ask.spend());
        let newcomer = Newcomer { place, came, spend };
        let is_behind = self.line.has_before(place, now);
        let due = match is_behind {
            false => self.due(Span::at(now), &spend, self.line.len() + 1),
            true => self.planned(Span::at(now), &spend),
        };
        if due == Fit::Now && !is_behind {
            self.line.is_overtaken(now);
            let grant = self.grant(arrival, Span::at(now), spend);
            return Ok(Entered::Granted(grant));
        }
        let deadline = ask.deadline().map_or(u64::MAX, Timestamp::as_nanos);
        self.admit(&newcomer, due, deadline, old.is_some(), now)?;
        let ticket = Ticket::new(spend, now, deadline).aged(came);
        self.line.join(place, ticket);
        Ok(Entered::Waiting(place))
    }

    fn arrives(&mut self, now: u64) -> Arrival {
        let seq = self.next_seq;
        self.next_seq += 1;
        Arrival { seq, came: now }
    }

    /// Whether it may wait. Who comes back had a place.
    fn admit(
        &self,
        newcomer: &Newcomer,
        due: Fit,
        deadline: u64,
        comes_back: bool,
        now: u64,
    ) -> Result<(), Refusal> {
        if due == Fit::Never {
            return Err(Refusal::new(RefusalReason::CostExceedsLimit, None));
        }
        let turn = match deadline {
            u64::MAX => self.turn_of_newcomer(newcomer, due, now),
            _ => self
                .turn_of_newcomer(newcomer, due, now)
                .max(self.soonest_of(newcomer, now)),
        };
        let known = (due != Fit::Held).then_some(turn);
        let refuse = |reason| Err(Refusal::new(reason, known));
        if turn > deadline || deadline <= now {
            return refuse(RefusalReason::Deadline);
        }
        if self.is_paused_too_long(now) && !comes_back {
            return refuse(RefusalReason::Paused);
        }
        if self.line.len() >= self.rules.max_waiting && !comes_back {
            return refuse(RefusalReason::Full);
        }
        Ok(())
    }
}
