//! The date of RFC 850, with a year of two digits: `Sunday, 06-Nov-94 08:49:37 GMT`.
//!
//! Which century is meant depends on the day of reading: "a timestamp that appears to be more than 50 years in the
//! future" is in the past (RFC 9110, section 5.6.7). `httpdate` draws the line at 1970 for ever, so the year is written
//! out here and the rest left to `httpdate`.

use std::time::Duration;

const DAYS: [&[u8]; 7] = [
    b"Monday",
    b"Tuesday",
    b"Wednesday",
    b"Thursday",
    b"Friday",
    b"Saturday",
    b"Sunday",
];

/// The same date as `Sun, 06 Nov 1994 08:49:37 GMT`; `None` if it does not look like an RFC 850 date.
pub(super) fn to_imf_fixdate(text: &[u8], now: Duration) -> Option<[u8; 29]> {
    let comma = text.iter().position(|byte| *byte == b',')?;
    let (weekday, rest) = text.split_at(comma);
    // `, dd-Mon-yy hh:mm:ss GMT`
    let rest: &[u8; 24] = rest.try_into().ok()?;
    if !DAYS.contains(&weekday) || rest[4] != b'-' || rest[8] != b'-' {
        return None;
    }
    let year = full_year([rest[9], rest[10]], now)?;

    let mut date = *b"Sun, 06 Nov 1994 08:49:37 GMT";
    date[..3].copy_from_slice(&weekday[..3]);
    date[5..7].copy_from_slice(&rest[2..4]);
    date[8..11].copy_from_slice(&rest[5..8]);
    date[12..16].copy_from_slice(&year);
    date[16..].copy_from_slice(&rest[11..]);
    Some(date)
}

/// The latest year with these last digits that is at most 50 years ahead.
fn full_year(digits: [u8; 2], now: Duration) -> Option<[u8; 4]> {
    const MEAN_YEAR: u64 = 31_556_952;
    let latest = 1970 + now.as_secs() / MEAN_YEAR + 50;
    let [tens, ones] = digits.map(|digit| u64::from(digit.wrapping_sub(b'0')));
    if tens > 9 || ones > 9 {
        return None;
    }
    let year = latest - (latest + 100 - (10 * tens + ones)) % 100;
    let digit = |place: u64| u8::try_from(year / place % 10).map(|digit| digit + b'0');
    let digits = [digit(1000), digit(100), digit(10), digit(1)].map(|d| d.unwrap_or(b'?'));
    (year < 10_000).then_some(digits)
}
