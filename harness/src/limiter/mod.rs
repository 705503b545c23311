//! What stands at the server: ours, and three that others have built.
//!
//! Time is a parameter, so the same limiter serves the run, the reckoning of what a perfect client would
//! have got from it, and headers that lag.

mod counts_refused;
mod first_request;
mod late;
mod ours;

use std::time::Duration;

use ratelimit_core::{DirectReservation, Timestamp};

use crate::setup::{Kind, Setup};
pub use counts_refused::CountsRefused;
pub use first_request::FirstRequest;
pub use late::Late;
pub use ours::Ours;

/// A limiter of one key.
pub trait Limiter: Send {
    /// Takes `cost` if it fits. `holds`: what was taken is [settled](Self::settle) later.
    fn ask(&mut self, now: Timestamp, cost: u32, holds: bool) -> Ruling;

    /// How each limit stands, the one that binds first.
    fn standings(&mut self, now: Timestamp) -> Vec<Standing>;

    /// `actual` units were used, and permits come back.
    fn settle(&mut self, now: Timestamp, ticket: Ticket, actual: u32);

    /// So many units a window from now on.
    fn change(&mut self, now: Timestamp, limit: u32);
}

/// What a limiter decided.
#[derive(Debug)]
pub struct Ruling {
    /// Whether it was let in.
    pub admitted: bool,
    /// How long until it would be, as far as time can tell.
    pub retry_after: Option<Duration>,
    /// How each limit stands, the one that binds first.
    pub standings: Vec<Standing>,
    /// What is to be settled.
    pub ticket: Option<Ticket>,
}

/// How a limit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its name.
    pub name: &'static str,
    /// The whole quota.
    pub limit: u64,
    /// What is left.
    pub remaining: u64,
    /// What the quota is for.
    pub window: Duration,
    /// Until all of it is free.
    pub reset_after: Duration,
    /// Until more of it is free.
    pub next_after: Option<Duration>,
    /// How long ago it was so: times count from then.
    pub age: Duration,
}

/// What was taken and is settled later. Dropped, it is charged as it was.
#[derive(Debug)]
pub struct Ticket(DirectReservation);

/// The limiter of this run, whose time begins at `begin`.
#[must_use]
pub fn make(setup: &Setup, begin: Timestamp) -> Box<dyn Limiter> {
    match setup.kind {
        Kind::FirstRequest => Box::new(FirstRequest::new(setup.limit)),
        Kind::CountsRefused => Box::new(CountsRefused::new(setup.limit)),
        _ if setup.headers_late.is_zero() => Box::new(Ours::new(setup, begin)),
        _ => {
            let [exact, stated] = [(); 2].map(|()| Ours::new(setup, begin));
            Box::new(Late::new(exact, stated, setup.headers_late))
        }
    }
}
