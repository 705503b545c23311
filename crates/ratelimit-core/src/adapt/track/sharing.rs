//! Whether others use the same quota, and what of it is ours then.

use super::Track;
use crate::adapt::law::{Kind, Levels, Share};
use crate::adapt::model::{Fixed, Foreign, Log};
use crate::adapt::sight::{Sight, secs, to_nanos};

/// What one who comes to a quota that is in use begins with.
const NEWCOMER: f64 = 0.2;
/// How fast shares move, in seconds: of a bucket, of windows, of a log where too much is sent, and of a counter where
/// too little is sent, and too much. A log echoes what it was given, so it is given less soon and more late; a counter
/// does not, and what a neighbour leaves of it should not lie there.
const BUCKET: f64 = 20.0;
const WINDOW: f64 = 40.0;
const LOG_FALLS: f64 = 30.0;
const COUNTER_RISES: f64 = 14.0;
const COUNTER_FALLS: f64 = 34.0;
/// How long back, in seconds, a log's flow is looked at, and how much too much of it counts.
const FLOW: f64 = 10.0;
const FLOW_COUNTS: f64 = 10.0;
/// How much faster a log that is full is spent than an empty one, as a part: where it is shared a little that lies
/// there is spent in a twelfth of a window, and much not so fast that it comes back as a burst; alone it comes back evenly.
const FULL: f64 = 12.0;
const FULL_ALONE: f64 = 0.5;
const FULL_AT_MOST: f64 = 0.7;
/// With what one goes on who thought so because a bucket holds less than its limit: not with so much that one who is
/// there in truth, and one who comes, take at once what is in it.
const MISLED: f64 = 0.4;
/// Answers after which a bucket's capacity is known well enough.
const FEW: u64 = 12;

impl Track {
    /// Whether others are there, by what the kinds say that they use.
    pub(super) fn judge_sharing(&mut self, sight: &Sight, foreign: &[Option<Foreign>; 3]) {
        let window = to_nanos(self.kinds.longest_window());
        let mean = self.ledger.mean;
        if self.kinds.only_bucket() {
            return self.share_of_bucket();
        }
        if self.told == 1 {
            let deficit = self.limit - sight.left - sight.cost - self.ledger.in_flight as f64;
            if deficit >= mean.max(0.02 * self.limit) {
                self.shared_until = sight.now + window;
                self.share = Share::new(NEWCOMER);
            }
        } else if self.all_see(foreign, mean + sight.slack) {
            self.shared_until = self.shared_until.max(sight.now.saturating_add(3 * window));
        } else if sight.now >= self.shared_until {
            self.shared = false;
        }
        self.shared |= sight.now < self.shared_until;
    }

    /// Its law needs to know of nobody; and its capacity need not be the limit, so that much seems used at first.
    fn share_of_bucket(&mut self) {
        let was_misled = self.shared_until > 0 && self.refusals == 0;
        if (2..FEW).contains(&self.told) && was_misled {
            self.share = Share::new(self.share.part.max(MISLED));
        }
        self.shared_until = 0;
        self.shared = false;
    }

    /// Whether every kind that it may be is sure that others use as much.
    fn all_see(&self, foreign: &[Option<Foreign>; 3], much: f64) -> bool {
        let kinds = &self.kinds;
        let alive = [
            kinds.fixed.is_some(),
            kinds.log.is_some(),
            kinds.counter.is_some(),
        ];
        let mut seen = foreign
            .iter()
            .zip(alive)
            .filter(|(_, alive)| *alive)
            .peekable();
        seen.peek().is_some() && seen.all(|(seen, _)| seen.is_some_and(|seen| seen.least >= much))
    }

    /// A refusal: others are here, or something is not as it was taken to be.
    pub(in crate::adapt) fn refused(&mut self, now: u64) {
        let window = to_nanos(self.kinds.longest_window());
        self.refusals += 1;
        self.shared_until = self.shared_until.max(now + window);
        self.shared = true;
    }

    /// Moves our share by what is left.
    pub(super) fn adjust(&mut self, sight: &Sight) {
        let now = sight.now;
        if self.kinds.only_bucket() {
            let levels = self.levels(Kind::Bucket);
            return self.share.update(now, levels.error(sight.left), BUCKET);
        }
        if !self.shared {
            self.share = Share::new(1.0);
            return;
        }
        if self.kinds.fixed.is_some() {
            self.adjust_fair(now);
        }
        if let Some(log) = &self.kinds.log {
            let error = self.error_of_log(log, sight);
            let time = if error > 0.0 { LOG_FALLS } else { WINDOW };
            self.share.update(now, error, time);
        } else {
            let error = self.levels_at(Kind::Counter, now).error(sight.left);
            let time = if error > 0.0 {
                COUNTER_FALLS
            } else {
                COUNTER_RISES
            };
            self.share.update(now, error, time);
        }
    }

