//! Days and moments of the Gregorian calendar, as far as headers need them.
//!
//! A date that does not exist is not repaired: the thirtieth of February says nothing.

use std::time::Duration;

const DAYS_BEFORE_MONTH: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_OF_MONTH: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/// From the first day of the year 0 to the epoch.
const EPOCH: u64 = 719_528;

/// A day, counted from the first of the year 0. Of a year of four digits, so that sums with it never overflow.
#[derive(Clone, Copy)]
pub(super) struct Day(u64);

impl Day {
    pub(super) fn new(year: u64, month: u64, day: u64) -> Option<Self> {
        let index = usize::try_from(month.checked_sub(1)?).ok()?;
        let leap_day = u64::from(is_leap(year));
        let last = DAYS_OF_MONTH.get(index)? + if month == 2 { leap_day } else { 0 };
        if year > 9999 || !(1..=last).contains(&day) {
            return None;
        }
        let leap_days = match year.checked_sub(1) {
            // The year 0 is a leap year too.
            Some(before) => before / 4 - before / 100 + before / 400 + 1,
            None => 0,
        };
        let before_month = DAYS_BEFORE_MONTH.get(index)? + if month > 2 { leap_day } else { 0 };
        Some(Day(year * 365 + leap_days + before_month + day - 1))
    }

    /// The moment at this second of the day, in the time of a place that is so many seconds ahead of UTC. What is before
    /// the epoch is the epoch: it is past, whoever asks.
    pub(super) fn at(self, second: u64, ahead: i64) -> Duration {
        let seconds = (self.0 * 86_400 + second).checked_add_signed(-ahead);
        let seconds = seconds.unwrap_or_default().saturating_sub(EPOCH * 86_400);
        Duration::from_secs(seconds)
    }
}

const fn is_leap(year: u64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// The second of the day at `12:00:59`; the last minute may have a leap second, as may any (RFC 3339, section 5.6).
pub(super) fn second_of_day(time: &[u8]) -> Option<u64> {
    let [h1, h2, b':', m1, m2, b':', s1, s2] = *time else {
        return None;
    };
    let (hour, minute, second) = (two([h1, h2])?, two([m1, m2])?, two([s1, s2])?);
    let exists = hour < 24 && minute < 60 && second <= 60;
    exists.then_some((hour * 60 + minute) * 60 + second)
}

pub(super) fn four([y1, y2, y3, y4]: [u8; 4]) -> Option<u64> {
    Some(100 * two([y1, y2])? + two([y3, y4])?)
}

pub(super) fn two(digits: [u8; 2]) -> Option<u64> {
    let [tens, ones] = digits.map(|digit| u64::from(digit.wrapping_sub(b'0')));
    (tens < 10 && ones < 10).then_some(10 * tens + ones)
}
