//! One limit that a server told: what kinds of limiter it may be, what is surely left of it, and how fast to spend
//! that.

mod account;
mod hear;
mod kinds;
mod pace;
mod probe;
mod room;
mod sharing;
mod soon;
mod when;

use super::law::Share;
use super::ledger::Ledger;
use super::offset::{Offset, signed};
use super::sight::{Edge, seconds_between};
use super::told::{Reset, Told};
use crate::unit::Unit;
use kinds::Kinds;

const MILLI: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;

/// A limit for longer than this, in seconds, is a cap and sets no pace.
const LONGEST_PACED: f64 = 3600.0;
/// How many gaps one may make up for that was held up by something else; fewer where others wait for them.
const MADE_UP: f64 = 3.0;
const MADE_UP_SHARED: f64 = 0.3;
/// Headers are supposed to be so late when they contradict every kind of server: at first, and at most.
const FIRST_LAG: u64 = 300 * MILLI;
const LONGEST_LAG: u64 = 2_400 * MILLI;
/// A limit that so many answers in a row did not state, but others, is perhaps no more.
const FORGOTTEN: u32 = 8;
/// The wait for a probe: at first, and at most.
const FIRST_PROBE: u64 = SECOND / 2;
const LONGEST_PROBE: u64 = 20 * SECOND;

/// See the [module](self).
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) id: u64,
    pub(super) unit: Unit,
    pub(super) limit: f64,
    pub(super) left: f64,
    reset: Option<Reset>,
    ledger: Ledger,
    kinds: Kinds,
    pub(super) share: Share,
    /// Of a fixed window that is shared: units a second.
    fair: f64,
    /// Whether others seem to be there: until then at least, and until an answer shows none.
    pub(super) shared: bool,
    shared_until: u64,
    refusals: u32,
    /// How old headers may be.
    lag: u64,
    /// Whether something was given back.
    refunds: bool,
    /// Since when it has been looked at as it is now.
    began: u64,
    told: u64,
    last_told: u64,
    /// Answers since then that stated other limits.
    passed_over: u32,
    /// When the latest of what was answered so was sent.
    asked: u64,
    /// The cost of the dearest of the latest requests.
    dear: f64,
    /// The part of the answers that do not state this limit.
    unsaid: f64,
    /// When the reset that was stated last has surely passed.
    reset_late: u64,
    /// How long the slower answers take.
    slow: u64,
    /// The last send, and by how much its gap is longer or shorter than reckoned.
    last_sent: (u64, f64),
    /// When the last one was due, and how long the one after it waits from then.
    due: u64,
    gap: u64,
    probe_wait: u64,
    before: Before,
}

/// How it was before the last send, should that not take place.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    due: u64,
    last_sent: (u64, f64),
    probe_wait: u64,
    mean: f64,
    dear: f64,
}

/// What one answer says of a limit, and of the request that it answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard<'a> {
    pub(super) told: &'a Told,
    pub(super) sent: u64,
    pub(super) now: u64,
    /// What it was counted with, and what it has cost in the end; 0 if it was refused.
    pub(super) cost: f64,
    pub(super) actual: f64,
    pub(super) offset: Option<Offset>,
}

/// When something may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Now,
    At(u64),
    Answered,
    Never,
}

impl Track {
    pub(super) fn new(told: &Told, limit: f64, now: u64) -> Self {
        Self {
            id: told.id,
            unit: told.unit,
            limit,
            left: limit,
            reset: None,
            ledger: Ledger::new(),
            kinds: Kinds::all(),
            share: Share::new(1.0),
            fair: 0.0,
            shared: false,
            shared_until: 0,
            refusals: 0,
            lag: 0,
            refunds: false,
            began: now,
            told: 0,
            last_told: now,
            passed_over: 0,
            asked: 0,
            dear: 1.0,
            unsaid: 0.0,
            reset_late: 0,
            slow: 0,
            last_sent: (0, 1.0),
            due: 0,
            gap: 0,
            probe_wait: FIRST_PROBE,
            before: Before::default(),
        }
    }

    /// Seconds until the reset that was stated last.
    pub(super) fn reset_in(&self, now: u64, offset: Option<Offset>) -> Option<f64> {
        let edge = Edge::of(self.reset?, self.last_told, self.last_told, offset);
        let wait = seconds_between(signed(now), edge.hi).max(0.0);
        edge.known.then_some(wait)
    }

    /// Whether what headers say may be stale.
    pub(super) fn is_late(&self) -> bool {
        self.lag > 0
    }
}
