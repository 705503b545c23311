//! How fast what is there is spent: by the slowest of the kinds that the server may be.

use super::{SECOND, Track};
use crate::adapt::law::Kind;
use crate::adapt::model::{Bucket, Fixed, Log};
use crate::adapt::sight::{secs, to_nanos};
use crate::adapt::steering::Pace;

/// In how many seconds what is over the set-point is spent.
const SPENT_IN: f64 = 4.0;
/// What a log's steady flow brings in so many seconds is little, and is spent in so many.
const LITTLE: f64 = 2.0;
const SOON: f64 = 0.5;
/// Requests that are few.
const FEW: f64 = 4.0;
/// The last requests that are there, and the last part of the limit.
const LAST: f64 = 3.0;
const LAST_PART: f64 = 0.03;
/// In a window, at least this part of what is there is taken by each who wants it.
const IDLE: f64 = 0.25;
/// Of a counter's steady flow, what one takes at most.
const FASTEST: f64 = 3.0;
/// Who has more than this part of a bucket may take at once what is in it: two can hardly come to that.
const ALONE: f64 = 0.75;
/// How much of its flow is taken from a bucket that seems to be filled within a second, until that has been seen: what
/// headers of 0.2 s ago do not show yet is a twentieth of the limit then.
const HASTY: f64 = 0.25;
/// For so long nobody knows what a server is.
const YOUNG: u64 = 5 * SECOND;

/// What wants to go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    pub(super) now: u64,
    pub(super) cost: f64,
    /// What is surely admitted.
    pub(super) room: f64,
    /// What waits, in units.
    pub(super) queue: f64,
    pub(super) pace: Pace,
}

impl Track {
    /// Nanoseconds from when the last one was due to the next.
    pub(super) fn gap(&self, wish: &Wish) -> u64 {
        let mean = self.ledger.mean;
        let count = self.kinds.count();
        let young = (wish.now < self.began + YOUNG || self.told < 4) && count > 1;
        let rate = match young && (self.shared || wish.pace == Pace::Even) {
            true => self.young_rate(wish),
            // What is left of a fixed window is lost at its edge.
            false if count > 1 && self.kinds.fixed.is_some() && !self.shared => {
                self.slowest_rate(wish).max(self.rate_in_time(wish))
            }
            false => self.slowest_rate(wish),
        };
        // While it may be of several kinds, each answer may tell.
        let window = self.kinds.longest_window();
        let slowest = mean / if count == 1 { window } else { window.min(5.0) };
        // However small a share has become: what lies there is nobody's, and what is taken of it comes back.
        let idle = match self.kinds.fixed {
            Some(_) => 0.0,
            None => IDLE * wish.room / window,
        };
        let slowest = slowest.max(idle);
        // What is given back once the answer is there was never used.
        to_nanos(wish.cost * self.ledger.truth / rate.max(slowest) * self.last_sent.1)
    }

    /// While nobody knows what the server is: enough to find out, and no less than an edge that may be near
    /// makes worthless.
    fn young_rate(&self, wish: &Wish) -> f64 {
        let steady = self.limit / self.kinds.longest_window();
        steady
            .max(2.0 * self.ledger.mean)
            .max(self.rate_in_time(wish))
    }

    /// What spends all that there is before the next edge.
    fn rate_in_time(&self, wish: &Wish) -> f64 {
        let edge = self.kinds.first_edge(wish.now);
        let rest = edge.map_or(f64::INFINITY, |edge| secs(edge - wish.now));
        wish.room / (0.8 * rest).max(0.3)
    }

    fn slowest_rate(&self, wish: &Wish) -> f64 {
        let kinds = &self.kinds;
        let rates = [
            kinds
                .fixed
                .as_ref()
                .map(|model| self.fixed_rate(model, wish)),
            kinds.log.as_ref().map(|model| self.log_rate(model, wish)),
            kinds.counter.as_ref().map(|_| self.counter_rate(wish)),
            kinds
                .bucket
                .as_ref()
                .map(|model| self.bucket_rate(model, wish)),
        ];
        rates.into_iter().flatten().fold(f64::INFINITY, f64::min)
    }

