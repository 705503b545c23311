//! How fast to spend what is surely there, so that strangers on one key share it equally.
//!
//! `remaining` is the same number for all who share a quota, so it can be the price of it (F. Kelly's primal
//! law): each lets its share grow while more is left than a set-point, and shrink in proportion to itself while
//! less is left. All see the same price, so all shares end up equal, and nobody needs to know who else is there.

use super::sight::secs;

/// One answer moves a share by no more than so many seconds would.
const LONGEST_STEP: f64 = 5.0;
/// Who has less never finds out that there is more.
const SMALLEST: f64 = 0.01;
/// Over which part of a counter's window, before its end and after it, the set-point falls and rises; in between it is the
/// usual one, or so many margins above the margin, if that is more. The last units of a window are worth most, and a
/// neighbour's burst costs the least where most is kept; both are flat: a quarter or a half of a window, and 4 or 6
/// margins, do nearly as well.
const NEAR: f64 = 1.0 / 3.0;
const FAR_FROM_ENDS: f64 = 5.0;

/// The part of the quota that is taken for ours: 0.01 to 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    pub(super) part: f64,
    updated: u64,
}

/// Margin, slope and set-point: functions of the quota alone, so that all who share it have the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Levels {
    /// What stays unspent.
    pub(super) margin: f64,
    /// How far from the set-point makes a difference.
    pub(super) slope: f64,
    /// Where the level is held.
    pub(super) set_point: f64,
}

/// Which law a limiter is paced by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Fixed,
    Log,
    Counter,
    Bucket,
}

impl Levels {
    /// For a limit, and the mean cost of a request.
    pub(super) fn of(kind: Kind, limit: f64, mean: f64) -> Self {
        let root = (limit / mean).max(1.0).sqrt();
        let margin = match kind {
            Kind::Fixed => mean,
            Kind::Log | Kind::Counter => 0.6 * mean * root / 4.0,
            Kind::Bucket => mean * root / 4.0,
        };
        let slope = mean * (root / 8.0).max(1.0);
        let set_point = match kind {
            Kind::Fixed => mean + margin,
            Kind::Log => mean + margin + 1.8 * slope,
            // Between two waves of those who share it: less and the starved stay so, more and it is unused.
            Kind::Counter => margin + 2.7 * slope,
            Kind::Bucket => mean + margin + 2.8 * slope,
        };
        Self {
            margin,
            slope,
            set_point,
        }
    }

    /// The same where the nearest end of a window, to come or past, is so far away, as a part of it: what is left of a
    /// counter then is lost, and what is left before is not. So nothing is kept for it but the margin.
    pub(super) fn near_end(self, part: f64) -> Self {
        let far = (self.set_point - self.margin).max(FAR_FROM_ENDS * self.margin);
        Self {
            set_point: self.margin + far * (part / NEAR).clamp(0.0, 1.0),
            ..self
        }
    }

    /// How much too little is left: -1.5 to 1.5.
    pub(super) fn error(&self, left: f64) -> f64 {
        ((self.set_point - 1.4 * self.slope - left) / self.slope).clamp(-1.5, 1.5)
    }
}

impl Share {
    pub(super) fn new(part: f64) -> Self {
        Self { part, updated: 0 }
    }

    /// Too little is left by this [error](Levels::error); `time` is how long, in seconds, it takes to move.
    pub(super) fn update(&mut self, now: u64, error: f64, time: f64) {
        let step = secs(now.saturating_sub(self.updated)).min(LONGEST_STEP);
        let first = self.updated == 0;
        self.updated = now;
        if first {
            return;
        }
        let change = 0.25 * (-error).max(0.0).exp() - self.part * error.exp();
        self.part = (self.part + step / time * change).clamp(SMALLEST, 1.0);
    }
}

#[cfg(test)]
mod tests;
