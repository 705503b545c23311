//! When something happens, by the clock of the server.
//!
//! A head may have been saved an hour ago, and clocks differ. So what is "in 12 s" is counted from the response's own
//! `Date`, and from now only where it has none.

use std::time::Duration;

use http::HeaderMap;
use jiff::{SignedDuration, Timestamp, Unit};
use ratelimit_headers::read_date;

/// How far `Date` may be from now before it is worth a word.
const NOTEWORTHY: Duration = Duration::from_secs(60);

pub(super) struct Moments {
    /// What times are counted from.
    origin: Timestamp,
    now: Timestamp,
}

impl Moments {
    pub(super) fn of(headers: &HeaderMap, now: Timestamp) -> Self {
        let date = read_date(headers, now.into());
        let date = date.and_then(|date| Timestamp::try_from(date).ok());
        Self {
            origin: date.unwrap_or(now),
            now,
        }
    }

    /// `12:00:12 UTC`, with the date if it is another day than now; `None` if no calendar goes so far, or if it is so
    /// soon that seconds cannot tell.
    pub(super) fn at(&self, after: Duration) -> Option<String> {
        let is_near = after < Duration::from_secs(1);
        if is_near { None } else { self.clock(after) }
    }

    fn clock(&self, after: Duration) -> Option<String> {
        let after = SignedDuration::try_from(after).ok()?;
        let moment = self.origin.checked_add(after).ok()?;
        let up = jiff::TimestampRound::new()
            .smallest(Unit::Second)
            .mode(jiff::RoundMode::Ceil);
        let moment = moment.round(up).ok()?;
        let day = |moment: Timestamp| moment.strftime("%F").to_string();
        let format = if day(moment) == day(self.now) {
            "%T UTC"
        } else {
            "%F %T UTC"
        };
        Some(moment.strftime(format).to_string())
    }

    /// How long before now the response was made, if that is more than a moment ago, or how long after.
    pub(super) fn age(&self) -> Option<(Duration, &'static str)> {
        let age = self.now.duration_since(self.origin);
        let is_past = !age.is_negative();
        let age = age.unsigned_abs();
        let direction = if is_past { "before" } else { "after" };
        (age >= NOTEWORTHY).then_some((age, direction))
    }

    /// The moment that times are counted from.
    pub(super) fn origin(&self) -> Option<String> {
        self.clock(Duration::ZERO)
    }
}
