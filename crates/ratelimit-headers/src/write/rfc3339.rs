//! Moments as RFC 3339 writes them: `2025-10-19T00:15:00Z`. Anthropic's resets are written so.

use super::{digits, time};
use bytes::BytesMut;
use std::time::Duration;

/// The last second of the year 9999: the form has four digits for a year.
pub(super) const LATEST: u64 = 253_402_300_799;

const DAY: u64 = 86_400;

const LENGTH: usize = "2025-10-19T00:15:00Z".len();

/// A moment in UTC as RFC 3339 has it: `2026-03-02T12:00:00Z`.
///
/// `unix` is the time since the epoch, rounded up to whole seconds: who waits until then has waited enough. What is after
/// the year 9999 is written as its last second.
///
/// ```
/// use std::time::Duration;
///
/// let moment = Duration::from_millis(1_772_452_799_001);
/// assert_eq!(ratelimit_headers::rfc3339(moment), "2026-03-02T12:00:00Z");
/// ```
#[must_use]
pub fn rfc3339(unix: Duration) -> String {
    let mut text = BytesMut::with_capacity(LENGTH);
    push(&mut text, time::seconds_up(unix));
    text.iter().copied().map(char::from).collect()
}

/// Appends a moment in epoch seconds, at most [`LATEST`].
pub(super) fn push(text: &mut BytesMut, moment: u64) {
    let moment = moment.min(LATEST);
    let (year, month, day) = date(moment / DAY);
    let second = moment % DAY;
    digits::push_padded(text, year, 4);
    for (separator, number) in [
        (b"-", month),
        (b"-", day),
        (b"T", second / 3600),
        (b":", second / 60 % 60),
        (b":", second % 60),
    ] {
        text.extend_from_slice(separator);
        digits::push_padded(text, number, 2);
    }
    text.extend_from_slice(b"Z");
}

/// Year, month and day of a day since 1970-01-01, in the Gregorian calendar.
///
/// Years are counted from March, so that a leap day is the last of its year, and in eras of 400 years, each of which has
/// 146,097 days.
const fn date(day: u64) -> (u64, u64, u64) {
    let day = day + 719_468; // since 0000-03-01
    let (era, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153; // from March
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    (era * 400 + year + next, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(moment: u64) -> String {
        let mut text = BytesMut::new();
        push(&mut text, moment);
        String::from_utf8(text.to_vec()).unwrap()
    }

    #[test]
    fn moments_are_written_in_utc() {
        assert_eq!(written(0), "1970-01-01T00:00:00Z");
        assert_eq!(written(951_827_696), "2000-02-29T12:34:56Z");
        assert_eq!(written(1_760_832_900), "2025-10-19T00:15:00Z");
        assert_eq!(written(4_107_542_399), "2100-02-28T23:59:59Z");
        assert_eq!(written(u64::MAX), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn every_day_is_the_one_after_the_day_before() {
        let (mut year, mut month, mut day) = (1970, 1, 0);
        for number in 0..=LATEST / DAY {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 => 28 + u64::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            day += 1;
            if day > length {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
            assert_eq!(date(number), (year, month, day));
        }
    }
}
