//! When so much can have left at the earliest, for those who stand far back in a line and have a deadline.

use super::Track;
use crate::adapt::sight::to_nanos;

impl Track {
    /// The earliest instant by which this much can have left: as it will be, if nobody else is there and it is known
    /// what the server is; else never too late, and rather too early.
    pub(in crate::adapt) fn soonest(&self, now: u64, units: f64) -> u64 {
        if self.told == 0 {
            return now;
        }
        let room = self.room(now, units, units);
        let is_known = self.kinds.count() == 1 && !self.shared;
        let there = if is_known { room.least } else { room.most };
        let missing = units - there;
        if missing <= 0.0 {
            return now;
        }
        // With each window a whole limit comes back, and all is as it is now.
        let limit = self.limit.max(1.0);
        let windows = (missing / limit).floor();
        let after = to_nanos(windows * self.kinds.shortest_window());
        let first = match is_known {
            true => self.room(now, units - windows * limit, units).when,
            false => None,
        };
        first.unwrap_or(now).saturating_add(after)
    }
}
