//! When something is sent to find out: while it is not known what the server is, and when nothing is sure.

use super::room::Room;
use super::{MILLI, SECOND, Track, When};
use crate::adapt::sight::{secs, to_nanos};

/// How seldom it may be that none of several answers states the limit.
const UNHEARD: f64 = 0.01;

impl Track {
    /// What is spent slowly while it is not known what the server is: each answer may tell.
    pub(super) fn reserve(&self) -> f64 {
        let few = 2.0 * self.ledger.mean + self.last_ones();
        few.max(0.01 * self.limit).min(0.5 * self.limit)
    }

    /// What is kept to ask with after an edge: enough for any request, and so often that one of the answers
    /// almost surely states the limit.
    fn last_ones(&self) -> f64 {
        let attempts = (UNHEARD.ln() / self.unsaid.max(1e-9).ln()).ceil();
        attempts.clamp(1.0, 8.0) * self.dear.max(self.ledger.mean)
    }

    /// When to spend the next of the reserve; or when there is more than that.
    pub(super) fn question(&self, now: u64, cost: f64, queue: f64, room: f64) -> u64 {
        let at = self.next_question(room - cost < self.last_ones());
        if at <= now {
            return at;
        }
        let more = self.room(now, cost + self.reserve(), queue).when;
        more.map_or(at, |more| at.min(more.max(now + MILLI)))
    }

    /// When to spend the next of the reserve: a few before the next edge of which no answer has told, the last
    /// ones after it. What is decided while it is not sure whether the edge has passed tells nothing.
    fn next_question(&self, is_last: bool) -> u64 {
        let last = self.last_sent.0;
        let soon = last + to_nanos((0.05 * self.kinds.longest_window()).min(3.0));
        let Some((early, late)) = self.kinds.next_edge(self.asked.min(last)) else {
            return soon;
        };
        let half_way = soon.max(last + late.saturating_sub(last) / 2);
        if is_last || half_way >= early {
            soon.max(late)
        } else {
            half_way
        }
    }

    /// It is not sure that anything more is admitted: until when, or whether to find out.
    pub(super) fn probe(&self, now: u64, cost: f64, room: &Room) -> When {
        let later = |at: u64| When::At(at.max(now + MILLI));
        if self.ledger.in_flight > 0 {
            return room.when.map_or(When::Answered, later);
        }
        let third = to_nanos(self.kinds.longest_window()) / 3;
        let late = (self.last_told + third)
            .max(self.reset_late)
            .max(self.last_sent.0 + third);
        // Some of the kinds that it may be would admit one.
        let soon = match room.most >= cost && self.shared {
            true => self.last_sent.0 + self.wait_for_probe(),
            false => u64::MAX,
        };
        let probe = late.min(soon);
        if now >= probe {
            return When::Now;
        }
        later(room.when.map_or(probe, |at| at.min(probe)))
    }

    /// Never the same time: what is asked every ten seconds may look like a window of ten seconds.
    fn wait_for_probe(&self) -> u64 {
        // A fixed window and a counter look alike until the window ends.
        let undecided = self.kinds.fixed.is_some() && self.kinds.counter.is_some();
        let least = if undecided { 10 * SECOND } else { 0 };
        let odd = 0.6 + 4.0 * (self.last_sent.1 - 0.85);
        to_nanos(secs(self.probe_wait.max(least)) * odd)
    }
}
