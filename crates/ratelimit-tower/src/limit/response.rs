//! The body of a response that passed the layer, or that the layer made.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use ratelimit_core::{Limiter, Memory};

use super::charge::Held;
use crate::body::{GuardedBody, Seen, WholeBody};

pin_project! {
    /// The body of a response of [`RateLimit`](super::RateLimit): that of the inner service, which
    /// holds the permit until its end, or the wording of a refusal.
    pub struct ResponseBody<B, L = Memory>
    where
        L: Limiter,
    {
        #[pin]
        kind: Kind<B, L>,
    }
}

pin_project! {
    #[project = KindProj]
    enum Kind<B, L>
    where
        L: Limiter,
    {
        Inner { #[pin] body: GuardedBody<B, Box<Held<L>>> },
        Own { #[pin] body: WholeBody },
    }
}

impl<B: Body, L: Limiter> ResponseBody<B, L> {
    pub(super) fn inner(body: B, mut held: Option<Box<Held<L>>>) -> Self {
        if let (Some(held), true) = (&mut held, body.is_end_stream()) {
            held.ended();
        }
        let body = GuardedBody::maybe(body, held);
        Self {
            kind: Kind::Inner { body },
        }
    }

    #[inline]
    pub(super) fn passed(body: B) -> Self {
        let body = GuardedBody::maybe(body, None);
        Self {
            kind: Kind::Inner { body },
        }
    }

    pub(super) fn own(bytes: Bytes) -> Self {
        let body = WholeBody::new(bytes);
        Self {
            kind: Kind::Own { body },
        }
    }
}

impl<B, L> Body for ResponseBody<B, L>
where
    B: Body,
    B::Data: From<Bytes>,
    L: Limiter,
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        match self.project().kind.project() {
            KindProj::Inner { body } => body.poll_watched(cx, |held, seen| match seen {
                Seen::Data(data) => held.saw(data),
                Seen::End => held.ended(),
            }),
            KindProj::Own { body } => {
                let bytes = body.get_mut().take();
                Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes.into()))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Inner { body } => body.is_end_stream(),
            Kind::Own { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Inner { body } => body.size_hint(),
            Kind::Own { body } => body.size_hint(),
        }
    }
}

impl<B: Default + Body, L: Limiter> Default for ResponseBody<B, L> {
    fn default() -> Self {
        Self::inner(B::default(), None)
    }
}

impl<B, L: Limiter> std::fmt::Debug for ResponseBody<B, L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResponseBody").finish_non_exhaustive()
    }
}
