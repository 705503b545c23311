//! Whole numbers, as a header or a text of JSON has them.

/// The whole number that these digits are, the largest one if it is larger. `+7`, `7.0` and `7, 7` are
/// none.
pub(super) fn whole(text: &[u8]) -> Option<u32> {
    let digits = text.trim_ascii();
    let is_whole = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    is_whole.then(|| digits.iter().fold(0, |number, digit| with(number, *digit)))
}

/// One digit more, saturating.
fn with(number: u32, digit: u8) -> u32 {
    let digit = u32::from(digit.wrapping_sub(b'0'));
    number.saturating_mul(10).saturating_add(digit)
}

/// A number of JSON (RFC 8259, section 6) of which not all has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    part: Part,
    /// What it is so far, as long as it is a whole number and somebody asks for it.
    whole: Option<u32>,
}

/// What was read last.
#[derive(Clone, Copy, Debug)]
enum Part {
    Minus,
    /// Nothing but a fraction or an exponent may follow a zero that leads.
    Zero,
    Digits,
    Point,
    Fraction,
    E,
    Sign,
    Exponent,
}

impl Number {
    /// `None` if no number begins so.
    pub(super) fn begun(byte: u8, is_wanted: bool) -> Option<Self> {
        let part = match byte {
            b'-' => Part::Minus,
            b'0' => Part::Zero,
            b'1'..=b'9' => Part::Digits,
            _ => return None,
        };
        let whole = (is_wanted && byte != b'-').then(|| with(0, byte));
        Some(Self { part, whole })
    }

    /// `None` if this is no part of a number: then it has ended before.
    pub(super) fn with(self, byte: u8) -> Option<Self> {
        use Part::{Digits, E, Exponent, Fraction, Minus, Point, Sign, Zero};
        let part = match (self.part, byte) {
            (Minus, b'0') => Zero,
            (Minus, b'1'..=b'9') | (Digits, b'0'..=b'9') => Digits,
            (Zero | Digits, b'.') => Point,
            (Point | Fraction, b'0'..=b'9') => Fraction,
            (Zero | Digits | Fraction, b'e' | b'E') => E,
            (E, b'+' | b'-') => Sign,
            (E | Sign | Exponent, b'0'..=b'9') => Exponent,
            _ => return None,
        };
        let whole = match part {
            Digits => self.whole.map(|number| with(number, byte)),
            _ => None,
        };
        Some(Self { part, whole })
    }

    /// Whether it may end here.
    pub(super) fn may_end(self) -> bool {
        matches!(
            self.part,
            Part::Zero | Part::Digits | Part::Fraction | Part::Exponent
        )
    }

    pub(super) fn whole(self) -> Option<u32> {
        self.whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_digits_and_nothing_else() {
        assert_eq!(whole(b"0"), Some(0));
        assert_eq!(whole(b" 0042\t"), Some(42));
        assert_eq!(whole(b"4294967294"), Some(u32::MAX - 1));
        assert_eq!(whole(b"4294967295"), Some(u32::MAX));
        assert_eq!(whole(b"4294967296"), Some(u32::MAX));
        assert_eq!(whole(&[b'9'; 400]), Some(u32::MAX));
        for no in ["", " ", "+7", "-7", "7.0", "7, 7", "7 7", "1e3", "0x7", "٧"] {
            assert_eq!(whole(no.as_bytes()), None, "{no}");
        }
    }
}
