//! Numbers as text.
//!
//! Most numbers on a response are small, and their text is the same every time: all numbers below ten thousand stand in
//! one static text of 40 kB, four digits each, and a header value is a slice of it. That is four times as fast as
//! formatting, and allocates nothing.

use super::chunk;
use bytes::BytesMut;
use http::HeaderValue;
use std::cell::RefCell;

/// The largest Integer of a structured field (RFC 9651, section 3.3.1). What is larger is written as this.
pub(super) const LARGEST: u64 = 999_999_999_999_999;

const SMALL: usize = 10_000;
const WIDTH: usize = 4;

/// `0000` to `9999`. One lookup per number, so never more than one cache line.
static TEXT: &str = match std::str::from_utf8(&BYTES) {
    Ok(text) => text,
    Err(_) => panic!("digits are ASCII"),
};

static BYTES: [u8; SMALL * WIDTH] = bytes();

#[allow(clippy::cast_possible_truncation)] // A digit fits into a byte.
const fn bytes() -> [u8; SMALL * WIDTH] {
    let mut bytes = [b'0'; SMALL * WIDTH];
    let mut number = 0;
    while number < SMALL {
        let at = number * WIDTH;
        bytes[at] += (number / 1000) as u8;
        bytes[at + 1] += (number / 100 % 10) as u8;
        bytes[at + 2] += (number / 10 % 10) as u8;
        bytes[at + 3] += (number % 10) as u8;
        number += 1;
    }
    bytes
}

/// How many moments a thread remembers: a minute of them, for limits of a minute.
const REMEMBERED: usize = 64;

thread_local! {
    static MOMENTS: RefCell<[(u64, HeaderValue); REMEMBERED]> =
        const { RefCell::new([const { (0, HeaderValue::from_static("0")) }; REMEMBERED]) };
}

/// `number` as a header value.
#[inline]
pub(super) fn value(number: u64) -> HeaderValue {
    match small(number) {
        Some(text) => HeaderValue::from_static(text),
        None => chunk::value(|text| push(text, number)),
    }
}

/// A moment in epoch seconds as a header value.
///
/// The moments that a limiter states lie close together and come again thousands of times, so each
/// thread remembers the last of them; each has a text of its own, or it would pin a chunk.
pub(super) fn moment(seconds: u64) -> HeaderValue {
    let remembered = MOMENTS.try_with(|moments| {
        let mut moments = moments.borrow_mut();
        let index = usize::try_from(seconds % REMEMBERED as u64).unwrap_or_default();
        let (moment, text) = &mut moments[index];
        if *moment != seconds {
            (*moment, *text) = (seconds, HeaderValue::from(seconds));
        }
        text.clone()
    });
    // In the last moments of a thread there is nowhere to remember it.
    remembered.unwrap_or_else(|_| HeaderValue::from(seconds))
}

/// Appends `number`.
pub(super) fn push(text: &mut BytesMut, number: u64) {
    if let Some(digits) = small(number) {
        text.extend_from_slice(digits.as_bytes());
        return;
    }
    let mut digits = [0; WIDTH * WIDTH];
    let mut left = number.min(LARGEST);
    for four in digits.rchunks_exact_mut(WIDTH) {
        four.copy_from_slice(padded(left % 10_000));
        left /= 10_000;
    }
    // Not all of them are zeros, for the number is not small.
    let first = digits.iter().position(|digit| *digit != b'0');
    text.extend_from_slice(&digits[first.unwrap_or_default()..]);
}

/// Appends the last `width` digits of `number`, at most four.
pub(super) fn push_padded(text: &mut BytesMut, number: u64, width: usize) {
    let four = padded(number % 10_000);
    text.extend_from_slice(&four[WIDTH.saturating_sub(width)..]);
}

#[inline]
fn small(number: u64) -> Option<&'static str> {
    let number = usize::try_from(number)
        .ok()
        .filter(|number| *number < SMALL)?;
    let length = match number {
        0..10 => 1,
        10..100 => 2,
        100..1000 => 3,
        _ => 4,
    };
    let end = (number + 1) * WIDTH;
    Some(&TEXT[end - length..end])
}

/// The four digits of a number below ten thousand.
fn padded(number: u64) -> &'static [u8] {
    let at = usize::try_from(number).unwrap_or_default() * WIDTH;
    &BYTES[at..at + WIDTH]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: u64, expected: &str) {
        assert_eq!(value(number), expected);
        let mut text = BytesMut::new();
        push(&mut text, number);
        assert_eq!(text, expected);
    }

    #[test]
    fn every_small_number_is_written_as_the_standard_library_writes_it() {
        for number in 0..20_000 {
            check(number, &number.to_string());
        }
    }

    #[test]
    fn zeros_inside_a_large_number_are_kept() {
        check(100_000, "100000");
        check(1_000_000_001, "1000000001");
        check(100_000_000_000_000, "100000000000000");
    }

    #[test]
    fn a_number_beyond_structured_fields_is_written_as_the_largest_legal_one() {
        check(999_999_999_999_999, "999999999999999");
        check(1_000_000_000_000_000, "999999999999999");
        check(u64::MAX, "999999999999999");
    }
}
