//! Owners of tickets look how it stands with them, or go away.

use std::task::Waker;

use super::{Grant, Queue};
use crate::wait::line::Place;
use crate::wait::refusal::{Refusal, RefusalReason};
use crate::wait::ticket::Ticket;

/// How a ticket that left the line ended, until its owner looks.
#[derive(Debug)]
pub(super) enum Settled {
    Granted(Box<Grant>, Ticket),
    Refused(Refusal),
    /// It was granted, and its owner did not look: back in line when it does.
    Lapsed(Ticket),
}

/// How it stands with a ticket.
#[derive(Debug)]
pub(in crate::wait) enum Standing {
    Granted(Box<Grant>),
    Refused(Refusal),
    /// Poll again at this instant; `None`: when woken.
    Waits(Option<u64>),
}

impl Queue {
    pub(in crate::wait) fn poll(&mut self, place: Place, now: u64, waker: Waker) -> Standing {
        // Who asks need not be woken to learn of it.
        let own = self.line.get_mut(place).and_then(|t| t.waker.take());
        let standing = self.look(place, now);
        match (standing, self.line.get_mut(place)) {
            (Standing::Waits(until), Some(ticket)) => {
                ticket.armed = until.unwrap_or(u64::MAX);
                let old = ticket.waker.replace(waker);
                self.spent.extend(own.into_iter().chain(old));
                Standing::Waits(until)
            }
            (standing, _) => {
                self.spent.extend(own.into_iter().chain([waker]));
                standing
            }
        }
    }

    /// How it stands with a ticket whose owner looks.
    fn look(&mut self, place: Place, now: u64) -> Standing {
        self.rejoin(place, now);
        self.pump(now);
        match self.settled(place) {
            Some(Settled::Refused(refusal)) => return Standing::Refused(refusal),
            Some(Settled::Granted(grant, _)) => return Standing::Granted(grant),
            Some(Settled::Lapsed(ticket)) => self.line.put_back(place, ticket),
            None => {}
        }
        if let Some(refusal) = self.expire(place, now) {
            self.pump(now);
            return Standing::Refused(refusal);
        }
        Standing::Waits(self.timer(place, now))
    }

    /// Its owner is gone: the place is free at once.
    pub(in crate::wait) fn cancel(&mut self, place: Place, now: u64) {
        let ticket = self.line.remove(place);
        self.spent.extend(ticket.and_then(|ticket| ticket.waker));
        if let Some(Settled::Granted(grant, _)) = self.settled(place) {
            self.give_back(&grant, now);
        }
        self.pump(now);
    }

    /// Takes out how a ticket ended that left the line.
    pub(super) fn settled(&mut self, place: Place) -> Option<Settled> {
        // Nearly always there is none; and a look-up begins with a hash.
        match self.settled.is_empty() {
            true => None,
            false => self.settled.remove(&place.1),
        }
    }

    /// Takes a ticket out of the line that cannot go before its deadline.
    fn expire(&mut self, place: Place, now: u64) -> Option<Refusal> {
        let deadline = self.line.get_mut(place)?.deadline;
        let floor = self.floor(now);
        if deadline > now && deadline >= floor {
            return None;
        }
        self.line.remove(place);
        let known = (floor > now).then_some(floor);
        Some(Refusal::new(RefusalReason::Deadline, known))
    }
}
