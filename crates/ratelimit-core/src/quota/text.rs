//! A quota as text: `60/1m`, `100/1m;burst=120`, `7/500ms`; and as people write it, `60/min`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::error::ParseKind;
use super::{DAY, MILLI, ParseQuotaError, Quota, SECOND};

/// Longest first, so that a whole number of days is printed in days.
const UNITS: [(&str, u64); 5] = [
    ("d", DAY),
    ("h", 3_600 * SECOND),
    ("m", 60 * SECOND),
    ("s", SECOND),
    ("ms", MILLI),
];

/// What people write for them, in one or in many.
const WORDS: [(&str, &str); 7] = [
    ("sec", "s"),
    ("second", "s"),
    ("min", "m"),
    ("minute", "m"),
    ("hr", "h"),
    ("hour", "h"),
    ("day", "d"),
];

impl fmt::Display for Quota {
    /// Prints what [`FromStr`] reads. A window that is not a whole number of milliseconds is
    /// printed in nanoseconds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, size) = UNITS
            .into_iter()
            .find(|(_, size)| self.window % size == 0)
            .unwrap_or(("ns", 1));
        write!(f, "{}/{}{unit}", self.limit, self.window / size)?;
        if self.burst != self.limit {
            write!(f, ";burst={}", self.burst)?;
        }
        Ok(())
    }
}

impl FromStr for Quota {
    type Err = ParseQuotaError;

    /// Reads `LIMIT/WINDOW[;burst=BURST]`; the window is a number and a unit (`ns`, `ms`, `s`, `m`,
    /// `h`, `d`), and a bare unit means one of it (`60/m`). A unit may be a word as well: `sec`, `second`, `min`,
    /// `minute`, `hr`, `hour` or `day`, also with an `s` (`60/min`, `5/10seconds`). A day is 24 hours.
    fn from_str(text: &str) -> Result<Self, ParseQuotaError> {
        let err = |at, kind| ParseQuotaError { at, kind };
        let (limit, rest) = number(text);
        let limit = limit.ok_or(err(0, ParseKind::Limit))?;
        let at = text.len() - rest.len();
        let rest = rest.strip_prefix('/').ok_or(err(at, ParseKind::Slash))?;
        let (window, rest) = match rest.split_once(';') {
            Some((window, rest)) => (window, Some(rest)),
            None => (rest, None),
        };
        let window_at = at + 1;
        let quota = Self::new(limit, parse_window(window, window_at)?)
            .map_err(|e| err(window_at, ParseKind::Quota(e)))?;
        let Some(rest) = rest else { return Ok(quota) };
        let burst_at = window_at + window.len() + 1;
        let Some((Some(burst), "")) = rest.strip_prefix("burst=").map(number) else {
            return Err(err(burst_at, ParseKind::Burst));
        };
        quota
            .try_burst(burst)
            .map_err(|e| err(burst_at, ParseKind::Quota(e)))
    }
}

fn parse_window(text: &str, at: usize) -> Result<Duration, ParseQuotaError> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (count, unit) = text.split_at(digits);
    let size = size_of(unit).ok_or(ParseQuotaError {
        at: at + digits,
        kind: ParseKind::Unit,
    })?;
    let count = if count.is_empty() {
        Some(1)
    } else {
        count.parse::<u64>().ok()
    };
    count
        .and_then(|count| count.checked_mul(size))
        .map(Duration::from_nanos)
        .ok_or(ParseQuotaError {
            at,
            kind: ParseKind::Window,
        })
}

/// The nanoseconds of a unit.
fn size_of(unit: &str) -> Option<u64> {
    let one = unit.strip_suffix('s').unwrap_or(unit);
    let word = WORDS.into_iter().find(|(word, _)| *word == one);
    let unit = word.map_or(unit, |(_, short)| short);
    let mut units = UNITS.into_iter().chain([("ns", 1)]);
    units.find(|(name, _)| *name == unit).map(|(_, size)| size)
}

/// The number at the beginning of `text`, and what follows it.
fn number(text: &str) -> (Option<u32>, &str) {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    (text[..text.len() - rest.len()].parse().ok(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(text: &str, limit: u32, window_ms: u64, burst: u32) {
        let quota: Quota = text.parse().unwrap();
        assert_eq!(quota.limit(), limit);
        assert_eq!(quota.window(), Duration::from_millis(window_ms));
        assert_eq!(quota.burst_size(), burst);
        assert_eq!(quota.to_string().parse(), Ok(quota));
    }

    #[track_caller]
    fn refuses(text: &str, position: usize) {
        let error = text.parse::<Quota>().unwrap_err();
        assert_eq!(error.position(), position, "{error}");
    }

    #[test]
    fn texts_are_read_and_printed_the_same() {
        reads("60/1m", 60, 60_000, 60);
        reads("60/m", 60, 60_000, 60);
        reads("100/1m;burst=120", 100, 60_000, 120);
        reads("7/500ms;burst=1", 7, 500, 1);
        reads("10000/1d", 10_000, 86_400_000, 10_000);
        reads("1/2s", 1, 2_000, 1);
        reads("4294967295/1ms", u32::MAX, 1, u32::MAX);
        let odd = Quota::new(3, Duration::from_nanos(1_000_001)).unwrap();
        assert_eq!(odd.to_string(), "3/1000001ns");
        assert_eq!("3/1000001ns".parse(), Ok(odd));
    }

    #[test]
    fn units_may_be_words() {
        for minute in ["min", "mins", "minute", "minutes", "1min", "1minute"] {
            reads(&format!("60/{minute}"), 60, 60_000, 60);
        }
        for second in ["s", "sec", "secs", "second", "seconds"] {
            reads(&format!("10/{second}"), 10, 1_000, 10);
        }
        for hour in ["h", "hr", "hrs", "hour", "hours"] {
            reads(&format!("1000/{hour};burst=5"), 1_000, 3_600_000, 5);
        }
        reads("5000/day", 5_000, 86_400_000, 5_000);
        reads("5/10seconds", 5, 10_000, 5);
        reads("5/2days", 5, 2 * 86_400_000, 5);
        for wrong in [
            "mn", "mi", "minuts", "minutess", "ss", "Min", "month", "week", "dayss",
        ] {
            refuses(&format!("60/{wrong}"), 3);
        }
        let error = "60/2minuts".parse::<Quota>().unwrap_err().to_string();
        assert_eq!(
            error,
            "expected a unit: ms, s, m, h or d, or as a word second, minute, hour or day at byte 4, as in `60/1m` or `60/min`"
        );
    }

    #[test]
    fn errors_point_at_the_place() {
        refuses("", 0);
        refuses("x/1m", 0);
        refuses("0/1m", 2);
        refuses("4294967296/1m", 0);
        refuses("60", 2);
        refuses("60 /1m", 2);
        refuses("60/1", 4);
        refuses("60/1y", 4);
        refuses("60/1é", 4);
        refuses("60/99999999999999999999d", 3);
        refuses("60/367d", 3);
        refuses("60/1m;burst=", 6);
        refuses("60/1m;burst=0", 6);
        refuses("60/1m;b=1", 6);
        refuses("60/1m ;burst=2", 4);
    }
}
