//! The answer to a call of gRPC: a status of gRPC's own, under the status 200 of HTTP.
//!
//! Why: to a client of gRPC a 429 of HTTP is "unavailable" (http-grpc-status-mapping.md), without the
//! words and without the time. What it understands is an answer that has no body and ends with its
//! head, "Trailers-Only" (PROTOCOL-HTTP2.md).
//!
//! Danger: access logs and metrics that look at the status of HTTP take such an answer for a success.
//! What it is, is in `grpc-status`, and as a [`Rejection`] in the extensions of the response.

mod code;
mod details;
mod media;
mod percent;
mod protobuf;
mod pushback;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, header};

use self::code::Code;
use super::super::wording::Digits;
use super::{ProblemJson, Refusal, Respond};
use crate::head::Head;
use crate::limit::Rejection;

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const PUSHBACK: HeaderName = HeaderName::from_static("grpc-retry-pushback-ms");
const DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");

/// These, and what the layer adds: three of `X-RateLimit`, two of the IETF's, `Retry-After`.
const HEADERS: usize = 11;

type Message = dyn Fn(&Head<'_>, &Rejection) -> String + Send + Sync;

/// Answers calls of gRPC and gRPC-Web as those protocols have it, and leaves the other requests to
/// another responder: for a port that serves both.
///
/// A call is told by its `Content-Type`: `application/grpc` or `application/grpc-web` (also `-text`),
/// with or without `+proto` and parameters. Its answer is Trailers-Only ([PROTOCOL-HTTP2.md]; for the web
/// the same, says [PROTOCOL-WEB.md]): status 200, the content type of the call, no body, and
///
/// | header | |
/// |---|---|
/// | `grpc-status` | 8 RESOURCE_EXHAUSTED for a limit, 16 UNAUTHENTICATED without a usable key, 14 UNAVAILABLE where the limiter or the look-up fails or the store is full, 13 INTERNAL where the set-up is at fault |
/// | `grpc-message` | the words, percent-encoded |
/// | `grpc-retry-pushback-ms` | how long to wait, in milliseconds rounded up ([gRFC A6]); `-1`, which means never, for what time does not cure, and for waits above 24 days, which it cannot state; left out where nobody knows |
/// | `grpc-status-details-bin` | with a wait `google.rpc.RetryInfo`, and for a limit `google.rpc.QuotaFailure` with the name of the policy as `description` and `quota_id` ([error_details.proto]) |
///
/// The headers that state limits and `Retry-After` are there as well: to gRPC they are metadata.
///
/// Danger: a script in a browser sees none of these headers unless a CORS layer *outside* of the limiter
/// exposes them.
///
/// ```
/// use ratelimit_core::Quota;
/// use ratelimit_tower::limit::{RateLimitLayer, respond::{ErrorJson, Grpc}};
///
/// let grpc = RateLimitLayer::new(Quota::per_minute(60)).with_responder(Grpc::new());
/// let both = RateLimitLayer::new(Quota::per_minute(60)).with_responder(Grpc::or(ErrorJson));
/// ```
///
/// [PROTOCOL-HTTP2.md]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#responses
/// [PROTOCOL-WEB.md]: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md
/// [gRFC A6]: https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback
/// [error_details.proto]: https://github.com/googleapis/googleapis/blob/master/google/rpc/error_details.proto
#[derive(Clone)]
pub struct Grpc<R = ProblemJson> {
    others: R,
    message: Option<Arc<Message>>,
}

impl Grpc {
    /// Requests that are not gRPC are answered by [`ProblemJson`].
    #[must_use]
    pub fn new() -> Self {
        Self::or(ProblemJson)
    }
}

impl<R: Respond> Grpc<R> {
    /// Requests that are not gRPC are answered by `others`.
    pub fn or(others: R) -> Self {
        Self {
            others,
            message: None,
        }
    }

    /// Words `grpc-message`, say in the language of the caller. Any text will do, but it is a header:
    /// clients may take no more than 8 KiB of those.
    #[must_use]
    pub fn with_message<F>(mut self, message: F) -> Self
    where
        F: Fn(&Head<'_>, &Rejection) -> String + Send + Sync + 'static,
    {
        self.message = Some(Arc::new(message));
        self
    }

    fn message(&self, head: &Head<'_>, refusal: &Refusal<'_>) -> String {
        match &self.message {
            Some(message) => message(head, refusal.rejection()),
            None => refusal.wording().pieces(&mut Digits::default()).concat(),
        }
    }

    fn headers(&self, head: &Head<'_>, refusal: &Refusal<'_>) -> HeaderMap {
        let (rejection, wait) = (refusal.rejection(), refusal.wait());
        let code = Code::of(rejection);
        let message = self.message(head, refusal);
        let mut headers = HeaderMap::with_capacity(HEADERS);
        headers.insert(STATUS, HeaderValue::from_static(code.text()));
        if let Some(pushback) = pushback::value(rejection, wait) {
            headers.insert(PUSHBACK, pushback);
        }
        if let Some(details) = details::value(code, &message, rejection, wait) {
            headers.insert(DETAILS, details);
        }
        if let Some(message) = percent::value(message) {
            headers.insert(MESSAGE, message);
        }
        headers
    }
}

impl<R: Respond> Respond for Grpc<R> {
    fn respond(&self, head: &Head<'_>, refusal: &Refusal<'_>) -> Response<Bytes> {
        let Some(content_type) = media::of_call(head) else {
            return self.others.respond(head, refusal);
        };
        let mut response = Response::new(Bytes::new());
        let headers = response.headers_mut();
        *headers = self.headers(head, refusal);
        headers.insert(header::CONTENT_TYPE, content_type);
        response
    }
}

impl Default for Grpc {
    fn default() -> Self {
        Self::new()
    }
}

impl<R: fmt::Debug> fmt::Debug for Grpc<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grpc")
            .field("others", &self.others)
            .finish_non_exhaustive()
    }
}
