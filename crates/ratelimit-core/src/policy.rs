//! A named rule: one quota, or one cap on concurrency, counted in one way.

use std::borrow::Cow;

use crate::algorithm::{Algorithm, Rate};
use crate::calendar::Calendar;
use crate::quota::Quota;
use crate::unit::Unit;

/// One rule of a [`Plan`](crate::Plan): a name, a quota and the algorithm that counts it.
///
/// The name is what decisions and headers call it: 1 to 64 printable ASCII characters, which is
/// checked when the plan is made.
///
/// State follows name, unit and algorithm: when a caller moves to another plan, what was spent under
/// `"minute"` is spent under the new plan's `"minute"`, whatever its limit, if it is counted in the
/// same way. For `gcra` and `sliding_log` the window may be another too. A `sliding_counter` or a
/// `fixed_window` of another window, or another algorithm, is another state: it begins unused, and
/// whoever comes back finds the former one as it was left, so changing back and forth yields no more
/// than what each of the two grants. So is a `calendar` of another period, anchor or zone.
///
/// | constructor | admits | errs |
/// |---|---|---|
/// | [`gcra`](Self::gcra) | a burst, then a steady rate | never; up to burst + limit in a window |
/// | [`sliding_log`](Self::sliding_log) | at most the limit in **any** window | never |
/// | [`sliding_counter`](Self::sliding_counter) | about the limit in any window | assumes an even spread in the window before |
/// | [`fixed_window`](Self::fixed_window) | the limit per aligned window | up to twice the limit around an edge |
/// | [`calendar`](Self::calendar) | the limit per day or month of a time zone | up to twice the limit around an edge |
/// | [`concurrency`](Self::concurrency) | so many at once | never |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    name: Cow<'static, str>,
    unit: Option<Cow<'static, str>>,
    counts: Unit,
    tag: u64,
    rate: Rate,
    is_slow: bool,
}

impl Policy {
    /// A token bucket (the same thing as a leaky bucket used as a meter), kept as in the generic
    /// cell rate algorithm of ITU-T I.371: a burst at once, then a steady flow. Exact for ever:
    /// after any time `t` of steady demand, `burst + limit·t/window` units were admitted, rounded down.
    ///
    /// A bucket that takes a second or longer to fill is measured by a
    /// [recent](crate::Clock::recent) instant in a [`Memory`](crate::Memory): whoever comes after a rest
    /// may gain what flows in 10 ms, a hundredth of the burst at most. Nobody is refused for it.
    #[must_use]
    pub fn gcra(name: impl Into<Cow<'static, str>>, quota: Quota) -> Self {
        Self::new(name.into(), quota, Algorithm::Gcra)
    }

    /// An exact sliding window: never more than the limit in any window, wherever it begins.
    ///
    /// It remembers when each admitted unit was spent: 32 bytes beside the slot for a key with one
    /// admitted check in the window, and some 16 to 64 bytes for each more. Nothing for what was not
    /// sent. When [room for entries](crate::MemoryBuilder::log_entries) runs out, the oldest become
    /// one: a caller waits longer than need be, and is never let in too early.
    #[must_use]
    pub fn sliding_log(name: impl Into<Cow<'static, str>>, quota: Quota) -> Self {
        Self::new(name.into(), quota, Algorithm::SlidingLog)
    }

    /// A sliding window kept in two counters: this window's count, and the one before in the
    /// proportion that still overlaps, rounded up.
    #[must_use]
    pub fn sliding_counter(name: impl Into<Cow<'static, str>>, quota: Quota) -> Self {
        Self::new(name.into(), quota, Algorithm::SlidingCounter)
    }

    /// Windows that follow each other, aligned to the clock's time line (for
    /// [`StdClock`](crate::StdClock): to Unix time).
    #[must_use]
    pub fn fixed_window(name: impl Into<Cow<'static, str>>, quota: Quota) -> Self {
        Self::new(name.into(), quota, Algorithm::FixedWindow)
    }

    /// A quota for each day or month of a time zone: nothing comes back before the period ends, and then
    /// all of it. What was not used is not carried over.
    ///
    /// The [`Calendar`] says where periods begin, and what moves that. A refusal has the reason
    /// [`Quota`](crate::Reason::Quota).
    ///
    /// # Panics
    /// If `limit` is 0.
    #[must_use]
    #[track_caller]
    pub fn calendar(name: impl Into<Cow<'static, str>>, limit: u32, calendar: Calendar) -> Self {
        Self::with_rate(name.into(), Rate::of_calendar(limit, calendar))
    }

