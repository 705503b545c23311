//! Moments of RFC 3339, and what ISO 8601 allows beside them.
//!
//! `2026-03-02T12:00:00Z`; with a space for the `T`, without seconds, with a fraction of any length, with an offset
//! (`+01:00`, `+0100`, `+01`). Without one it is UTC: a server that states local time does not know its reader's.

use super::calendar::{Day, four, second_of_day, two};
use super::number::{Number, SECOND};
use std::time::Duration;

/// The time since the epoch, rounded up to the nanosecond; zero for a moment before it.
pub(super) fn parse(text: &[u8]) -> Option<Duration> {
    let (date, rest) = text.split_first_chunk()?;
    let [b'T' | b't' | b' ', time @ ..] = rest else {
        return None;
    };
    let (second, fraction, zone) = time_of_day(time)?;
    let moment = day(*date)?.at(second, ahead(zone)?);
    moment.checked_add(fraction)
}

/// `2026-03-02`
fn day(date: [u8; 10]) -> Option<Day> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = date else {
        return None;
    };
    Day::new(four([y1, y2, y3, y4])?, two([m1, m2])?, two([d1, d2])?)
}

/// `12:00`, `12:00:59` or `12:00:59.5`, and what comes behind it.
fn time_of_day(time: &[u8]) -> Option<(u64, Duration, &[u8])> {
    let (minute, rest) = time.split_first_chunk::<5>()?;
    let [b':', seconds @ ..] = rest else {
        let mut time = *b"hh:mm:00";
        time[..5].copy_from_slice(minute);
        return Some((second_of_day(&time)?, Duration::ZERO, rest));
    };
    let second = second_of_day(time.first_chunk::<8>()?)?;
    let has_third_digit = seconds.get(2).is_some_and(u8::is_ascii_digit);
    let (seconds, zone) = Number::parse_first(seconds)?;
    let fraction = Duration::from_nanos(seconds.fraction_of(SECOND));
    (!has_third_digit).then_some((second, fraction, zone))
}

/// How many seconds the local time is ahead.
fn ahead(zone: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match *zone {
        [] | [b'Z' | b'z'] => return Some(0),
        [sign, h1, h2] => (sign, [h1, h2], *b"00"),
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
