//! What a refused request is told: the wording of a rejection, and nothing else.
//!
//! Status, limit headers and `Retry-After` are the layer's; a responder words the body, and may
//! change the status. Danger: a body is read by the caller, so it must not carry what only the
//! operator may know.

mod json;
mod problem;

pub use json::ErrorJson;
pub use problem::ProblemJson;

use std::fmt::{self, Write as _};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use super::rejection::Rejection;
use crate::head::Head;

/// Words the answer to a refused request. Closures of the same shape are responders.
pub trait Respond: Send + Sync {
    /// The answer. Limit headers and `Retry-After` are added to it.
    fn respond(&self, head: &Head<'_>, rejection: &Rejection) -> Response<Bytes>;
}

impl<F> Respond for F
where
    F: Fn(&Head<'_>, &Rejection) -> Response<Bytes> + Send + Sync,
{
    fn respond(&self, head: &Head<'_>, rejection: &Rejection) -> Response<Bytes> {
        self(head, rejection)
    }
}

/// The status alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Empty;

impl Respond for Empty {
    fn respond(&self, _: &Head<'_>, rejection: &Rejection) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = rejection.status();
        response
    }
}

/// A JSON answer. A 429 is never stored by a cache (RFC 6585, section 4), so it need not say so.
fn answer(status: StatusCode, content_type: &'static str, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
}

/// Writes a JSON string: quoted and escaped as RFC 8259, section 7, wants it. Straight into the body,
/// because this is the path that an attacker is on.
fn push_quoted(json: &mut String, text: impl fmt::Display) {
    json.push('"');
    // Writing into a `String` does not fail.
    let _ = write!(Escaping(json), "{text}");
    json.push('"');
}

struct Escaping<'j>(&'j mut String);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let special = |byte: u8| (byte < 0x20) | (byte == b'"') | (byte == b'\\') | (byte == 0x7f);
        // Looks at all of it, because that is faster than to stop at the first.
        if !text.bytes().fold(false, |any, byte| any | special(byte)) {
            self.0.push_str(text);
            return Ok(());
        }
        text.chars().try_for_each(|c| match c {
            '"' => self.0.write_str("\\\""),
            '\\' => self.0.write_str("\\\\"),
            c if c.is_control() => write!(self.0, "\\u{:04x}", u32::from(c)),
            c => self.0.write_char(c),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        let mut json = String::from("x");
        push_quoted(&mut json, "a\"b\\c\n\u{1}é");
        assert_eq!(json, "x\"a\\\"b\\\\c\\u000a\\u0001é\"");
    }
}
