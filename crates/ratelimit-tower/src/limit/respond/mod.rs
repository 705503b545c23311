//! What a refused request is told: the wording of a rejection, and nothing else.
//!
//! Status, limit headers and `Retry-After` are the layer's; a responder words the body, and may
//! change the status. Danger: a body is read by the caller, so it must not carry what only the
//! operator may know.

mod json;
mod problem;

pub use json::ErrorJson;
pub use problem::ProblemJson;

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

fn answer(status: StatusCode, content_type: &'static str, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let content_type = HeaderValue::from_static(content_type);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A JSON string: quoted and escaped as RFC 8259, section 7, wants it.
fn quoted(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            c if c.is_control() => json.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped() {
        assert_eq!(quoted("a\"b\\c\n\u{1}é"), "\"a\\\"b\\\\c\\u000a\\u0001é\"");
    }
}