    /// A log forgets in bursts what came in bursts. So not only what is left counts, but also what all send
    /// together: no more than goes on for ever.
    fn error_of_log(&self, log: &Log, sight: &Sight) -> f64 {
        let levels = self.levels(Kind::Log);
        let flow = log.flow(&self.ledger, sight.now, FLOW);
        let even = self.even(log, sight.left - levels.set_point);
        let too_much = (FLOW_COUNTS * (flow / even - 1.0)).clamp(-1.5, 1.5);
        levels.error(sight.left).max(too_much)
    }

    /// What all of a log's users may send together, per second, with so much over the set-point.
    pub(super) fn even(&self, log: &Log, over: f64) -> f64 {
        let steady = self.limit / log.window();
        let full = if self.shared { FULL } else { FULL_ALONE };
        steady * (1.0 + (full * over / self.limit).clamp(-0.9, FULL_AT_MOST))
    }

    /// Of a fixed window, ours is the part of what is left that we are of those who use it. As all reckon so, all
    /// parts become equal.
    fn adjust_fair(&mut self, now: u64) {
        let Some(fixed) = &self.kinds.fixed else {
            return;
        };
        let (window, edge) = self.first_to_end(fixed, now);
        let steady = self.limit / window;
        let bound = fixed.bound(&self.ask(now), self.lag, self.refunds);
        let rest = edge.map_or(1.0, |edge| secs(edge - now));
        let set_point = self.levels(self.kinds.leading()).set_point;
        let all = ((bound - set_point) / rest.max(0.2)).max(0.0);
        let ours = if self.fair > 0.0 {
            self.fair
        } else {
            NEWCOMER * steady
        };
        let floor = 0.03 * steady;
        let fair = all * (ours + floor) / (ours + floor + fixed.foreign_rate_by(now, window, edge));
        self.fair = 0.8 * ours + 0.2 * fair;
    }

    /// The window that ends first, if it may be one of a counter as well: its length, and its end. What is left of
    /// that then is lost, and a fixed window that lasts longer loses nothing by what is spent sooner.
    fn first_to_end(&self, fixed: &Fixed, now: u64) -> (f64, Option<u64>) {
        let of_fixed = fixed.late_edge(now);
        let counter = self.kinds.counter.as_ref();
        let end = counter.and_then(|counter| Some((counter.window(), counter.end_after(now)?.1)));
        match end.filter(|(_, end)| of_fixed.is_none_or(|edge| *end < edge)) {
            Some((window, end)) => (window, Some(end)),
            None => (fixed.window(), of_fixed),
        }
    }

    pub(super) fn levels(&self, kind: Kind) -> Levels {
        Levels::of(kind, self.limit, self.ledger.mean)
    }

    /// The same at that instant: of a counter they are others near the ends of its windows.
    pub(super) fn levels_at(&self, kind: Kind, now: u64) -> Levels {
        let levels = self.levels(kind);
        let counter = self.kinds.counter.as_ref();
        let counter = counter.filter(|_| kind == Kind::Counter);
        match counter.and_then(|counter| counter.nearest_end(now)) {
            Some(part) => levels.near_end(part),
            None => levels,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapt::told::Told;

    #[test]
    fn what_lies_in_a_shared_log_is_spent_soon_and_never_as_a_burst() {
        let (told, log) = (Told::new(1), Log::default());
        let mut track = Track::new(&told, 240.0, 1);
        let steady = 240.0 / log.window();
        let rate = |track: &Track, over: f64| track.even(&log, over) / steady;
        track.shared = true;
        // Ten units within a twelfth of the window.
        let soon = 12.0 * 10.0 / 240.0;
        assert!((rate(&track, 10.0) - 1.0 - soon).abs() < 1e-9);
        assert_eq!(rate(&track, 240.0), 1.0 + FULL_AT_MOST);
        assert!((rate(&track, -240.0) - 0.1).abs() < 1e-9);
        // Alone there is time.
        track.shared = false;
        assert!(rate(&track, 10.0) < 1.05);
    }
}
