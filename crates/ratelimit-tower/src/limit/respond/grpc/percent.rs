//! `grpc-message`: UTF-8, percent-encoded (PROTOCOL-HTTP2.md, "Responses").
//!
//! Not the encoding of a URI: a space stays as it is, and what does not is `%` and whatever is not
//! printable ASCII.

use http::HeaderValue;

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// The message as a header; `None` if there is nothing to say (an empty one is not in the grammar).
pub(super) fn value(message: String) -> Option<HeaderValue> {
    if message.is_empty() {
        return None;
    }
    HeaderValue::try_from(encoded(message)).ok()
}

fn encoded(message: String) -> String {
    if message.bytes().all(is_plain) {
        return message;
    }
    let mut text = String::with_capacity(message.len() * 3);
    for byte in message.bytes() {
        if is_plain(byte) {
            text.push(byte.into());
        } else {
            text.push('%');
            text.push(digit(byte >> 4));
            text.push(digit(byte & 15));
        }
    }
    text
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'%'
}

fn digit(number: u8) -> char {
    DIGITS[usize::from(number)].into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, expected: &str) {
        assert_eq!(encoded(message.to_owned()), expected);
    }

    #[test]
    fn what_is_not_printable_ascii_is_encoded_and_nothing_else() {
        check(
            "Come back, in 7 s! (~\"#<>?{}|)",
            "Come back, in 7 s! (~\"#<>?{}|)",
        );
        check("100%", "100%25");
        check("%41", "%2541");
        check("a\r\nb\t\0\x7f", "a%0D%0Ab%09%00%7F");
        check("zu früh 🐌", "zu fr%C3%BCh %F0%9F%90%8C");
    }

    #[test]
    fn an_empty_message_is_left_out() {
        assert_eq!(value(String::new()), None);
        assert_eq!(value("\n".to_owned()).unwrap(), "%0A");
    }
}
