//! HTTP-dates, in all three forms (RFC 9110, section 5.6.7).
//!
//! What is read here on every response is its `Date`, so there are no detours. The weekday must be one; whether it is
//! the right one is not asked, for then the day would still be the only thing that is meant.

use super::calendar::{Day, four, second_of_day, two};
use std::time::Duration;

const WEEKDAYS: [&[u8]; 7] = [
    b"Monday",
    b"Tuesday",
    b"Wednesday",
    b"Thursday",
    b"Friday",
    b"Saturday",
    b"Sunday",
];

const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// The time since the epoch; zero for a moment before it. The day of reading, `now`, says which century a year of two
/// digits is in.
pub(super) fn parse(text: &[u8], now: Duration) -> Option<Duration> {
    let (day, time) = match text.get(3)? {
        b',' => imf_fixdate(text)?,
        b' ' => asctime(text)?,
        _ => rfc850(text, now)?,
    };
    Some(day.at(second_of_day(time)?, 0))
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn imf_fixdate(text: &[u8]) -> Option<(Day, &[u8])> {
    let (date, time) = text.split_first_chunk::<17>()?;
    let [
        weekday @ ..,
        b',',
        b' ',
        d1,
        d2,
        b' ',
        m1,
        m2,
        m3,
        b' ',
        y1,
        y2,
        y3,
        y4,
        b' ',
    ] = date
    else {
        return None;
    };
    is_weekday(weekday)?;
    let year = four([*y1, *y2, *y3, *y4])?;
    let day = Day::new(year, month([*m1, *m2, *m3])?, two([*d1, *d2])?)?;
    Some((day, time.strip_suffix(b" GMT")?))
}

/// `Sun Nov  6 08:49:37 1994`
fn asctime(text: &[u8]) -> Option<(Day, &[u8])> {
    let (date, time) = text.split_first_chunk::<11>()?;
    let [weekday @ .., b' ', m1, m2, m3, b' ', d1, d2, b' '] = date else {
        return None;
    };
    is_weekday(weekday)?;
    let (time, year) = time.split_last_chunk()?;
    let tens = if *d1 == b' ' { b'0' } else { *d1 };
    let day = Day::new(four(*year)?, month([*m1, *m2, *m3])?, two([tens, *d2])?)?;
    Some((day, time.strip_suffix(b" ")?))
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`
fn rfc850(text: &[u8], now: Duration) -> Option<(Day, &[u8])> {
    let comma = text.iter().position(|byte| *byte == b',')?;
    let (weekday, rest) = text.split_at(comma);
    let (date, time) = rest.split_first_chunk()?;
    let [b',', b' ', d1, d2, b'-', m1, m2, m3, b'-', y1, y2, b' '] = *date else {
        return None;
    };
    if !WEEKDAYS.contains(&weekday) {
        return None;
    }
    let year = full_year(two([y1, y2])?, now);
    let day = Day::new(year, month([m1, m2, m3])?, two([d1, d2])?)?;
    Some((day, time.strip_suffix(b" GMT")?))
}

/// The latest year with these last digits that is at most 50 years ahead: "a timestamp that appears to be more than 50
/// years in the future" is in the past.
fn full_year(digits: u64, now: Duration) -> u64 {
    const MEAN_YEAR: u64 = 31_556_952;
    let latest = 1970 + now.as_secs() / MEAN_YEAR + 50;
    latest - (latest + 100 - digits) % 100
}

fn is_weekday(short: &[u8]) -> Option<()> {
    let is_one = WEEKDAYS.iter().any(|weekday| weekday[..3] == *short);
    is_one.then_some(())
}

fn month(name: [u8; 3]) -> Option<u64> {
    let index = MONTHS.iter().position(|month| **month == name)?;
    u64::try_from(index + 1).ok()
}
