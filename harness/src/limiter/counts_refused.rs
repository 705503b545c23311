//! A sliding log that writes down what it refuses too, as those do that add first and count then. Whoever
//! keeps knocking is kept out.

use std::collections::VecDeque;
use std::time::Duration;

use ratelimit_core::Timestamp;

use super::{Limiter, Ruling, Standing, Ticket};
use crate::setup::WINDOW;

/// A log of all that was asked for within a window.
#[derive(Debug)]
pub struct CountsRefused {
    limit: u32,
    used: u32,
    log: VecDeque<(Timestamp, u32)>,
}

impl CountsRefused {
    /// So many units a window.
    #[must_use]
    pub fn new(limit: u32) -> Self {
        Self {
            limit,
            used: 0,
            log: VecDeque::new(),
        }
    }

    fn forget(&mut self, now: Timestamp) {
        while let Some((at, cost)) = self.log.front().copied() {
            if expiry(at) > now {
                break;
            }
            self.used -= cost;
            self.log.pop_front();
        }
    }

    /// Until no more than `level` is in use, if nobody asks.
    fn until(&self, level: u32, now: Timestamp) -> Duration {
        let mut used = self.used;
        for (at, cost) in &self.log {
            used -= cost;
            if used <= level {
                return expiry(*at).saturating_since(now);
            }
        }
        Duration::ZERO
    }
}

impl Limiter for CountsRefused {
    fn ask(&mut self, now: Timestamp, cost: u32, _: bool) -> Ruling {
        self.forget(now);
        let admitted = self.used + cost <= self.limit;
        self.used += cost;
        self.log.push_back((now, cost));
        let level = self.limit.saturating_sub(cost);
        Ruling {
            admitted,
            retry_after: (!admitted).then(|| self.until(level, now)),
            standings: self.standings(now),
            ticket: None,
        }
    }

    fn standings(&mut self, now: Timestamp) -> Vec<Standing> {
        self.forget(now);
        let next = self.log.front().map(|(at, _)| expiry(*at));
        let last = self.log.back().map(|(at, _)| expiry(*at));
        vec![Standing {
            name: "minute",
            limit: self.limit.into(),
            remaining: self.limit.saturating_sub(self.used).into(),
            window: WINDOW,
            reset_after: last.unwrap_or(now).saturating_since(now),
            next_after: next.map(|next| next.saturating_since(now)),
            age: Duration::ZERO,
        }]
    }

    fn settle(&mut self, _: Timestamp, _: Ticket, _: u32) {}

    fn change(&mut self, _: Timestamp, limit: u32) {
        self.limit = limit;
    }
}

fn expiry(at: Timestamp) -> Timestamp {
    at.saturating_add(WINDOW)
}
