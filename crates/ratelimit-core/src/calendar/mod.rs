//! Days and months of a time zone: what a [`Quota`](crate::Quota)'s window of a fixed length cannot be.
//!
//! A month is a month, not thirty days, and a local day has 23 or 25 hours now and then. A [`Calendar`]
//! says where such periods begin: at the first instant of a local day. If a change of the clocks skips
//! midnight, that is the first instant after the gap; if midnight comes twice, the first of the two; and
//! a day that a zone skips altogether is no period at all.
//!
//! Dangers. Periods are computed on the limiter's clock, which begins with Unix time and is monotonic from
//! then on ([`StdClock`](crate::StdClock)): a wall clock that is set later, or a machine that sleeps, moves
//! the boundaries by as much until the process starts again. And the rules of a zone are those that were
//! known when the first calendar in it was made: a later change of the law needs a restart as well.

#[cfg_attr(not(feature = "calendar"), path = "no_zone.rs")]
mod zone;

mod error;
mod interned;
mod period;
#[cfg(feature = "calendar")]
mod text;

pub use error::CalendarError;
pub(crate) use period::Period;

use std::fmt;
use std::num::NonZeroU16;

use interned::Interned;

/// Periods that follow each other: the days, or the months, of a time zone.
///
/// A number of two bytes: what it stands for is kept once for the life of the process, for each that is
/// different. There is room for more than all zones with all anchors.
///
/// Calendars are made with the feature `calendar` only; the zones are those of the system, and with
/// `calendar-bundled` also those that are built in, for where the system has none.
#[cfg_attr(
    feature = "calendar",
    doc = "
```
use ratelimit_core::{Calendar, Plan, Policy};

let billing = Calendar::monthly(\"Europe/Berlin\")?.anchored_on(31)?;
assert_eq!(billing.to_string(), \"month from 31 in Europe/Berlin\");
assert_eq!(\"month from 31 in Europe/Berlin\".parse(), Ok(billing));
let plan = Plan::new(\"starter\", [Policy::calendar(\"month\", 100_000, billing)])?;
# Ok::<(), Box<dyn std::error::Error>>(())
```
"
)]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Calendar(NonZeroU16);

/// How long the periods of a [`Calendar`] are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CalendarPeriod {
    /// A local day: 24 hours, or 23 or 25 when the clocks change.
    Day,
    /// A month: from the anchor in one month to the anchor in the next, 28 to 31 days.
    Month,
}

impl Calendar {
    /// The months of a zone, each from its first day; the zone by its IANA name, `"Europe/Berlin"` or
    /// `"UTC"`.
    ///
    /// # Errors
    /// If the zone is not known here, or if there are too many different calendars.
    #[cfg(feature = "calendar")]
    pub fn monthly(zone: &str) -> Result<Self, CalendarError> {
        Self::of(CalendarPeriod::Month, zone)
    }

    /// The days of a zone, from midnight to midnight; the zone by its IANA name.
    ///
    /// # Errors
    /// If the zone is not known here, or if there are too many different calendars.
    #[cfg(feature = "calendar")]
    pub fn daily(zone: &str) -> Result<Self, CalendarError> {
        Self::of(CalendarPeriod::Day, zone)
    }

    /// The same months, each from this day (1 to 31) to that of the next. In a month that has no such
    /// day it is the last one: from January 31 to February 28, and from there to March 31.
    ///
    /// # Errors
    /// If the day is not between 1 and 31, if these are days and not months, or if there are too many
    /// different calendars.
    #[cfg(feature = "calendar")]
    pub fn anchored_on(self, day: u8) -> Result<Self, CalendarError> {
        let this = self.interned();
        if this.period != CalendarPeriod::Month {
            return Err(CalendarError::NotMonths);
        }
        if !(1..=31).contains(&day) {
            return Err(CalendarError::Anchor(day));
        }
        interned::intern(this.period, day, this.zone.clone())
    }

    /// Days or months.
    #[must_use]
    pub fn period(self) -> CalendarPeriod {
        self.interned().period
    }

    /// The day of the month that a month begins on, 1 to 31; 1 for days.
    #[must_use]
    pub fn anchor(self) -> u8 {
        self.interned().anchor
    }

    /// The IANA name of the zone. Two names of one zone (`US/Eastern`, `America/New_York`) are two zones
    /// here, and make different calendars.
    #[must_use]
    pub fn zone(self) -> &'static str {
        self.interned().zone.name()
    }

    /// The period that an instant (nanoseconds on the clock's line) is in.
    pub(crate) fn period_at(self, at: u64) -> Period {
        self.interned().period_at(at)
    }

    /// As [`period_at`](Self::period_at), for instants that are far from now: it leaves the period that
    /// is remembered as it is.
    pub(crate) fn period_far_off(self, at: u64) -> Period {
        self.interned().compute(at)
    }

    /// The same for the same calendar in every process.
    pub(crate) fn hash(self) -> u64 {
        self.interned().hash
    }

    #[cfg(feature = "calendar")]
    pub(crate) fn of(period: CalendarPeriod, zone: &str) -> Result<Self, CalendarError> {
        let known = zone::Zone::named(zone);
        let zone = known.ok_or_else(|| CalendarError::UnknownZone(zone.to_owned()))?;
        interned::intern(period, 1, zone)
    }

    fn interned(self) -> &'static Interned {
        interned::get(self.0)
    }
}

impl fmt::Display for Calendar {
    /// `day in ZONE`, `month in ZONE` or, with an anchor other than 1, `month from DAY in ZONE`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let this = self.interned();
        write_text(f, this.period, this.anchor, this.zone.name())
    }
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Calendar({self})")
    }
}

fn write_text(
    out: &mut impl fmt::Write,
    period: CalendarPeriod,
    anchor: u8,
    zone: &str,
) -> fmt::Result {
    match (period, anchor) {
        (CalendarPeriod::Day, _) => write!(out, "day in {zone}"),
        (CalendarPeriod::Month, 1) => write!(out, "month in {zone}"),
        (CalendarPeriod::Month, day) => write!(out, "month from {day} in {zone}"),
    }
}
