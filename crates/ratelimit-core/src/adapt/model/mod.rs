//! What kind of limiter a server may be, each kind with a bound on what it surely still admits.

mod bucket;
mod counter;
mod fixed;
mod furthest;
mod log;
mod recent;
mod steps;
mod trend;

pub(super) use bucket::Bucket;
pub(super) use counter::Counter;
pub(super) use fixed::Fixed;
pub(super) use log::Log;

use super::ledger::Ledger;
use super::sight::Sight;

/// What is certain about what others use: at least, and at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Foreign {
    pub(super) least: f64,
    pub(super) most: f64,
}

/// Refuted: the server is not of this kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refuted;

/// What a bound is asked with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) now: u64,
    pub(super) limit: f64,
    pub(super) shared: bool,
    /// The part of what is renewed that is ours.
    pub(super) share: f64,
}

impl Foreign {
    /// From what is used of the limit, and what of it is surely, and possibly, our own.
    fn new(sight: &Sight, sure: f64, possible: f64) -> Self {
        let used = sight.limit - sight.left;
        Self {
            least: used - possible,
            most: used - sure - sight.counted(),
        }
    }
}