    /// At most `cap` at the same time. Each admitted check holds one permit, whatever its cost,
    /// until it is settled. With a [unit](Self::with_unit), checks that ask for none of it hold none.
    ///
    /// # Panics
    /// If `cap` is 0; in a `const`, that does not compile.
    #[must_use]
    #[track_caller]
    pub fn concurrency(name: impl Into<Cow<'static, str>>, cap: u32) -> Self {
        Self::new(name.into(), Quota::per_second(cap), Algorithm::Concurrency)
    }

    /// What is counted, if it is not requests: `"tokens"`, `"content-bytes"`. A check may have a
    /// [cost](crate::Cost) of its own for it.
    #[must_use]
    pub fn with_unit(mut self, unit: impl Into<Cow<'static, str>>) -> Self {
        let unit = unit.into();
        self.counts = Unit::new(&unit);
        self.tag = tag(&self.name, &self.rate, self.counts);
        self.unit = Some(unit);
        self
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is counted; `None` for requests.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// Whether requests are counted: the unit is `"requests"`, or none is named.
    #[must_use]
    pub fn counts_requests(&self) -> bool {
        self.counts == Unit::REQUESTS
    }

    /// The algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.rate.algorithm
    }

    /// The quota; `None` for a cap on concurrency, and for a quota by the [calendar](Self::periods), whose
    /// periods have no one length.
    #[must_use]
    pub fn quota(&self) -> Option<Quota> {
        let has_window = !self.is_concurrency() && self.rate.calendar.is_none();
        has_window.then_some(self.rate.quota)
    }

    /// The days or months that the limit is for; `None` unless it is a quota by the
    /// [calendar](Self::calendar).
    #[must_use]
    pub fn periods(&self) -> Option<Calendar> {
        self.rate.calendar
    }

    /// Units per window or period, or permits at a time for a cap on concurrency.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.rate.quota.limit()
    }

    /// Whether this is a cap on concurrency rather than a rate.
    #[must_use]
    pub fn is_concurrency(&self) -> bool {
        self.rate.algorithm == Algorithm::Concurrency
    }

    /// Whether a [recent](crate::Clock::recent) instant is good enough for it.
    #[inline]
    pub(crate) fn is_slow(&self) -> bool {
        self.is_slow
    }

    pub(crate) fn rate(&self) -> Rate {
        self.rate
    }

    /// The unit that is counted: [`Unit::REQUESTS`] unless [another](Self::with_unit) is named.
    #[inline]
    #[must_use]
    pub fn counts(&self) -> Unit {
        self.counts
    }

    /// What tells this policy's state from that of others of the same key.
    pub(crate) fn tag(&self) -> u64 {
        self.tag
    }

    fn new(name: Cow<'static, str>, quota: Quota, algorithm: Algorithm) -> Self {
        Self::with_rate(name, Rate::new(quota, algorithm))
    }

    fn with_rate(name: Cow<'static, str>, rate: Rate) -> Self {
        Self {
            tag: tag(&name, &rate, Unit::REQUESTS),
            name,
            unit: None,
            counts: Unit::REQUESTS,
            is_slow: is_slow(&rate),
            rate,
        }
    }
}

/// A bucket that takes at least a second to fill: what flows in 10 ms is at most a hundredth of it.
fn is_slow(rate: &Rate) -> bool {
    const SLOW: u128 = 1_000_000_000;
    let quota = rate.quota;
    let filling = u128::from(quota.burst_size()) * u128::from(quota.window_nanos());
    rate.algorithm == Algorithm::Gcra && filling >= SLOW * u128::from(quota.limit())
}

/// An unkeyed hash of the name, the kind of state and the unit: both are configuration, so nobody gains by a
/// collision.
fn tag(name: &str, rate: &Rate, counts: Unit) -> u64 {
    use std::hash::{Hash, Hasher};
    let mut hasher = siphasher::sip::SipHasher13::new();
    hasher.write(name.as_bytes());
    let (algorithm, window) = rate.kind();
    // Names have no byte 0: what follows it is no name.
    hasher.write(&[0, algorithm]);
    hasher.write_u64(window);
    counts.hash(&mut hasher);
    hasher.finish()
}
