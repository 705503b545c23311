//! What a response says, as far as a pilot can use it.

use std::time::Duration;

use super::spend::Spend;
use super::told::Told;

/// A response, translated: no names of headers, no status codes.
///
/// A plain value: whoever reads the response fills it in. What it does not say is left out.
///
/// ```
/// use ratelimit_core::adapt::{Answer, Spend, Told, Verdict};
/// use std::time::Duration;
///
/// let told = [Told::new(1).with_limit(60).with_remaining(59)];
/// let answer = Answer::new(Verdict::Served)
///     .with_told(&told)
///     .with_date(Duration::from_secs(1_772_452_800))
///     .with_actual(Spend::new(3));
/// assert_eq!(answer.told.len(), 1);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Answer<'a> {
    /// Whether the server let the request in.
    pub verdict: Verdict,
    /// The server's clock when it answered (`Date`), since the Unix epoch, in whole seconds rounded down.
    pub date: Option<Duration>,
    /// What is stated about each limit.
    pub told: &'a [Told],
    /// What it has really cost, where that is known only now. `None`: what was estimated.
    pub actual: Option<Spend>,
}

impl<'a> Answer<'a> {
    /// An answer that states no limit, is not dated, and cost what was estimated.
    #[inline]
    #[must_use]
    pub const fn new(verdict: Verdict) -> Self {
        Self {
            verdict,
            date: None,
            told: &[],
            actual: None,
        }
    }

    /// Sets what is stated about each limit.
    #[inline]
    #[must_use]
    pub const fn with_told(mut self, told: &'a [Told]) -> Self {
        self.told = told;
        self
    }

    /// Sets what the server's clock showed, since the Unix epoch; or `None`, if it did not say so.
    #[inline]
    #[must_use]
    pub fn with_date(mut self, date: impl Into<Option<Duration>>) -> Self {
        self.date = date.into();
        self
    }

    /// Sets what it has really cost; or `None`, if that is what was estimated.
    #[inline]
    #[must_use]
    pub fn with_actual(mut self, actual: impl Into<Option<Spend>>) -> Self {
        self.actual = actual.into();
        self
    }
}

/// Whether a server let a request in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It was let in, whatever came of it.
    Served,
    /// It was refused by a limit (429, or what stands for it): made by [`refused`](Self::refused).
    #[non_exhaustive]
    Refused {
        /// How long to stay away, as far as that was said.
        wait: Option<Duration>,
    },
}

impl Verdict {
    /// It was refused by a limit, with so long to stay away; `None` if that was not said.
    ///
    /// ```
    /// use ratelimit_core::adapt::Verdict;
    /// use std::time::Duration;
    ///
    /// let silent = Verdict::refused(None);
    /// assert_ne!(silent, Verdict::refused(Duration::from_secs(7)));
    /// ```
    #[inline]
    #[must_use]
    pub fn refused(wait: impl Into<Option<Duration>>) -> Self {
        Self::Refused { wait: wait.into() }
    }
}
