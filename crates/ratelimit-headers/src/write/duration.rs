//! Durations as Go prints them (`time.Duration.String`): `6m0s`, `2m59.56s`, `20ms`. OpenAI's resets are written so.

use super::{digits, time};
use bytes::BytesMut;
use std::time::Duration;

/// Appends `duration`, rounded up to the millisecond, and at most [`time::LONGEST`] seconds.
pub(super) fn push(text: &mut BytesMut, duration: Duration) {
    let duration = duration.min(Duration::from_secs(time::LONGEST));
    let millis = duration.as_secs() * 1000 + u64::from(duration.subsec_nanos().div_ceil(1_000_000));
    if (1..1000).contains(&millis) {
        digits::push(text, millis);
        text.extend_from_slice(b"ms");
        return;
    }
    let seconds = millis / 1000;
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    for (number, unit) in [(hours, b"h"), (minutes, b"m")] {
        if seconds >= if unit == b"h" { 3600 } else { 60 } {
            digits::push(text, number);
            text.extend_from_slice(unit);
        }
    }
    digits::push(text, seconds % 60);
    push_fraction(text, millis % 1000);
    text.extend_from_slice(b"s");
}

/// `.56` for 560 thousandths, nothing for 0.
fn push_fraction(text: &mut BytesMut, thousandths: u64) {
    let mut left = thousandths;
    let mut place = 100;
    if left > 0 {
        text.extend_from_slice(b".");
    }
    while left > 0 {
        digits::push(text, left / place);
        left %= place;
        place /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_printed_as_go_prints_them() {
        for (nanos, expected) in [
            (0, "0s"),
            (1, "1ms"),
            (20_000_000, "20ms"),
            (999_000_001, "1s"),
            (7_660_000_000, "7.66s"),
            (60_000_000_000, "1m0s"),
            (60_007_000_000, "1m0.007s"),
            (179_560_000_000, "2m59.56s"),
            (360_000_000_000, "6m0s"),
            (5_011_000_000_000, "1h23m31s"),
            (3_600_000_000_000, "1h0m0s"),
            (u64::MAX, "277777h46m39s"),
        ] {
            let mut text = BytesMut::new();
            push(&mut text, Duration::from_nanos(nanos));
            assert_eq!(text, expected);
        }
    }
}
