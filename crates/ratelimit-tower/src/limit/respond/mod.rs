//! What a refused request is told: the wording of a rejection, and nothing else.
//!
//! Status, limit headers and `Retry-After` are the layer's; a responder words the body, and may
//! change the status. Danger: a body is read by the caller, so it must not carry what only the
//! operator may know.

mod by_reason;
pub(super) mod escape;
mod grpc;
mod json;
mod problem;
mod refusal;
mod template;
mod worded;

pub use by_reason::ByReason;
pub use grpc::Grpc;
pub use json::ErrorJson;
pub use problem::ProblemJson;
pub use refusal::Refusal;
pub use template::{Template, TemplateError};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

use super::spare;
use crate::head::Head;

/// Words the answer to a refused request. Closures `|head: &Head<'_>, refusal: &Refusal<'_>|` are
/// responders too.
///
/// ```
/// use bytes::Bytes;
/// use http::Response;
/// use ratelimit_tower::Head;
/// use ratelimit_tower::limit::respond::{Refusal, Respond};
///
/// struct Plain;
///
/// impl Respond for Plain {
///     fn respond(&self, _: &Head<'_>, refusal: &Refusal<'_>) -> Response<Bytes> {
///         let wait = refusal.wait().map(|wait| format!(" Come again in {wait:?}."));
///         let text = format!("No.{}", wait.unwrap_or_default());
///         let mut response = Response::new(Bytes::from(text));
///         *response.status_mut() = refusal.rejection().status();
///         response
///     }
/// }
/// ```
pub trait Respond: Send + Sync {
    /// The answer. Limit headers and `Retry-After` are added to it.
    fn respond(&self, head: &Head<'_>, refusal: &Refusal<'_>) -> Response<Bytes>;
}

impl<F> Respond for F
where
    F: Fn(&Head<'_>, &Refusal<'_>) -> Response<Bytes> + Send + Sync,
{
    fn respond(&self, head: &Head<'_>, refusal: &Refusal<'_>) -> Response<Bytes> {
        self(head, refusal)
    }
}

/// The status alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Empty;

impl Respond for Empty {
    fn respond(&self, _: &Head<'_>, refusal: &Refusal<'_>) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = refusal.rejection().status();
        response
    }
}

/// A JSON answer. A 429 is never stored by a cache (RFC 6585, section 4), so it need not say so.
fn answer(status: StatusCode, content_type: HeaderValue, body: Bytes) -> Response<Bytes> {
    let mut headers = spare::headers();
    headers.insert(header::CONTENT_TYPE, content_type);
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// A body of these pieces, in exactly the room that it needs.
fn joined(pieces: &[&str]) -> Bytes {
    Bytes::from(pieces.concat())
}
