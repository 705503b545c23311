//! The wire format of Protocol Buffers, as far as the details of a status need it
//! (<https://protobuf.dev/programming-guides/encoding/>).
//!
//! By hand, because it is less than what a library for it would bring along. Fields are numbered below
//! 16, so a tag is one byte.

const VARINT: u8 = 0;
const LENGTH: u8 = 2;

/// A number that is never negative. One that is 0 is left out, as proto3 has it.
pub(super) fn number(out: &mut Vec<u8>, field: u8, value: u64) {
    if value != 0 {
        out.push(field << 3 | VARINT);
        varint(out, value);
    }
}

/// A `string`. An empty one is left out.
pub(super) fn text(out: &mut Vec<u8>, field: u8, value: &str) {
    if !value.is_empty() {
        message(out, field, |out| out.extend_from_slice(value.as_bytes()));
    }
}

/// A message within the message, or whatever else has its length before it.
pub(super) fn message(out: &mut Vec<u8>, field: u8, write: impl FnOnce(&mut Vec<u8>)) {
    out.push(field << 3 | LENGTH);
    let start = out.len();
    write(out);
    // The length is known only now: written last, and turned to the front.
    let length = out.len() - start;
    varint(out, length as u64);
    out[start..].rotate_left(length);
}

/// Seven bits a byte, the lowest first; all but the last byte have the eighth set.
fn varint(out: &mut Vec<u8>, mut value: u64) {
    while let more @ 1.. = value >> 7 {
        out.push((value & 0x7f) as u8 | 0x80);
        value = more;
    }
    out.push((value & 0x7f) as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        write(&mut out);
        out
    }

    #[test]
    fn the_examples_of_the_encoding_guide() {
        assert_eq!(written(|out| number(out, 1, 150)), [0x08, 0x96, 0x01]);
        assert_eq!(written(|out| text(out, 2, "testing")), b"\x12\x07testing");
        let nested = written(|out| message(out, 3, |out| number(out, 1, 150)));
        assert_eq!(nested, [0x1a, 0x03, 0x08, 0x96, 0x01]);
    }

    #[test]
    fn what_is_nothing_is_left_out_but_a_message_is_not() {
        assert_eq!(written(|out| number(out, 1, 0)), []);
        assert_eq!(written(|out| text(out, 1, "")), []);
        assert_eq!(written(|out| message(out, 1, |_| {})), [0x0a, 0x00]);
    }

    #[test]
    fn numbers_of_every_length() {
        let largest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(written(|out| varint(out, 127)), [0x7f]);
        assert_eq!(written(|out| varint(out, 128)), [0x80, 0x01]);
        assert_eq!(written(|out| varint(out, u64::MAX)), largest);
    }

    #[test]
    fn a_length_of_two_bytes_stands_before_what_it_measures() {
        let long = "x".repeat(300);
        let out = written(|out| {
            number(out, 1, 1);
            text(out, 2, &long);
        });
        assert_eq!(out[..5], [0x08, 0x01, 0x12, 0xac, 0x02]);
        assert_eq!(&out[5..], long.as_bytes());
    }
}
