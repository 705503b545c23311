//! One period: a stretch of the clock's line, and how it is remembered.

use std::sync::atomic::{AtomicU64, Ordering};

const SECOND: u64 = 1_000_000_000;
const LENGTH_BITS: u32 = 24;

/// A stretch of the clock's line, in nanoseconds. The end is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// The period that was asked for last.
///
/// Start and length are one word, so it is never read half: whoever reads it has a true period of the
/// calendar, and looks whether the instant is in it. So `Relaxed` is enough, and several clocks (those of
/// tests) that share a calendar only take each other's hint away.
#[derive(Debug, Default)]
pub(super) struct Remembered(AtomicU64);

impl Period {
    /// For what cannot be computed: what is used up in it is never given again.
    pub(crate) const ENDLESS: Self = Self {
        start: 0,
        end: u64::MAX,
    };

    /// From one second to another since the Unix epoch; what lies before the line begins at its beginning.
    #[cfg_attr(not(feature = "calendar"), allow(dead_code, reason = "no zones"))]
    pub(super) fn of_seconds(start: i64, end: i64) -> Self {
        let nanos = |second: i64| u64::try_from(second).unwrap_or(0).saturating_mul(SECOND);
        Self {
            start: nanos(start),
            end: nanos(end),
        }
    }

    pub(crate) fn contains(&self, at: u64) -> bool {
        // The line ends within a period, which therefore does not.
        self.start <= at && (at < self.end || self.end == u64::MAX)
    }
}

impl Remembered {
    #[inline]
    pub(super) fn get(&self) -> Period {
        let word = self.0.load(Ordering::Relaxed);
        let start = (word >> LENGTH_BITS).saturating_mul(SECOND);
        let length = (word & ((1 << LENGTH_BITS) - 1)) * SECOND;
        Period {
            start,
            end: start.saturating_add(length),
        }
    }

    /// Remembers a period of whole seconds; of any other none, which holds no instant.
    pub(super) fn set(&self, period: Period) {
        let length = period.end.saturating_sub(period.start) / SECOND;
        let is_whole = period.start % SECOND == 0 && period.end % SECOND == 0;
        if is_whole && length >> LENGTH_BITS == 0 {
            let word = (period.start / SECOND) << LENGTH_BITS | length;
            self.0.store(word, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_remembered_is_read_back_and_nothing_else_is() {
        let remembered = Remembered::default();
        assert!(!remembered.get().contains(0));
        let period = Period::of_seconds(1_700_000_000, 1_702_592_000 + 90_000);
        remembered.set(period);
        assert_eq!(remembered.get(), period);
        remembered.set(Period::ENDLESS);
        assert_eq!(remembered.get(), period);
        assert!(Period::ENDLESS.contains(u64::MAX));
        assert_eq!(Period::of_seconds(-5, 5).start, 0);
        let last = Period::of_seconds(18_446_000_000, 18_447_000_000);
        assert!(last.end == u64::MAX && last.contains(u64::MAX));
    }
}
