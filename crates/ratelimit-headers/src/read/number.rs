//! Numbers outside structured fields.
//!
//! Digits, perhaps with a fraction, and nothing else: `-1` may mean "unlimited" or "overdrawn", `1e3` may be a hash.
//! The danger is in the conversion: a number too large for its use is unreadable, never wrapped, and a time is rounded
//! up exactly, without floating point (64.57 s are 64,570 ms).

use std::time::Duration;

pub(super) struct Number<'a> {
    whole: u64,
    fraction: &'a [u8],
}

impl<'a> Number<'a> {
    pub(super) fn parse(text: &'a [u8]) -> Option<Self> {
        let end = text.iter().position(|byte| !byte.is_ascii_digit());
        let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
        let fraction = match rest {
            [] => rest,
            [b'.', fraction @ ..] if is_digits(fraction) => fraction,
            _ => return None,
        };
        let whole = parse_whole(digits)?;
        Some(Number { whole, fraction })
    }

    pub(super) const fn whole(&self) -> u64 {
        self.whole
    }

    /// A count of something: the fraction is dropped (some servers divide). Above 2^63-1 nobody means a number.
    pub(super) fn count(&self) -> Option<u64> {
        i64::try_from(self.whole).is_ok().then_some(self.whole)
    }

    /// The number as seconds, exact to the nanosecond, rounded up.
    pub(super) fn seconds(&self) -> Option<Duration> {
        Duration::from_secs(self.whole).checked_add(self.fraction_of(1_000_000_000))
    }

    /// The number as milliseconds, exact to the nanosecond, rounded up.
    pub(super) fn millis(&self) -> Option<Duration> {
        Duration::from_millis(self.whole).checked_add(self.fraction_of(1_000_000))
    }

    /// The fraction of a unit of so many nanoseconds, rounded up.
    fn fraction_of(&self, mut unit: u64) -> Duration {
        let mut nanos = 0;
        for digit in self.fraction {
            let digit = u64::from(digit - b'0');
            unit /= 10;
            if unit == 0 && digit > 0 {
                nanos += 1;
                break;
            }
            nanos += digit * unit;
        }
        Duration::from_nanos(nanos)
    }
}

fn is_digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

fn parse_whole(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |whole, digit| {
        whole.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
    })
}
