//! Moments of RFC 3339, and what ISO 8601 allows beside them.
//!
//! `2026-03-02T12:00:00Z`; with a space for the `T`, without seconds, with a fraction of any length, with an offset
//! (`+01:00`, `+0100`, `+01`). Without one it is UTC: a server that states local time does not know its reader's.
//! Dates that do not exist are not repaired.

use super::number::{Number, SECOND};
use std::time::Duration;

const DAYS_BEFORE_MONTH: [u64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_OF_MONTH: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/// From the first of January of the year 0 to the epoch.
const DAYS_TO_EPOCH: u64 = 719_528;

/// The time since the epoch; zero for a moment before it.
pub(super) fn parse(text: &[u8]) -> Option<Duration> {
    let (date, rest) = text.split_at_checked(10)?;
    let (b'T' | b't' | b' ', time) = rest.split_first().map(|(first, rest)| (*first, rest))? else {
        return None;
    };
    let days = days(date)?;
    let (seconds, nanos, zone) = time_of_day(time)?;
    let since_year_0 = i128::from(days) * 86_400 + i128::from(seconds) - i128::from(offset(zone)?);
    let seconds = since_year_0 - i128::from(DAYS_TO_EPOCH) * 86_400;
    if seconds < 0 {
        return Some(Duration::ZERO);
    }
    Duration::from_secs(u64::try_from(seconds).ok()?).checked_add(nanos)
}

/// `2026-03-02` as days since the first of January of the year 0.
fn days(date: &[u8]) -> Option<u64> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *date else {
        return None;
    };
    let year = 100 * two([y1, y2])? + two([y3, y4])?;
    let (month, day) = (two([m1, m2])?, two([d1, d2])?);
    let index = usize::try_from(month.checked_sub(1)?).ok()?;
    let leap_day = u64::from(is_leap(year));
    let last = DAYS_OF_MONTH.get(index)? + if month == 2 { leap_day } else { 0 };
    if !(1..=last).contains(&day) {
        return None;
    }
    let leap_days = match year.checked_sub(1) {
        // The year 0 itself is one of them.
        Some(before) => before / 4 - before / 100 + before / 400 + 1,
        None => 0,
    };
    let this_year = DAYS_BEFORE_MONTH.get(index)? + if month > 2 { leap_day } else { 0 };
    Some(year * 365 + leap_days + this_year + day - 1)
}

const fn is_leap(year: u64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// `12:00:59.5` as seconds and a fraction, and what comes behind it.
fn time_of_day(time: &[u8]) -> Option<(u64, Duration, &[u8])> {
    let [h1, h2, b':', m1, m2, rest @ ..] = time else {
        return None;
    };
    let (hours, minutes) = (two([*h1, *h2])?, two([*m1, *m2])?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let whole = (hours * 60 + minutes) * 60;
    let [b':', rest @ ..] = rest else {
        return Some((whole, Duration::ZERO, rest));
    };
    two(*rest.first_chunk()?)?;
    let (seconds, zone) = Number::parse_first(rest)?;
    let digits = rest.iter().position(|byte| !byte.is_ascii_digit());
    // RFC 3339 has leap seconds.
    if seconds.whole() > 60 || digits.unwrap_or(rest.len()) != 2 {
        return None;
    }
    let time = seconds.times(SECOND)?;
    let fraction = Duration::from_nanos(time.subsec_nanos().into());
    Some((whole + time.as_secs(), fraction, zone))
}

/// How many seconds the local time is ahead.
fn offset(zone: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match *zone {
        [] | [b'Z' | b'z'] => return Some(0),
        [sign, h1, h2] => (sign, [h1, h2], [b'0', b'0']),
        [sign, h1, h2, b':', m1, m2] | [sign, h1, h2, m1, m2] => (sign, [h1, h2], [m1, m2]),
        _ => return None,
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    let ahead = i64::try_from((hours * 60 + minutes) * 60).ok()?;
    match sign {
        _ if hours > 23 || minutes > 59 => None,
        b'+' => Some(ahead),
        b'-' => Some(-ahead),
        _ => None,
    }
}

fn two(digits: [u8; 2]) -> Option<u64> {
    let [tens, ones] = digits.map(|digit| char::from(digit).to_digit(10));
    Some(u64::from(10 * tens? + ones?))
}
