//! Moments in time, and how long it is until then.
//!
//! A moment on the wire is of the server's clock, so it is measured from the server's own `Date` where there is one:
//! a client that runs ten minutes late would otherwise wait ten minutes too long. A moment that is past is a wait of
//! zero, whatever the clocks: subtraction saturates.

use super::number::Number;
use super::row::ResetUnit;
use super::{duration, field, http_date, iso8601};
use http::HeaderMap;
use http::header::DATE;
use std::time::{Duration, SystemTime};

/// From here on a number cannot be a delay in seconds (that would be 31 years): it is a moment in epoch seconds.
const EPOCH_SECONDS: u64 = 1_000_000_000;
/// From here on (the year 5138 in seconds) it is a moment in epoch milliseconds.
const EPOCH_MILLIS: u64 = 100_000_000_000;
/// From here on (the year 5138 in milliseconds) it is nothing we know.
const TOO_LARGE: u64 = 100_000_000_000_000;

/// When something is, as it was stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stated {
    /// How long it is until then.
    pub(crate) after: Duration,
    /// The moment, since the Unix epoch, where it was a moment that was stated.
    pub(crate) at: Option<Duration>,
}

/// The response whose moments are read, and when.
#[derive(Clone, Copy)]
pub(crate) struct Moments<'h> {
    headers: &'h HeaderMap,
    now: SystemTime,
}

impl<'h> Moments<'h> {
    pub(crate) const fn new(headers: &'h HeaderMap, now: SystemTime) -> Self {
        Moments { headers, now }
    }

    /// A delay or a moment, told apart by size and shape: one field name has meant all of them.
    pub(super) fn reset(&self, text: &[u8], unit: ResetUnit) -> Option<Stated> {
        match Number::parse(text) {
            Some(number) => self.number(&number, unit),
            None => duration::parse(text)
                .and_then(Stated::after)
                .or_else(|| self.until(iso8601::parse(text)?))
                .or_else(|| self.http_date(text)),
        }
    }

    /// A delay in seconds, of any size, or a duration; never a moment.
    pub(super) fn delay(text: &[u8]) -> Option<Duration> {
        let delay = match Number::parse(text) {
            Some(number) => number.seconds(),
            None => duration::parse(text),
        };
        delay.and_then(up_to_millis)
    }

    /// A delay in seconds, of any size, or an HTTP-date.
    pub(super) fn delay_or_date(&self, text: &[u8]) -> Option<Duration> {
        match Number::parse(text) {
            Some(number) => up_to_millis(number.seconds()?),
            None => Some(self.http_date(text)?.after),
        }
    }

    /// A whole number as [`ResetUnit::BySize`] has it.
    pub(super) fn by_size(&self, number: u64) -> Option<Stated> {
        match number {
            0..EPOCH_SECONDS => Stated::after(Duration::from_secs(number)),
            EPOCH_SECONDS..EPOCH_MILLIS => self.until(Duration::from_secs(number)),
            EPOCH_MILLIS..TOO_LARGE => self.until(Duration::from_millis(number)),
            _ => None,
        }
    }

    fn number(&self, number: &Number<'_>, unit: ResetUnit) -> Option<Stated> {
        match (unit, number.whole()) {
            (ResetUnit::Seconds, _) | (ResetUnit::BySize, 0..EPOCH_SECONDS) => {
                Stated::after(number.seconds()?)
            }
            (ResetUnit::Millis, _) => Stated::after(number.millis()?),
            (ResetUnit::EpochSeconds, _) | (ResetUnit::BySize, EPOCH_SECONDS..EPOCH_MILLIS) => {
                self.until(number.seconds()?)
            }
            (ResetUnit::EpochMillis, _) | (ResetUnit::BySize, EPOCH_MILLIS..TOO_LARGE) => {
                self.until(number.millis()?)
            }
            (ResetUnit::BySize, _) => None,
        }
    }

    fn http_date(&self, text: &[u8]) -> Option<Stated> {
        self.until(http_date::parse(text, since_epoch(self.now))?)
    }

    fn until(&self, moment: Duration) -> Option<Stated> {
        let after = up_to_millis(moment.saturating_sub(self.reference()))?;
        let at = Some(moment);
        Some(Stated { after, at })
    }

    /// Draft -10, section 5: a client may use `Date` to refine the reset.
    fn reference(&self) -> Duration {
        self.date().unwrap_or_else(|| since_epoch(self.now))
    }

    fn date(&self) -> Option<Duration> {
        let date = field::single(self.headers, &DATE)?;
        http_date::parse(date, since_epoch(self.now))
    }
}

impl Stated {
    fn after(delay: Duration) -> Option<Self> {
        let after = up_to_millis(delay)?;
        Some(Stated { after, at: None })
    }
}

/// The response's own `Date` (RFC 9110, section 6.6.1), which moments in its other fields are measured from: an HTTP-date
/// in any of the three forms, at most once. Two different ones are none.
///
/// `now` is the moment of reading. It tells which century a year of two digits is in.
///
/// ```
/// use http::{HeaderMap, HeaderValue};
/// use std::time::{Duration, SystemTime};
///
/// let mut headers = HeaderMap::new();
/// headers.insert("date", HeaderValue::from_static("Thu, 01 Jan 1970 00:01:00 GMT"));
/// let date = ratelimit_headers::read_date(&headers, SystemTime::UNIX_EPOCH);
/// assert_eq!(date, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(60)));
/// ```
#[must_use]
pub fn read_date(headers: &HeaderMap, now: SystemTime) -> Option<SystemTime> {
    SystemTime::UNIX_EPOCH.checked_add(Moments::new(headers, now).date()?)
}

/// Rounded up; what a `u64` of milliseconds cannot hold is no time at all.
pub(super) fn up_to_millis(time: Duration) -> Option<Duration> {
    let millis = time.as_secs().checked_mul(1000)?;
    let millis = millis.checked_add(time.subsec_nanos().div_ceil(1_000_000).into())?;
    Some(Duration::from_millis(millis))
}

fn since_epoch(moment: SystemTime) -> Duration {
    moment
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default()
}
