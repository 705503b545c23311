//! What a refused request is told: the wording of a rejection, and nothing else.
//!
//! Status, limit headers and `Retry-After` are the layer's; a responder words the body, and may
//! change the status. Danger: a body is read by the caller, so it must not carry what only the
//! operator may know.

mod grpc;
mod json;
mod problem;

pub use grpc::Grpc;
pub use json::ErrorJson;
pub use problem::ProblemJson;

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use super::rejection::Rejection;
use crate::head::Head;

/// Words the answer to a refused request. Closures of the same shape are responders.
pub trait Respond: Send + Sync {
    /// The answer. Limit headers and `Retry-After` are added to it.
    fn respond(&self, head: &Head<'_>, rejection: &Rejection) -> Response<Bytes>;

    /// The same, for whoever states the wait in its own way: `wait` is what `Retry-After` will be made
    /// of, and `None` where there will be none. It is this that the layer calls.
    fn respond_with_wait(
        &self,
        head: &Head<'_>,
        rejection: &Rejection,
        wait: Option<Duration>,
    ) -> Response<Bytes> {
        let _ = wait;
        self.respond(head, rejection)
    }
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

/// A JSON answer of these pieces. A 429 is never stored by a cache (RFC 6585, section 4), so it need
/// not say so.
fn answer(status: StatusCode, content_type: &'static str, body: &[&str]) -> Response<Bytes> {
    // Joined into exactly the room it needs: `Bytes` keeps it as it is.
    let mut response = Response::new(Bytes::from(body.concat()));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
}

/// The content of a JSON string (RFC 8259, section 7).
pub(in crate::limit) fn escaped(text: &str) -> Cow<'_, str> {
    if !text
        .bytes()
        .any(|byte| matches!(byte, ..0x20 | b'"' | b'\\' | 0x7f))
    {
        return Cow::Borrowed(text);
    }
    let escape = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.into(),
    };
    Cow::Owned(text.chars().map(escape).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        assert_eq!(escaped("a\"b\\c\n\u{1}é"), "a\\\"b\\\\c\\u000a\\u0001é");
        assert!(matches!(escaped("per-minute"), Cow::Borrowed(_)));
    }
}
