//! A limiter whose decisions are exact and whose headers lag, as where many machines count together and
//! each states what it last heard.

use std::collections::VecDeque;
use std::time::Duration;

use ratelimit_core::Timestamp;

use super::{Limiter, Ruling, Standing, Ticket};

/// Decides by one limiter and states what another says, which learns everything later.
#[derive(Debug)]
pub struct Late<L> {
    exact: L,
    stated: L,
    lag: Duration,
    /// What the other has not heard yet.
    unheard: VecDeque<(Timestamp, Event)>,
}

#[derive(Clone, Copy, Debug)]
enum Event {
    Admitted(u32),
    Limit(u32),
}

impl<L: Limiter> Late<L> {
    /// Both limiters must be the same.
    #[must_use]
    pub fn new(exact: L, stated: L, lag: Duration) -> Self {
        Self {
            exact,
            stated,
            lag,
            unheard: VecDeque::new(),
        }
    }

    fn hear(&mut self, then: Timestamp) {
        while let Some((at, event)) = self.unheard.front().copied() {
            if at > then {
                break;
            }
            self.unheard.pop_front();
            match event {
                // What was admitted then fits here too: everything before it is the same.
                Event::Admitted(cost) => drop(self.stated.ask(at, cost, false)),
                Event::Limit(limit) => self.stated.change(at, limit),
            }
        }
    }
}

impl<L: Limiter> Limiter for Late<L> {
    fn ask(&mut self, now: Timestamp, cost: u32, holds: bool) -> Ruling {
        let ruling = self.exact.ask(now, cost, holds);
        if ruling.admitted {
            self.unheard.push_back((now, Event::Admitted(cost)));
        }
        Ruling {
            standings: self.standings(now),
            ..ruling
        }
    }

    fn standings(&mut self, now: Timestamp) -> Vec<Standing> {
        let then = now.saturating_sub(self.lag);
        self.hear(then);
        let mut standings = self.stated.standings(then);
        for standing in &mut standings {
            standing.age = self.lag;
        }
        standings
    }

    fn settle(&mut self, now: Timestamp, ticket: Ticket, actual: u32) {
        self.exact.settle(now, ticket, actual);
    }

    fn change(&mut self, now: Timestamp, limit: u32) {
        self.exact.change(now, limit);
        self.unheard.push_back((now, Event::Limit(limit)));
    }
}
