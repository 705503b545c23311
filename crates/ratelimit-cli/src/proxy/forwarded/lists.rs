//! Headers that are lists of those who passed a request on.

use std::fmt::Write;
use std::net::IpAddr;

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

/// Appends to `Forwarded` if it is there and can be appended to.
pub(super) fn continue_standard(headers: &mut HeaderMap, address: IpAddr) {
    let mut lines = headers.get_all(header::FORWARDED).into_iter().peekable();
    if lines.peek().is_none() {
        return;
    }
    if !lines.all(|line| quotes_are_closed(line.as_bytes())) {
        headers.remove(header::FORWARDED);
    }
    append_value(headers, header::FORWARDED, &element(address));
}

/// Whether what follows the line is not inside a quoted string of it (RFC 9110, section 5.6.4).
fn quotes_are_closed(line: &[u8]) -> bool {
    let (mut quoted, mut bytes) = (false, line.iter());
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if quoted => {
                bytes.next();
            }
            _ => {}
        }
    }
    !quoted
}

/// Adds to the end of a list, in one line: some readers look at one line only.
pub(super) fn append_value(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    let mut list: Vec<u8> = Vec::new();
    for line in headers.get_all(&name) {
        list.extend_from_slice(line.as_bytes());
        list.extend_from_slice(b", ");
    }
    list.extend_from_slice(value.as_bytes());
    if let Ok(list) = HeaderValue::from_bytes(&list) {
        headers.insert(name, list);
    }
}

fn element(address: IpAddr) -> String {
    let mut element = String::from("for=");
    // Writing to a string cannot fail.
    let _ = match address {
        IpAddr::V4(v4) => write!(element, "{v4}"),
        IpAddr::V6(v6) => write!(element, "\"[{v6}]\""),
    };
    element
}
