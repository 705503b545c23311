//! What is worth another try.

use std::any::Any;
use std::error::Error;
use std::time::Duration;

use http::{HeaderMap, Method, StatusCode, header};

use super::code;
use crate::BoxError;
use crate::client::grpc;
use crate::throttle::Refused;

/// An answer, as far as it matters here.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    pub(super) method: &'a Method,
    pub(super) status: StatusCode,
    pub(super) headers: &'a HeaderMap,
    pub(super) stated_wait: Option<Duration>,
    pub(super) body: Option<&'a [u8]>,
}

/// Says what is worth another try. The default is [`Standard`].
pub trait Classify<E>: Clone {
    /// Whether a request with this answer is to be sent again.
    fn retries_answer(&self, answer: &Answer<'_>) -> bool;

    /// Whether a request of this method is to be sent again after this error. It is not asked about what a throttle
    /// has [refused](Refused): to wait is what the throttle was there for.
    fn retries_error(&self, method: &Method, error: &E) -> bool;
}

/// Sends again what was surely not executed, and what does no harm when it is executed twice.
///
/// | answer | which requests are sent again |
/// |---|---|
/// | 429 | all: it was refused before it was executed |
/// | 429 with a problem document that states no time | none: a quota may not come back |
/// | any whose [body was read](#codes) and says that a quota is used up | none |
/// | 503 with `Retry-After` | all: the same |
/// | 200 with `grpc-status` 8 or 14 and a wait in its head | all: the same |
/// | 408, 500, 502, 503, 504 | those of an idempotent method |
/// | an error instead of an answer | those of an idempotent method |
/// | [`Refused`] by a throttle | none: to wait here is what the throttle is for |
/// | any other, 402 in particular | none |
///
/// Idempotent are GET, HEAD, PUT, DELETE, OPTIONS and TRACE (RFC 9110, section 9.2.2), not POST or
/// PATCH. gRPC states its failures under status 200. In the head of an answer without a body they count
/// if they state a wait (`grpc-retry-pushback-ms`, else `Retry-After`), or a pushback of 0; one of -1 is never
/// answered by a retry. In trailers, after a body, they are not looked at.
///
/// A `Retry-After` of 0, or of a moment that is past, states no time: what is sent again after it is backed off
/// from, and counts.
///
/// # Codes
///
/// Some servers answer 429 for a month's quota that is used up as they do for a minute's, and say which it is in the
/// body only. This layer reads no bodies: it never waits for one, and hands on what it did not touch. But where
/// a body was read before (a response of one's own that has it, [`ResponseHead::read_body`], or a
/// [`ReadBody`] among the extensions), is JSON by its content type and has at most 4 KiB, its code is looked at: the text
/// `code`, `error.code`, `error.type`, `type` or `error`. With `quota_exceeded` or `insufficient_quota`, in
/// whatever case, nothing is sent again, not even if a time is stated. Where bodies stream, no code is seen, and such a
/// 429 is sent again like any other: the [module](super#quotas-that-are-used-up) shows how to read short ones.
///
/// [`ReadBody`]: crate::client::ReadBody
/// [`ResponseHead::read_body`]: crate::client::ResponseHead::read_body
#[derive(Clone, Copy, Debug, Default)]
pub struct Standard;

impl<'a> Answer<'a> {
    /// The method of the request.
    #[must_use]
    pub fn method(&self) -> &'a Method {
        self.method
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// How long the server says to stay away: `Retry-After` of a 429 or 503, else the reset of what a
    /// 429 says is used up. Of a 200 only if it is a refusal over gRPC: see [`Standard`]. Never zero.
    #[must_use]
    pub fn stated_wait(&self) -> Option<Duration> {
        self.stated_wait
    }

    /// The body, if all of it was read before this was asked: see [`Standard`](Standard#codes).
    #[must_use]
    pub fn body(&self) -> Option<&'a [u8]> {
        self.body
    }

    /// What the [body](Self::body) calls this, if it is JSON of at most 4 KiB: the first that is a text of `code`,
    /// `error.code`, `error.type`, `type` and `error`. As it is written, escapes and all.
    #[must_use]
    pub fn code(&self) -> Option<&'a str> {
        code::codes(self.json()?).into_iter().flatten().next()
    }

    fn is_used_up(&self) -> bool {
        self.json().is_some_and(code::is_used_up)
    }

    fn json(&self) -> Option<&'a [u8]> {
        let kind = self.media_type();
        self.body
            .filter(|_| kind == "application/json" || kind.ends_with("+json"))
    }

    fn is_problem(&self) -> bool {
        self.media_type() == "application/problem+json"
    }

    /// In lower case, without parameters; empty if there is none.
    fn media_type(&self) -> String {
        let kind = self.headers.get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next());
        kind.unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Whether it is of a kind that is sent again, whatever its body says.
    fn may_pass(&self) -> bool {
        let told = self.stated_wait.is_some();
        match self.status {
            StatusCode::TOO_MANY_REQUESTS => told || !self.is_problem(),
            // A 200 that states a wait is a refusal over gRPC.
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::OK if told => true,
            StatusCode::OK => grpc::invites(self.headers),
            StatusCode::REQUEST_TIMEOUT
            | StatusCode::INTERNAL_SERVER_ERROR
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => self.method.is_idempotent(),
            _ => false,
        }
    }
}

impl<E: 'static> Classify<E> for Standard {
    fn retries_answer(&self, answer: &Answer<'_>) -> bool {
        answer.may_pass() && !answer.is_used_up()
    }

    fn retries_error(&self, method: &Method, error: &E) -> bool {
        let boxed = (error as &dyn Any).downcast_ref::<BoxError>();
        method.is_idempotent() && !boxed.is_some_and(|error| was_refused(&**error))
    }
}

/// A throttle that this retry is around says so on the spot; one that is further away (behind tower's `Buffer`)
/// can only be seen in its error, if that is kept in a box.
fn was_refused(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<Refused>() {
            return true;
        }
        cause = error.source();
    }
    false
}
