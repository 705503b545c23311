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

pub use by_reason::ByReason;
pub use grpc::Grpc;
pub use json::ErrorJson;
pub use problem::ProblemJson;
pub use refusal::Refusal;
pub use template::{Template, TemplateError};

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};

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

/// A JSON answer of these pieces. A 429 is never stored by a cache (RFC 6585, section 4), so it need
/// not say so.
fn answer(status: StatusCode, content_type: HeaderValue, body: &[&str]) -> Response<Bytes> {
    // Joined into exactly the room it needs: `Bytes` keeps it as it is.
    let mut response = Response::new(Bytes::from(body.concat()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, content_type);
    response
}
