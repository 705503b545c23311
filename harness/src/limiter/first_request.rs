//! A window that starts at the first request, as a counter with an expiry does it.

use std::time::Duration;

use ratelimit_core::Timestamp;

use super::{Limiter, Ruling, Standing, Ticket};
use crate::setup::WINDOW;

/// Counts from the first request on, and forgets all of it a window later.
#[derive(Debug)]
pub struct FirstRequest {
    limit: u32,
    used: u32,
    end: Option<Timestamp>,
}

impl FirstRequest {
    /// So many units a window.
    #[must_use]
    pub fn new(limit: u32) -> Self {
        Self {
            limit,
            used: 0,
            end: None,
        }
    }

    fn forget(&mut self, now: Timestamp) {
        if self.end.is_some_and(|end| now >= end) {
            (self.used, self.end) = (0, None);
        }
    }

    fn left(&self, now: Timestamp) -> Duration {
        self.end.map_or(WINDOW, |end| end.saturating_since(now))
    }
}

impl Limiter for FirstRequest {
    fn ask(&mut self, now: Timestamp, cost: u32, _: bool) -> Ruling {
        self.forget(now);
        let admitted = self.used + cost <= self.limit;
        if admitted {
            self.end.get_or_insert(now.saturating_add(WINDOW));
            self.used += cost;
        }
        Ruling {
            admitted,
            retry_after: (!admitted).then(|| self.left(now)),
            standings: self.standings(now),
            ticket: None,
        }
    }

    fn standings(&mut self, now: Timestamp) -> Vec<Standing> {
        self.forget(now);
        vec![Standing {
            name: "minute",
            limit: self.limit.into(),
            remaining: self.limit.saturating_sub(self.used).into(),
            window: WINDOW,
            reset_after: self.left(now),
            next_after: Some(self.left(now)),
            age: Duration::ZERO,
        }]
    }

    fn settle(&mut self, _: Timestamp, _: Ticket, _: u32) {}

    fn change(&mut self, _: Timestamp, limit: u32) {
        self.limit = limit;
    }
}
