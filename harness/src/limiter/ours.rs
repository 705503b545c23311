//! The limiter of this stack, under any of its algorithms.

use std::time::Duration;

use ratelimit_core::{
    Clock, Decision, Direct, ManualClock, Plan, Policy, PolicyStatus, Quota, Timestamp,
};

use super::{Limiter, Ruling, Standing, Ticket};
use crate::setup::{Kind, Setup};

/// A [`Direct`] limiter on a clock that is moved to each question.
#[derive(Debug)]
pub struct Ours {
    clock: ManualClock,
    limiter: Direct,
    setup: Setup,
}

impl Ours {
    /// The limiter of this run, whose time begins at `begin`.
    #[must_use]
    pub fn new(setup: &Setup, begin: Timestamp) -> Self {
        let clock = ManualClock::starting_at(Duration::from_nanos(begin.as_nanos()));
        let limiter = Direct::with_clock(plan(setup, setup.limit), clock.clone());
        Self {
            clock,
            limiter,
            setup: setup.clone(),
        }
    }

    fn at(&self, now: Timestamp) -> &Direct {
        self.clock.advance(now.saturating_since(self.clock.now()));
        &self.limiter
    }
}

impl Limiter for Ours {
    fn ask(&mut self, now: Timestamp, cost: u32, holds: bool) -> Ruling {
        if !holds {
            return ruling(&self.at(now).check(cost));
        }
        match self.at(now).reserve(cost) {
            Err(refused) => ruling(&refused),
            Ok(reservation) => {
                let ruling = ruling(reservation.decision());
                let ticket = Some(Ticket(reservation));
                Ruling { ticket, ..ruling }
            }
        }
    }

    fn standings(&mut self, now: Timestamp) -> Vec<Standing> {
        standings(&self.at(now).peek(0))
    }

    fn settle(&mut self, now: Timestamp, ticket: Ticket, actual: u32) {
        self.at(now);
        ticket.0.settle(actual);
    }

    fn change(&mut self, now: Timestamp, limit: u32) {
        self.at(now).set_plan(plan(&self.setup, limit));
    }
}

fn plan(setup: &Setup, limit: u32) -> Plan {
    let quota = Quota::per_minute(limit);
    let minute = match setup.kind {
        Kind::Log => Policy::sliding_log("minute", quota),
        Kind::Counter => Policy::sliding_counter("minute", quota),
        Kind::Bucket => Policy::gcra("minute", quota),
        Kind::SmallBucket => Policy::gcra("minute", quota.burst(limit / 5)),
        _ => Policy::fixed_window("minute", quota),
    };
    let day = (setup.day).map(|day| Policy::fixed_window("day", Quota::per_day(day)));
    let cap = (setup.cap).map(|cap| Policy::concurrency("at-once", cap));
    let policies = [Some(minute), day, cap].into_iter().flatten();
    Plan::new("harness", policies).expect("three policies of different names")
}

fn ruling(decision: &Decision) -> Ruling {
    Ruling {
        admitted: decision.is_allowed(),
        retry_after: decision.retry_after(),
        standings: standings(decision),
        ticket: None,
    }
}

/// What binds first, as headers that can state one limit show it; no caps, which no header states.
fn standings(decision: &Decision) -> Vec<Standing> {
    let first = decision.tightest();
    let others = (decision.policies()).filter(|status| status.name() != first.name());
    std::iter::once(first)
        .chain(others)
        .filter_map(|status| standing(&status))
        .collect()
}

fn standing(status: &PolicyStatus<'_>) -> Option<Standing> {
    Some(Standing {
        name: match status.name() {
            "day" => "day",
            _ => "minute",
        },
        limit: status.limit().into(),
        remaining: status.remaining(),
        window: status.window()?,
        reset_after: status.reset_after(),
        next_after: status.next_after(),
        age: Duration::ZERO,
    })
}
