//! Durations as Go prints them (`6m0s`, `7.66s`, `370ms`), and windows (`60`, `1s`, `1d`).

use super::number::{MILLI, Number, SECOND};
use std::time::Duration;

const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The units of Go's `time.Duration`. Longer ones stand before those that they begin with.
const UNITS: [(&str, u64); 8] = [
    ("ms", MILLI),
    ("h", HOUR),
    ("m", MINUTE),
    ("s", SECOND),
    ("us", 1_000),
    // There are two signs that look like this.
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ns", 1),
];

/// Numbers with a unit each, in any order; without a sign.
pub(super) fn parse(text: &[u8]) -> Option<Duration> {
    let (mut total, mut rest) = (Duration::ZERO, text);
    while !rest.is_empty() {
        let (number, behind) = Number::parse_first(rest)?;
        let (unit, behind) = UNITS
            .iter()
            .find_map(|(name, unit)| Some((*unit, behind.strip_prefix(name.as_bytes())?)))?;
        total = total.checked_add(number.times(unit)?)?;
        rest = behind;
    }
    (!text.is_empty()).then_some(total)
}

/// Seconds, or a number with `s`, `m`, `h` or `d`; in whole seconds, rounded up, and not zero.
pub(super) fn window(text: &[u8]) -> Option<Duration> {
    match Number::parse(text) {
        Some(seconds) => whole_seconds(seconds.seconds()?),
        None => period(text),
    }
}

/// As [`window`], but never without a unit.
pub(super) fn period(text: &[u8]) -> Option<Duration> {
    let (number, unit) = Number::parse_first(text)?;
    let unit = match unit {
        b"s" => SECOND,
        b"m" => MINUTE,
        b"h" => HOUR,
        b"d" => DAY,
        _ => return None,
    };
    whole_seconds(number.times(unit)?)
}

/// Rounded up; a window of 0 says nothing.
pub(super) fn whole_seconds(time: Duration) -> Option<Duration> {
    let seconds = time
        .as_secs()
        .checked_add((time.subsec_nanos() > 0).into())?;
    (seconds > 0).then_some(Duration::from_secs(seconds))
}
