//! What one answer shows of one limit, on the local line of time.

use super::offset::{Offset, signed};
use crate::adapt::Reset;
use crate::time::nanos;

const SECOND: i64 = 1_000_000_000;

/// Edges that are less apart than this, in nanoseconds, are the same where they are not labelled.
const SAME: i64 = 1_500_000_000;

/// What one answer shows of one limit. Units are those of the limit's cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight {
    /// When the request left, and when its answer arrived: the server decided in between, or up to `lag`
    /// before.
    pub(super) sent: u64,
    pub(super) now: u64,
    /// What it was counted with; 0 if it was refused.
    pub(super) cost: f64,
    /// What it has cost in the end.
    pub(super) actual: f64,
    pub(super) limit: f64,
    pub(super) left: f64,
    pub(super) edge: Option<Edge>,
    /// The window, if it was stated.
    pub(super) window: Option<u64>,
    /// How old headers may be.
    pub(super) lag: u64,
    /// How far a prediction may be off before it is refuted.
    pub(super) slack: f64,
}

/// A stated reset: when it is, on the local line, between two instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// The moment as stated, which is the same in all answers that mean the same.
    pub(super) label: Option<i64>,
    pub(super) lo: i64,
    pub(super) hi: i64,
    /// Whether the server's clock is known. If not, `lo` and `hi` are by a guess of it, which is off by the
    /// same time in all of them: good for comparing, and for nothing else.
    pub(super) known: bool,
}

impl Edge {
    pub(super) fn of(reset: Reset, sent: u64, now: u64, offset: Option<Offset>) -> Self {
        match reset {
            Reset::At(moment) => {
                let label = signed(nanos(moment));
                let known = offset.is_some_and(|offset| !offset.guessed);
                let offset = offset.unwrap_or_else(|| Offset::guess(label, now));
                Self {
                    label: Some(label),
                    lo: label.saturating_sub(SECOND).saturating_sub(offset.hi),
                    hi: label.saturating_sub(offset.lo),
                    known,
                }
            }
            Reset::After(wait) => {
                let wait = signed(nanos(wait));
                Self {
                    label: None,
                    lo: signed(sent).saturating_add(wait).saturating_sub(SECOND),
                    hi: signed(now).saturating_add(wait),
                    known: true,
                }
            }
        }
    }
}

impl Edge {
    /// Both are the same instant: what both know of it. What contradicts the other is the newer's.
    pub(super) fn and(self, newer: Self) -> Self {
        match (self.known, newer.known) {
            (true, true) => self.within(newer.lo, newer.hi),
            (false, _) => Self {
                label: self.label,
                ..newer
            },
            _ => self,
        }
    }

    /// It is known to lie between these as well, unless that contradicts what is known.
    pub(super) fn within(self, lo: i64, hi: i64) -> Self {
        let (lo, hi) = match self.known {
            true => (self.lo.max(lo), self.hi.min(hi)),
            false => (lo, hi),
        };
        if lo <= hi {
            Self {
                lo,
                hi,
                known: true,
                ..self
            }
        } else {
            self
        }
    }

    /// Seconds from this edge to another: to the second where both are labelled; else 0 if they may be the same.
    pub(super) fn until(&self, other: &Self) -> f64 {
        match (self.label, other.label) {
            (Some(this), Some(other)) => seconds_between(this, other),
            _ if other.lo > self.hi.saturating_add(SAME)
                || other.hi < self.lo.saturating_sub(SAME) =>
            {
                seconds_between(self.lo, other.lo)
            }
            _ => 0.0,
        }
    }

    /// The same at most, whether or not they may be the same.
    pub(super) fn until_at_most(&self, other: &Self) -> f64 {
        match (self.label, other.label) {
            (Some(this), Some(other)) => seconds_between(this, other),
            _ => seconds_between(self.lo, other.hi),
        }
    }

    /// Whether it is surely earlier than another.
    pub(super) fn is_before(&self, other: &Self) -> bool {
        match (self.label, other.label) {
            (Some(this), Some(other)) => this < other,
            _ => self.hi < other.lo,
        }
    }

    /// The same edge so much later.
    pub(super) fn later(self, by: i64) -> (i64, i64) {
        (self.lo.saturating_add(by), self.hi.saturating_add(by))
    }
}

impl Sight {
    /// What of its own cost is surely in what it shows: none, if that is of before.
    pub(super) fn counted(&self) -> f64 {
        if self.lag == 0 { self.cost } else { 0.0 }
    }

    /// Nothing is used, though this was admitted: it is of before, and its reset is that of nothing.
    pub(super) fn is_blank(&self) -> bool {
        self.cost > 0.0 && self.left >= self.limit
    }

    /// How far away the reset was when the server decided: at least, and at most.
    pub(super) fn distance(&self) -> Option<(f64, f64)> {
        let edge = self.edge.filter(|edge| edge.known)?;
        Some(self.distance_to(&edge))
    }

    /// The same, or if the server's clock is not known then by a guess that is off by the same in all answers.
    pub(super) fn distance_or_guess(&self) -> Option<(f64, f64)> {
        Some(self.distance_to(&self.edge?))
    }

    /// Whether distances can only be compared.
    pub(super) fn is_guess(&self) -> bool {
        self.edge.is_some_and(|edge| !edge.known)
    }

    fn distance_to(&self, edge: &Edge) -> (f64, f64) {
        let near = seconds_between(signed(self.now), edge.lo);
        let far = seconds_between(signed(self.sent.saturating_sub(self.lag)), edge.hi);
        (near.max(0.0), far.max(0.0))
    }
}

/// From `a` to `b`, negative if `b` is before.
pub(super) fn seconds_between(a: i64, b: i64) -> f64 {
    b.saturating_sub(a) as f64 * 1e-9
}

pub(super) fn secs(nanos: u64) -> f64 {
    nanos as f64 * 1e-9
}

pub(super) fn to_nanos(secs: f64) -> u64 {
    whole(secs * 1e9).min(1 << 60)
}

/// The whole part; 0 of what is negative or no number, and the largest of what is larger.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "such casts saturate"
)]
pub(super) const fn whole(number: f64) -> u64 {
    number as u64
}

/// The window where nothing tells it, in seconds.
pub(super) const UNKNOWN_WINDOW: f64 = 60.0;

/// Windows that are in use, in seconds.
pub(super) const LADDER: [f64; 6] = [1.0, 60.0, 300.0, 900.0, 3600.0, 86_400.0];

/// The shortest window in use that is not shorter than this, give or take what clocks are off.
pub(super) fn usual_window(at_least: f64) -> f64 {
    let fits = |window: &&f64| **window + 1.5 >= at_least && (**window > 1.0 || at_least <= 1.0);
    LADDER.iter().find(fits).copied().unwrap_or(at_least)
}
