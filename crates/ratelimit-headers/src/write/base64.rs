//! Byte sequences of structured fields (RFC 9651, section 4.1.8): base64 with padding (RFC 4648, section 4).

use bytes::BytesMut;

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Appends `bytes` between colons.
pub(super) fn push(text: &mut BytesMut, bytes: &[u8]) {
    text.extend_from_slice(b":");
    for three in bytes.chunks(3) {
        let at = |index: usize| u32::from(three.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        let mut four = [18, 12, 6, 0].map(|shift| DIGITS[(bits >> shift & 63) as usize]);
        four[three.len() + 1..].fill(b'=');
        text.extend_from_slice(&four);
    }
    text.extend_from_slice(b":");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_vectors_of_rfc_4648() {
        let encoded = |bytes: &[u8]| {
            let mut text = BytesMut::new();
            push(&mut text, bytes);
            String::from_utf8(text.to_vec()).unwrap()
        };
        assert_eq!(encoded(b""), "::");
        assert_eq!(encoded(b"f"), ":Zg==:");
        assert_eq!(encoded(b"fo"), ":Zm8=:");
        assert_eq!(encoded(b"foo"), ":Zm9v:");
        assert_eq!(encoded(b"foobar"), ":Zm9vYmFy:");
        assert_eq!(encoded(b"\xfb\xff\xfe"), ":+//+:");
    }
}
