//! Numbers outside structured fields.
//!
//! Digits, perhaps with a fraction, and nothing else: `-1` may mean "unlimited" or "overdrawn", `1e3` may be a hash.
//! The danger is in the conversion: a number too large for its use is unreadable, never wrapped, and a time is rounded
//! up exactly, without floating point (64.57 s are 64,570 ms).

use std::time::Duration;

pub(super) const SECOND: u64 = 1_000_000_000;
pub(super) const MILLI: u64 = 1_000_000;

#[derive(Clone, Copy)]
pub(super) struct Number<'a> {
    whole: u64,
    fraction: &'a [u8],
}

impl<'a> Number<'a> {
    pub(super) fn parse(text: &'a [u8]) -> Option<Self> {
        let (number, rest) = Self::parse_first(text)?;
        rest.is_empty().then_some(number)
    }

    /// The number that `text` begins with, and what comes behind it.
    pub(super) fn parse_first(text: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (digits, rest) = split_digits(text);
        let whole = parse_whole(digits)?;
        let (fraction, rest) = match rest {
            [b'.', rest @ ..] => split_digits(rest),
            _ => {
                return Some((
                    Number {
                        whole,
                        fraction: &[],
                    },
                    rest,
                ));
            }
        };
        (!fraction.is_empty()).then_some((Number { whole, fraction }, rest))
    }

    pub(super) const fn whole(&self) -> u64 {
        self.whole
    }

    /// A count of something: the fraction is dropped (some servers divide). Above 2^63-1 nobody means a number.
    pub(super) fn count(&self) -> Option<u64> {
        i64::try_from(self.whole).is_ok().then_some(self.whole)
    }

    /// The number as seconds, rounded up to the nanosecond.
    pub(super) fn seconds(&self) -> Option<Duration> {
        self.times(SECOND)
    }

    /// The number as milliseconds, rounded up to the nanosecond.
    pub(super) fn millis(&self) -> Option<Duration> {
        self.times(MILLI)
    }

    /// The number, in a unit of so many nanoseconds, rounded up to the nanosecond.
    pub(super) fn times(&self, unit: u64) -> Option<Duration> {
        let fraction = Duration::from_nanos(self.fraction_of(unit));
        let whole = match self.whole.checked_mul(unit) {
            Some(nanos) => Duration::from_nanos(nanos),
            None => wide(u128::from(self.whole) * u128::from(unit))?,
        };
        whole.checked_add(fraction)
    }

    /// The fraction alone, of such a unit (at most some days): never more than the unit.
    pub(super) fn fraction_of(&self, unit: u64) -> u64 {
        let (mut nanos, mut is_exact) = (0, true);
        // From the last digit on, so that no digit is lost, however many there are.
        for digit in self.fraction.iter().rev() {
            let tenths = nanos + u64::from(digit - b'0') * unit;
            is_exact &= tenths % 10 == 0;
            nanos = tenths / 10;
        }
        nanos + u64::from(!is_exact)
    }
}

fn wide(nanos: u128) -> Option<Duration> {
    let second = u128::from(SECOND);
    let seconds = u64::try_from(nanos / second).ok()?;
    let nanos = u32::try_from(nanos % second).ok()?;
    Some(Duration::new(seconds, nanos))
}

fn split_digits(text: &[u8]) -> (&[u8], &[u8]) {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

fn parse_whole(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |whole, digit| {
        whole.checked_mul(10)?.checked_add(u64::from(digit - b'0'))
    })
}
