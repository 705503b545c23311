//! What is granted, and how it ends.

use std::mem;

use super::{Queue, Settled};
use crate::adapt::{SendId, Spend};
use crate::algorithm::{Rate, State};
use crate::meter::{Before, MeterTicket};
use crate::unit::Unit;
use crate::wait::foresee::Span;
use crate::wait::gap::Sent;
use crate::wait::line::Place;
use crate::wait::seat::{Arrival, Seat};

/// What was granted.
#[derive(Debug)]
pub(in crate::wait) struct Grant {
    pub(in crate::wait) ticket: MeterTicket,
    pub(in crate::wait) sent: Sent,
    /// When it came.
    came: u64,
    has_seat: bool,
    /// Whether somebody waits for its end: it holds permits.
    pub(in crate::wait) holds: bool,
    /// What the pilot knows it by, until it is answered.
    pub(super) send: Option<SendId>,
    pub(in crate::wait) spend: Spend,
    /// What it has really cost, as far as that is known.
    pub(in crate::wait) actual: Option<Spend>,
    before: Before,
    last: Option<Sent>,
    /// Grows from grant to grant.
    pub(super) version: u64,
}

impl Queue {
    pub(super) fn grant(&mut self, arrival: Arrival, span: Span, spend: Spend) -> Box<Grant> {
        let Arrival { seq, came } = arrival;
        let at =
            |rate: &Rate, unit: Unit, state: State| span.charged_at(rate, state, spend.of(unit));
        let (ticket, before) = self.meter.take(&spend, at);
        self.version += 1;
        let at = span.now;
        let cost = spend.each();
        let sent = Sent { seq, at, cost };
        Box::new(Grant {
            ticket,
            sent,
            came,
            has_seat: true,
            holds: self.meter.plan().has_concurrency(),
            send: self.tell_sent(&spend, at),
            spend,
            actual: None,
            before,
            last: self.last.replace(sent),
            version: self.version,
        })
    }

    pub(super) fn grant_head(&mut self, place: Place, span: Span, spend: Spend) {
        if let Some(mut ticket) = self.line.grant(place, span.now) {
            let came = ticket.came();
            let arrival = Arrival { seq: place.1, came };
            let grant = self.grant(arrival, span, spend);
            self.wakers.extend(ticket.waker.take());
            if grant.is_counted() {
                self.unseen.push_back((grant.sent.at, place.1));
            }
            self.settled
                .insert(place.1, Settled::Granted(grant, ticket));
        }
    }

    /// As if it had never been granted, as far as that can be.
    pub(in crate::wait) fn give_back(&mut self, grant: &Grant, now: u64) {
        if self.last.is_some_and(|last| last.seq == grant.sent.seq) {
            self.last = grant.last;
        }
        self.tell_unsent(grant, now);
        if self.version == grant.version {
            self.meter.undo(&grant.ticket, &grant.before);
        } else {
            self.meter.settle(now, &grant.ticket, &Spend::new(0));
        }
        self.version += 1;
    }

    /// What was sent is over and has cost `actual`.
    pub(in crate::wait) fn settle(&mut self, ticket: &MeterTicket, actual: &Spend, now: u64) {
        self.meter.settle(now, ticket, actual);
        self.version += 1;
        self.pump(now);
    }
}

impl Grant {
    /// Whether it is counted for as long as it lasts: by a cap, or by a pilot.
    pub(in crate::wait) fn is_counted(&self) -> bool {
        self.holds || self.send.is_some()
    }

    /// Whether a pilot waits for its answer.
    pub(in crate::wait) fn is_under_way(&self) -> bool {
        self.send.is_some()
    }

    /// There is nothing more to let go of.
    pub(in crate::wait) fn is_given_back(&mut self) {
        (self.holds, self.send, self.actual) = (false, None, None);
    }

    /// Its place, once.
    pub(in crate::wait) fn seat(&mut self, gate: u64) -> Option<Seat> {
        let (seq, came) = (self.sent.seq, self.came);
        let at = Arrival { seq, came };
        mem::take(&mut self.has_seat).then_some(Seat { gate, at })
    }
}
