//! Where the days and months of a time zone begin.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

use super::{CalendarPeriod, Period};

const SECOND: u64 = 1_000_000_000;

/// A time zone that has an IANA name.
#[derive(Clone, Debug)]
pub(super) struct Zone(TimeZone);

impl Zone {
    /// The zone of this name, if it is known here.
    pub(super) fn named(name: &str) -> Option<Self> {
        let zone = TimeZone::get(name).ok()?;
        // `Etc/Unknown` is a name, and behaves as UTC: nobody means that.
        (zone.iana_name().is_some() && !zone.is_unknown()).then_some(Self(zone))
    }

    /// The name as the zone's database writes it.
    pub(super) fn name(&self) -> &str {
        self.0.iana_name().unwrap_or_default()
    }

    /// The period that an instant (nanoseconds since the Unix epoch) is in; `None` if that cannot be
    /// computed.
    ///
    /// Boundaries decide, not the date: where the clocks go back over midnight, the evening that comes
    /// again belongs to the day that has begun.
    pub(super) fn period_at(&self, by: CalendarPeriod, anchor: u8, at: u64) -> Option<Period> {
        let second = i64::try_from(at / SECOND).ok()?;
        let now = Timestamp::from_second(second).ok()?;
        let days = Days { by, anchor };
        let mut first = days.begun_by(self.0.to_datetime(now).date())?;
        let mut start = self.beginning(first)?;
        while start > second {
            first = days.before(first)?;
            start = self.beginning(first)?;
        }
        loop {
            first = days.after(first)?;
            let end = self.beginning(first)?;
            if second < end {
                return Some(Period::of_seconds(start, end));
            }
            // Also when the zone skipped this day, which is then of no length.
            start = end;
        }
    }

    /// The first second at which the local time is at or after the midnight that begins `day`.
    fn beginning(&self, day: Date) -> Option<i64> {
        let midnight = day.to_datetime(Time::midnight());
        let at = |offset: Offset| Some(offset.to_timestamp(midnight).ok()?.as_second());
        match self.0.to_ambiguous_timestamp(midnight).offset() {
            AmbiguousOffset::Unambiguous { offset } => at(offset),
            AmbiguousOffset::Fold { before, .. } => at(before),
            AmbiguousOffset::Gap { before, after } => {
                self.end_of_gap(midnight, at(after)?, at(before)?)
            }
        }
    }

    /// The second, after `early` and at most `late`, at which the clocks are set forward over `midnight`.
    fn end_of_gap(&self, midnight: DateTime, mut early: i64, mut late: i64) -> Option<i64> {
        while late - early > 1 {
            let middle = early + (late - early) / 2;
            let local = self.0.to_datetime(Timestamp::from_second(middle).ok()?);
            if local >= midnight {
                late = middle;
            } else {
                early = middle;
            }
        }
        Some(late)
    }
}

/// The days of the calendar that periods begin with.
#[derive(Clone, Copy)]
struct Days {
    by: CalendarPeriod,
    anchor: u8,
}

impl Days {
    /// The last one that is not after `date`.
    fn begun_by(self, date: Date) -> Option<Date> {
        let first = self.in_month_of(date)?;
        if first <= date {
            Some(first)
        } else {
            self.before(first)
        }
    }

    fn before(self, first: Date) -> Option<Date> {
        match self.by {
            CalendarPeriod::Day => first.yesterday().ok(),
            CalendarPeriod::Month => {
                self.in_month_of(first.first_of_month().checked_sub(1.month()).ok()?)
            }
        }
    }

    fn after(self, first: Date) -> Option<Date> {
        match self.by {
            CalendarPeriod::Day => first.tomorrow().ok(),
            CalendarPeriod::Month => {
                self.in_month_of(first.first_of_month().checked_add(1.month()).ok()?)
            }
        }
    }

    /// The day itself, or the anchor in its month: the last day of one that is too short.
    fn in_month_of(self, date: Date) -> Option<Date> {
        if self.by == CalendarPeriod::Day {
            return Some(date);
        }
        let day = i8::try_from(self.anchor).ok()?.min(date.days_in_month());
        Date::new(date.year(), date.month(), day).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_gap_that_begins_before_midnight_ends_where_the_clocks_were_set_forward() {
        let toronto = Zone::named("America/Toronto").unwrap();
        // From half past eleven to half past midnight.
        let set_forward: Timestamp = "1919-03-31T04:30Z".parse().unwrap();
        let begins = toronto.beginning(date(1919, 3, 31));
        assert_eq!(begins, Some(set_forward.as_second()));
    }

    #[test]
    fn what_cannot_be_computed_is_none() {
        let days = Days {
            by: CalendarPeriod::Month,
            anchor: 31,
        };
        assert_eq!(days.after(Date::MAX), None);
        assert_eq!(days.before(Date::MIN), None);
    }
}
