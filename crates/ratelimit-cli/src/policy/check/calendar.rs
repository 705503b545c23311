//! Quotas by the calendar: `1000/month` and `100/day`, in a time zone.
//!
//! `1d` is 24 hours from whenever, `day` is a day of the calendar. Where such a day begins depends on
//! the place, so there is no zone that could be meant by leaving it out.

use ratelimit_core::{Calendar, CalendarError, CalendarPeriod, Policy};
use toml::Spanned;

use super::super::file::{self, Word};
use super::Checker;

/// What a quota is per, and how long that is.
const PERIODS: [(&str, CalendarPeriod); 2] = [
    ("month", CalendarPeriod::Month),
    ("day", CalendarPeriod::Day),
];

/// The limit of a quota by the calendar as it is written, and its period; `None` for any other quota.
pub(super) fn split(quota: &str) -> Option<(&str, CalendarPeriod)> {
    let (limit, per) = quota.split_once('/')?;
    // What follows a period is found to be wrong when the rest is read.
    let per = per.split(';').next().unwrap_or_default();
    let (_, period) = PERIODS.into_iter().find(|(name, _)| *name == per)?;
    Some((limit, period))
}

impl Checker<'_> {
    pub(super) fn by_calendar(
        &mut self,
        raw: &file::Policy,
        quota: &Word,
        (limit, period): (&str, CalendarPeriod),
    ) -> Option<Policy> {
        if let Some(algorithm) = &raw.algorithm {
            let message = "a quota by the calendar has no algorithm";
            self.wrong(algorithm.span().start, message, "leave `algorithm` out");
        }
        if let Some(at) = quota.get_ref().find(';') {
            let at = self.inside(&quota.span(), quota.get_ref(), at);
            let message = "a quota by the calendar has no burst";
            self.wrong(at, message, "leave what follows the period out");
        }
        let number = limit.parse().ok().filter(|limit: &u32| *limit > 0);
        if number.is_none() {
            let message = "expected a limit between 1 and 4294967295";
            self.wrong(quota.span().start, message, "write it as in `1000/month`");
        }
        let calendar = self.calendar(raw, quota, period)?;
        Some(Policy::calendar(
            raw.name.get_ref().clone(),
            number?,
            calendar,
        ))
    }

    fn calendar(
        &mut self,
        raw: &file::Policy,
        quota: &Word,
        period: CalendarPeriod,
    ) -> Option<Calendar> {
        let Some(zone) = &raw.zone else {
            let name = PERIODS.iter().find(|(_, known)| *known == period);
            let name = name.map_or("period", |(name, _)| name);
            let message =
                format!("a quota by the {name} needs a time zone: where does a {name} begin?");
            let mut hint =
                "write `zone = \"UTC\"`, or a name such as `zone = \"Europe/Berlin\"`".to_owned();
            if period == CalendarPeriod::Day {
                hint += "; 24 hours from whenever are `1d`";
            }
            self.wrong(quota.span().start, message, hint);
            return None;
        };
        let calendar = match period {
            CalendarPeriod::Day => Calendar::daily(zone.get_ref()),
            _ => Calendar::monthly(zone.get_ref()),
        };
        let calendar = match calendar {
            Ok(calendar) => calendar,
            Err(error) => {
                let hint = "names are those of the IANA, such as `UTC` or `Europe/Berlin`";
                self.wrong(zone.span().start, error.to_string(), hint);
                return None;
            }
        };
        match &raw.anchor {
            Some(anchor) => self.anchored(calendar, anchor),
            None => Some(calendar),
        }
    }

    fn anchored(&mut self, calendar: Calendar, anchor: &Spanned<i64>) -> Option<Calendar> {
        let day = u8::try_from(*anchor.get_ref()).unwrap_or_default();
        let hint = match calendar.anchored_on(day) {
            Ok(calendar) => return Some(calendar),
            Err(CalendarError::NotMonths) => "leave `anchor` out, or write `/month`",
            Err(_) => "a month begins on a day from 1 to 31; in a shorter month it is the last day",
        };
        let message = "this is no day for the period to begin on";
        self.wrong(anchor.span().start, message, hint);
        None
    }

    /// That what is said of calendars is not said of anything else.
    pub(super) fn no_calendar(&mut self, raw: &file::Policy) {
        let zone = raw.zone.as_ref().map(|zone| (zone.span().start, "zone"));
        let anchor = raw
            .anchor
            .as_ref()
            .map(|anchor| (anchor.span().start, "anchor"));
        for (at, field) in [zone, anchor].into_iter().flatten() {
            let message = format!("only quotas by the calendar have `{field}`");
            let hint = "write the quota as in `1000/month` or `100/day` (`1d` is 24 hours), or leave it out";
            self.wrong(at, message, hint);
        }
    }
}
