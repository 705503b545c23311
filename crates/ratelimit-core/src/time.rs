//! The instant that every decision is made at.
//!
//! Algorithms never read a clock: time is a parameter. An instant is a plain count of nanoseconds
//! on the time line of one [`Clock`](crate::Clock), so instants of different clocks must not be mixed.

use std::time::Duration;

/// An instant on the time line of one [`Clock`](crate::Clock), in nanoseconds.
///
/// Arithmetic saturates: an instant before the beginning or after the end of the line cannot be
/// expressed, and never panics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The instant `nanos` nanoseconds after the beginning of the time line.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        Self(nanos)
    }

    /// Nanoseconds since the beginning of the time line.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0
    }

    /// This instant moved into the future by `wait`, or the last instant of the line.
    #[must_use]
    pub fn saturating_add(self, wait: Duration) -> Self {
        Self(self.0.saturating_add(nanos(wait)))
    }

    /// This instant moved into the past by `wait`, or the first instant of the line.
    #[must_use]
    pub fn saturating_sub(self, wait: Duration) -> Self {
        Self(self.0.saturating_sub(nanos(wait)))
    }

    /// How long after `earlier` this instant is; zero if it is not after it.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// A duration in whole nanoseconds, the longest one that fits if it is longer (584 years).
pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates_at_both_ends() {
        let t = Timestamp::from_nanos(5);
        assert_eq!(t.saturating_sub(Duration::from_secs(1)).as_nanos(), 0);
        assert_eq!(t.saturating_add(Duration::MAX).as_nanos(), u64::MAX);
        assert_eq!(t.saturating_since(Timestamp::from_nanos(9)), Duration::ZERO);
    }
}
