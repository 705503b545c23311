//! The head of a response, and what it carries until its body ends.

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use http_body::Body;
use ratelimit_core::wait::Pass;

use crate::body::GuardedBody;

/// The place of a request among those in flight. Dropped, the place is free.
#[derive(Debug)]
#[must_use = "dropping a guard frees its place"]
pub struct Guard {
    // Only held.
    _pass: Pass,
}

impl Guard {
    /// A guard, if there is something to hold.
    pub(crate) fn of(pass: Pass) -> Option<Self> {
        pass.holds_permit().then_some(Self { _pass: pass })
    }
}

/// The whole body of a response, beside the body itself: for whoever looks at the response on its way, such as
/// [`retry`](crate::retry). Who reads a body before the client layers see it leaves it in the response's extensions.
#[derive(Clone, Debug)]
pub struct ReadBody(pub Bytes);

/// What the client layers look at in a response.
pub trait ResponseHead {
    /// The same response, while it holds a [`Guard`].
    type Held;

    /// The status.
    fn status(&self) -> StatusCode;

    /// The headers.
    fn headers(&self) -> &HeaderMap;

    /// The body, if all of it has been read already; `None` where it still streams. [`ReadBody`] is how an
    /// `http::Response` or one of reqwest's says so.
    fn read_body(&self) -> Option<&[u8]> {
        None
    }

    /// The response, whose body holds the guard until it ends or is dropped.
    fn hold(self, guard: Option<Guard>) -> Self::Held;
}

impl<B: Body> ResponseHead for Response<B> {
    type Held = Response<GuardedBody<B, Guard>>;

    fn status(&self) -> StatusCode {
        self.status()
    }

    fn headers(&self) -> &HeaderMap {
        self.headers()
    }

    fn read_body(&self) -> Option<&[u8]> {
        let read = self.extensions().get::<ReadBody>();
        read.map(|body| &*body.0)
    }

    fn hold(self, guard: Option<Guard>) -> Self::Held {
        self.map(|body| GuardedBody::maybe(body, guard))
    }
}