    fn fixed_rate(&self, model: &Fixed, wish: &Wish) -> f64 {
        if self.shared {
            return self.fair.max(1.0 / model.window());
        }
        if wish.pace == Pace::Eager {
            return self.eager_rate(wish);
        }
        // Where the early edge is past and the late one is not, the window may end at any time.
        let late = model.late_edge(wish.now).unwrap_or(u64::MAX);
        let edge = self.kinds.first_edge(wish.now).map(|edge| edge.min(late));
        let rest = edge.map_or(1.0, |edge| secs(edge - wish.now));
        // What is sent last must arrive before the edge.
        let rest = rest - (0.03 * model.window()).max(0.3).max(1.2 * secs(self.slow));
        // Ahead of an even use of the window even after all that wait: nobody need wait.
        if rest <= 0.0 || wish.room - wish.queue >= self.limit * rest / model.window() {
            return f64::INFINITY;
        }
        wish.room / rest
    }

    /// What leaves a log at once comes back at once a window later, and all wait in between: so it is spent evenly,
    /// also while much is left. A few may go as they come.
    fn log_rate(&self, model: &Log, wish: &Wish) -> f64 {
        let busy = wish.queue + self.ledger.in_flight as f64;
        let few = busy <= 0.05 * wish.room;
        if !self.shared && (wish.pace == Pace::Eager || few) {
            return self.eager_rate(wish);
        }
        let over = match self.shared {
            true => self.over(Kind::Log, wish),
            false => wish.room + 1.0,
        };
        let even = self.share.part * self.even(model, over);
        // What late answers leave free, and what requests did not cost, comes in small parts and goes soon.
        let late = secs(self.slow).min(LITTLE) * self.limit / model.window();
        let spared = if self.refunds {
            FEW * self.ledger.mean
        } else {
            0.0
        };
        if !self.shared && wish.room <= late.max(spared) {
            return even.max(wish.room / SOON);
        }
        even
    }

    /// At once, but for what is kept.
    fn eager_rate(&self, wish: &Wish) -> f64 {
        match self.kept(wish) {
            Some(kept) => kept / self.kinds.longest_window(),
            None => f64::INFINITY,
        }
    }

    /// The last of what is there, if more waits than that: it is spent within a window, so that whoever comes
    /// finds something, and is seen by that it is gone. What a log forgets one by one is there one by one.
    pub(super) fn kept(&self, wish: &Wish) -> Option<f64> {
        let mean = self.ledger.mean;
        let last = (LAST * mean).max(LAST_PART * self.limit);
        let (left, kept) = match (&self.kinds.log, &self.kinds.fixed) {
            (Some(_), _) => (mean + self.levels(Kind::Log).margin, mean),
            (None, Some(_)) => (last, last),
            (None, None) => return None,
        };
        // Those that are under way are perhaps followed by others.
        let busy = wish.queue + self.ledger.in_flight as f64;
        let is_last = wish.room - wish.cost < left && busy > wish.room;
        let is_alone = wish.pace == Pace::Eager && !self.shared;
        (is_alone && is_last).then_some(kept)
    }

    fn counter_rate(&self, wish: &Wish) -> f64 {
        let steady = self.limit / self.kinds.longest_window();
        match (self.shared, wish.pace) {
            (true, _) => {
                let rate = steady + self.over(Kind::Counter, wish) / SPENT_IN;
                self.share.part * rate.min(FASTEST * steady)
            }
            (false, Pace::Eager) => f64::INFINITY,
            (false, Pace::Even) => steady + wish.room / SPENT_IN,
        }
    }

    fn bucket_rate(&self, model: &Bucket, wish: &Wish) -> f64 {
        let kind = match self.kinds.log.is_some() && self.shared {
            true => Kind::Log,
            false => Kind::Bucket,
        };
        let flow = model.rate().unwrap_or(0.0);
        if model.is_hasty(wish.now) {
            return HASTY * flow;
        }
        let levels = self.levels(kind);
        let much = wish.room > levels.set_point + 2.0 * levels.slope || wish.queue <= wish.room;
        let alone = self.share.part > ALONE && !self.shared;
        if alone && (much || !self.kinds.only_bucket()) {
            return f64::INFINITY;
        }
        self.share.part * (flow + self.over(kind, wish) / SPENT_IN)
    }

    /// What is there over the set-point.
    fn over(&self, kind: Kind, wish: &Wish) -> f64 {
        let levels = self.levels_at(kind, wish.now);
        wish.room + levels.margin - levels.set_point
    }
}
