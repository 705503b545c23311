//! How much, how often: a [`Quota`] is a limit per window, and a burst.
//!
//! What cannot be represented cannot be built. A literal that is out of range does not compile (a
//! panic in a `const`), a value that is known at run time is refused with a [`QuotaError`]. There is
//! no constructor whose number means an interval: `per_second(4)` is four a second.

mod error;
mod text;

pub use error::{ParseQuotaError, QuotaError};

use std::time::Duration;

const MILLI: u64 = 1_000_000;
const SECOND: u64 = 1_000 * MILLI;
const DAY: u64 = 24 * 3_600 * SECOND;

/// The shortest window: one millisecond.
pub(crate) const MIN_WINDOW: u64 = MILLI;
/// The longest window: 366 days.
pub(crate) const MAX_WINDOW: u64 = 366 * DAY;
/// The longest time a full burst may take to flow back: 2⁵⁸ ns, a little over nine years.
const MAX_REFILL: u128 = 1 << 58;

/// A limit per window, with a burst: how many units may be spent, how fast they come back, and how
/// many may be spent at once.
///
/// ```
/// use ratelimit_core::Quota;
/// use std::time::Duration;
///
/// const STARTER: Quota = Quota::per_minute(60);
/// let freddy = Quota::per_minute(100).burst(120);
/// assert_eq!(freddy.to_string(), "100/1m;burst=120");
/// assert_eq!("60/1m".parse(), Ok(STARTER));
/// assert!(Quota::new(0, Duration::from_secs(1)).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quota {
    limit: u32,
    burst: u32,
    window: u64,
}

impl Quota {
    /// `limit` units a second, with a burst of `limit`.
    ///
    /// # Panics
    /// If `limit` is 0; in a `const`, that does not compile.
    #[must_use]
    #[track_caller]
    pub const fn per_second(limit: u32) -> Self {
        Self::literal(limit, SECOND)
    }

    /// `limit` units a minute, with a burst of `limit`.
    ///
    /// # Panics
    /// If `limit` is 0; in a `const`, that does not compile.
    #[must_use]
    #[track_caller]
    pub const fn per_minute(limit: u32) -> Self {
        Self::literal(limit, 60 * SECOND)
    }

    /// `limit` units an hour, with a burst of `limit`.
    ///
    /// # Panics
    /// If `limit` is 0; in a `const`, that does not compile.
    #[must_use]
    #[track_caller]
    pub const fn per_hour(limit: u32) -> Self {
        Self::literal(limit, 3_600 * SECOND)
    }

    /// `limit` units per 24 hours, with a burst of `limit`.
    ///
    /// # Panics
    /// If `limit` is 0; in a `const`, that does not compile.
    #[must_use]
    #[track_caller]
    pub const fn per_day(limit: u32) -> Self {
        Self::literal(limit, DAY)
    }

    /// `limit` units per 30 days, for where a rough idea of a month is enough.
    #[track_caller]
    pub(crate) const fn about_monthly(limit: u32) -> Self {
        Self::literal(limit, 30 * DAY)
    }

    /// `limit` units per `window`, with a burst of `limit`.
    ///
    /// # Errors
    /// If `limit` is 0, or `window` is not between 1 ms and 366 days.
    pub const fn new(limit: u32, window: Duration) -> Result<Self, QuotaError> {
        let nanos = window.as_nanos();
        if limit == 0 {
            return Err(QuotaError::ZeroLimit);
        }
        if nanos < MIN_WINDOW as u128 || nanos > MAX_WINDOW as u128 {
            return Err(QuotaError::Window);
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most MAX_WINDOW")]
        let window = nanos as u64;
        // A burst of `limit` flows back in one window, so it is always representable.
        Ok(Self {
            limit,
            burst: limit,
            window,
        })
    }

    /// The same quota with another burst: how many units may be spent at once from rest.
    ///
    /// # Panics
    /// Where [`try_burst`](Self::try_burst) is an error; in a `const`, that does not compile.
    #[must_use]
    #[track_caller]
    pub const fn burst(self, burst: u32) -> Self {
        match self.try_burst(burst) {
            Ok(quota) => quota,
            Err(_) => panic!("a burst must be at least 1 and flow back within nine years"),
        }
    }

    /// The same quota with another burst.
    ///
    /// # Errors
    /// If `burst` is 0, or so large that it would take over nine years (2⁵⁸ ns) to flow back.
    pub const fn try_burst(self, burst: u32) -> Result<Self, QuotaError> {
        if burst == 0 {
            return Err(QuotaError::ZeroBurst);
        }
        let refill = (burst as u128 * self.window as u128).div_ceil(self.limit as u128);
        if refill > MAX_REFILL {
            return Err(QuotaError::Burst);
        }
        Ok(Self { burst, ..self })
    }

    /// Units per window.
    #[must_use]
    pub const fn limit(&self) -> u32 {
        self.limit
    }

    /// The window.
    #[must_use]
    pub const fn window(&self) -> Duration {
        Duration::from_nanos(self.window)
    }

    /// Units that may be spent at once from rest.
    #[must_use]
    pub const fn burst_size(&self) -> u32 {
        self.burst
    }

    /// The window in nanoseconds.
    pub(crate) const fn window_nanos(&self) -> u64 {
        self.window
    }

    #[track_caller]
    const fn literal(limit: u32, window: u64) -> Self {
        assert!(limit > 0, "a limit must be at least 1");
        Self {
            limit,
            burst: limit,
            window,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_that_cannot_be_kept_cannot_be_built() {
        let second = Duration::from_secs(1);
        assert_eq!(Quota::new(0, second), Err(QuotaError::ZeroLimit));
        assert_eq!(Quota::new(1, Duration::ZERO), Err(QuotaError::Window));
        assert_eq!(
            Quota::new(1, Duration::from_nanos(MIN_WINDOW - 1)),
            Err(QuotaError::Window)
        );
        assert_eq!(
            Quota::new(1, Duration::from_nanos(MAX_WINDOW + 1)),
            Err(QuotaError::Window)
        );
        assert!(Quota::new(u32::MAX, Duration::from_millis(1)).is_ok());
        assert!(Quota::new(1, Duration::from_nanos(MAX_WINDOW)).is_ok());
        let slow = Quota::per_minute(1);
        assert_eq!(slow.try_burst(0), Err(QuotaError::ZeroBurst));
        assert_eq!(slow.try_burst(2_700_000_000), Err(QuotaError::Burst));
        assert!(slow.try_burst(4_000_000).is_ok());
    }

    #[test]
    #[should_panic(expected = "at least 1")]
    fn a_literal_of_zero_panics() {
        let _ = Quota::per_second(0);
    }
}
