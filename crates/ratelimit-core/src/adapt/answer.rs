//! What a response says, as far as a pilot can use it.

use std::time::Duration;

use super::spend::Spend;
use crate::unit::Unit;

/// A response, translated: no names of headers, no status codes.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Whether the server let the request in.
    pub verdict: Verdict,
    /// The server's clock when it answered (`Date`), since the Unix epoch, in whole seconds rounded down.
    pub date: Option<Duration>,
    /// What is stated about each limit.
    pub told: &'a [Told],
    /// What it has really cost, where that is known only now. `None`: what was estimated.
    pub actual: Option<Spend>,
}

/// Whether the server let a request in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It was let in, whatever came of it.
    Served,
    /// It was refused by a limit (429, or what stands for it).
    Refused {
        /// How long to stay away, as far as that was said.
        wait: Option<Duration>,
    },
}

/// What a response states about one limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which limit this is: any number that is the same in every response that speaks of it.
    pub id: u64,
    /// What it counts.
    pub unit: Unit,
    /// The whole quota.
    pub limit: Option<u64>,
    /// What is left.
    pub remaining: Option<u64>,
    /// When the quota is renewed.
    pub reset: Option<Reset>,
    /// The window that the quota is for.
    pub window: Option<Duration>,
}

/// When a quota is renewed, as it was stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// At this moment of the server's clock, since the Unix epoch.
    At(Duration),
    /// So long after the answer was made.
    After(Duration),
}
