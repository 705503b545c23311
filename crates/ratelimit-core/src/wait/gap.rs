//! A distance to be kept between sends, for a while.

/// At most one unit per `every`, not before `from`, and no longer than `until`. In nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) from: u64,
    pub(super) every: u64,
    pub(super) until: u64,
}

/// The last send that was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) seq: u64,
    pub(super) at: u64,
    pub(super) cost: u32,
}

impl Gap {
    /// The distance of a gap that lets nobody through.
    pub(super) const CLOSED: u64 = u64::MAX;

    pub(super) fn new(from: u64, every: u64, until: u64) -> Self {
        let from = if every == Self::CLOSED { until } else { from };
        Self { from, every, until }
    }

    pub(super) fn is_closed(&self) -> bool {
        self.every == Self::CLOSED
    }

    /// When the next send may be, `ahead` units after the last one.
    pub(super) fn next(&self, last: Option<Sent>, ahead: u64) -> u64 {
        let kept = |sent: Sent| {
            let distance = u64::from(sent.cost).saturating_mul(self.every);
            sent.at.saturating_add(distance)
        };
        let next = self.from.max(last.map_or(0, kept));
        let behind = ahead.saturating_mul(self.every);
        next.saturating_add(behind).min(self.until)
    }

    pub(super) fn is_over(&self, now: u64) -> bool {
        self.until <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_keeps_its_distance_until_the_gap_is_over() {
        let gap = Gap {
            from: 100,
            every: 10,
            until: 150,
        };
        let sent = |at, cost| Some(Sent { seq: 0, at, cost });
        assert_eq!(gap.next(None, 0), 100);
        assert_eq!(gap.next(sent(50, 1), 0), 100);
        assert_eq!(gap.next(sent(100, 1), 0), 110);
        assert_eq!(gap.next(sent(100, 3), 0), 130);
        assert_eq!(gap.next(sent(100, 1), 2), 130);
        assert_eq!(gap.next(sent(100, 9), 0), 150);
        assert!(gap.is_over(150) && !gap.is_over(149));
    }
}
