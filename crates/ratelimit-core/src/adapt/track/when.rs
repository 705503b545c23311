//! When the next may leave, as far as one limit goes.

use super::pace::Wish;
use super::{LONGEST_PACED, SECOND, Track, When};
use crate::adapt::model::Bucket;
use crate::adapt::sight::to_nanos;
use crate::adapt::steering::Pace;

impl Track {
    /// When something of this cost may go, with so many waiting.
    pub(in crate::adapt) fn when(
        &mut self,
        now: u64,
        cost: u32,
        waiting: usize,
        pace: Pace,
    ) -> When {
        if self.told == 0 || cost == 0 {
            return When::Now;
        }
        let cost = f64::from(cost);
        if cost > self.largest() {
            return When::Never;
        }
        let queue = waiting as f64 * self.ledger.mean;
        let room = self.room(now, cost, queue);
        if room.least < cost {
            return self.probe(now, cost, &room);
        }
        let room = room.least;
        if self.is_cap() {
            return When::Now;
        }
        let at = match self.kinds.can_be_told() && !self.shared && room < cost + self.reserve() {
            true => self.question(now, cost, queue, room),
            false => {
                let wish = Wish {
                    now,
                    cost,
                    room,
                    queue,
                    pace,
                };
                self.gap = self.gap(&wish);
                // What is kept for others is not made up for.
                let from = match self.kept(&wish) {
                    Some(_) => self.last_sent.0,
                    None => self.due,
                };
                let due = from.saturating_add(self.gap);
                due.min(self.changes_by(now))
            }
        };
        if at > now { When::At(at) } else { When::Now }
    }

    /// By then a gap that was reckoned now is another: a window ends, or what flows back makes it shorter.
    fn changes_by(&self, now: u64) -> u64 {
        let edge = self.kinds.fixed.as_ref().and_then(|it| it.late_edge(now));
        let window = to_nanos(self.kinds.longest_window());
        let soon = now.saturating_add((window / 60).clamp(SECOND / 10, 5 * SECOND));
        edge.map_or(soon, |edge| edge.min(soon))
    }

    /// The largest cost that is ever admitted.
    fn largest(&self) -> f64 {
        let bucket = self.kinds.bucket.as_ref();
        self.limit.max(bucket.map_or(0.0, Bucket::capacity_seen))
    }

    pub(super) fn is_cap(&self) -> bool {
        self.kinds.longest_window() > LONGEST_PACED
    }
}
