//! A body that holds something until it has been sent or read to its end.
//!
//! A request is in flight until the last byte of its answer has passed, not until its head has: a
//! server that streams for ten minutes is busy for ten minutes. So whatever stands for "in flight" (a
//! permit of a cap on concurrency, a reservation that is corrected later) travels in the body.
//!
//! The guard is dropped exactly once, at the first of: the end of the stream (also the end that is only
//! announced by [`is_end_stream`](Body::is_end_stream), because HTTP servers do not poll past it), an
//! error, or the drop of the body. A body that is empty from the start lets go at once: the answer to a
//! `HEAD`, a 204, and also the 101 of an upgrade, whose connection is not a body.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// A body that holds a guard until its end.
    ///
    /// The guard is dropped exactly once, at the first of: the end of the stream, trailers, an error,
    /// or the drop of the body. An empty body lets go at once.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use http_body_util::{Empty, Full};
    /// use ratelimit_tower::GuardedBody;
    ///
    /// let permit = ();
    /// let body = GuardedBody::new(Full::<Bytes>::from("hello"), permit);
    /// assert!(body.is_held());
    /// let nothing = GuardedBody::new(Empty::<Bytes>::new(), permit);
    /// assert!(!nothing.is_held());
    /// ```
    pub struct GuardedBody<B, G> {
        #[pin]
        inner: B,
        guard: Option<G>,
    }
}

impl<B, G> GuardedBody<B, G> {
    /// A body that holds `guard` until its end.
    pub fn new(inner: B, guard: G) -> Self
    where
        B: Body,
    {
        Self::maybe(inner, Some(guard))
    }

    /// A body that holds nothing if there is nothing to hold.
    pub fn maybe(inner: B, guard: Option<G>) -> Self
    where
        B: Body,
    {
        let guard = guard.filter(|_| !inner.is_end_stream());
        Self { inner, guard }
    }

    /// Whether the guard is still held.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.guard.is_some()
    }

    /// The wrapped body.
    pub fn get_ref(&self) -> &B {
        &self.inner
    }

    /// The wrapped body.
    pub fn get_mut(&mut self) -> &mut B {
        &mut self.inner
    }

    /// The wrapped body. Lets go of the guard.
    pub fn into_inner(self) -> B {
        self.inner
    }
}

/// What polling a body gives.
type Polled<B> = Poll<Option<Result<Frame<<B as Body>::Data>, <B as Body>::Error>>>;

/// What a guard can see of the body that holds it.
pub(crate) enum Seen<'a, D> {
    /// This is about to be sent.
    Data(&'a D),
    /// All of it was.
    End,
}

impl<B: Body, G> GuardedBody<B, G> {
    /// As [`poll_frame`](Body::poll_frame); the guard, while it is held, sees what passes.
    #[inline]
    pub(crate) fn poll_watched(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut see: impl FnMut(&mut G, Seen<'_, B::Data>),
    ) -> Polled<B> {
        let mut this = self.project();
        let polled = this.inner.as_mut().poll_frame(cx);
        let Some(guard) = this.guard else {
            return polled;
        };
        let over = match &polled {
            Poll::Pending => false,
            Poll::Ready(None) => true,
            Poll::Ready(Some(Err(_))) => {
                *this.guard = None;
                return polled;
            }
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    see(guard, Seen::Data(data));
                }
                // Nothing follows trailers, and a server does not look.
                frame.is_trailers() || this.inner.is_end_stream()
            }
        };
        if over {
            see(guard, Seen::End);
            *this.guard = None;
        }
        polled
    }
}

impl<B: Body, G> Body for GuardedBody<B, G> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        self.poll_watched(cx, |_, _| {})
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl<B: Default, G> Default for GuardedBody<B, G> {
    /// An empty body that holds nothing.
    fn default() -> Self {
        Self {
            inner: B::default(),
            guard: None,
        }
    }
}

impl<B: fmt::Debug, G> fmt::Debug for GuardedBody<B, G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GuardedBody")
            .field("inner", &self.inner)
            .field("held", &self.is_held())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::HeaderMap;
    use http_body_util::{BodyExt, Empty, Full};
    use std::collections::VecDeque;
    use std::sync::Arc;

    /// Plays frames; `announces` says whether `is_end_stream` knows the end.
    struct Script {
        frames: VecDeque<Result<Frame<Bytes>, &'static str>>,
        announces: bool,
    }

    impl Body for Script {
        type Data = Bytes;
        type Error = &'static str;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
            match self.frames.pop_front() {
                Some(Err("panic")) => panic!("the body panics"),
                frame => Poll::Ready(frame),
            }
        }

        fn is_end_stream(&self) -> bool {
            self.announces && self.frames.is_empty()
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(42)
        }
    }

    fn data(text: &'static str) -> Result<Frame<Bytes>, &'static str> {
        Ok(Frame::data(Bytes::from_static(text.as_bytes())))
    }

    /// The body, and a count that is 2 while the guard is held and 1 afterwards.
    fn guarded<const N: usize>(
        frames: [Result<Frame<Bytes>, &'static str>; N],
        announces: bool,
    ) -> (GuardedBody<Script, Arc<()>>, Arc<()>) {
        let permit = Arc::new(());
        let script = Script {
            frames: frames.into(),
            announces,
        };
        (GuardedBody::new(script, Arc::clone(&permit)), permit)
    }

    #[track_caller]
    fn held(permit: &Arc<()>, expected: bool) {
        assert_eq!(Arc::strong_count(permit) == 2, expected);
    }

    #[tokio::test]
    async fn is_held_while_the_body_streams_and_let_go_at_its_end() {
        let (mut body, permit) = guarded([data("a"), data("b")], false);
        held(&permit, true);
        body.frame().await.unwrap().unwrap();
        body.frame().await.unwrap().unwrap();
        held(&permit, true); // it does not know yet that this was the last
        assert!(body.frame().await.is_none());
        held(&permit, false);
        assert!(!body.is_held());
    }

    #[tokio::test]
    async fn an_announced_end_lets_go_because_nobody_polls_past_it() {
        let (mut body, permit) = guarded([data("a"), data("b")], true);
        body.frame().await.unwrap().unwrap();
        held(&permit, true);
        body.frame().await.unwrap().unwrap();
        held(&permit, false);
    }

    #[tokio::test]
    async fn an_error_lets_go() {
        let (mut body, permit) = guarded([data("a"), Err("reset")], false);
        body.frame().await.unwrap().unwrap();
        body.frame().await.unwrap().unwrap_err();
        held(&permit, false);
    }

    #[tokio::test]
    async fn a_body_dropped_in_the_middle_lets_go() {
        let (mut body, permit) = guarded([data("a"), data("b")], false);
        body.frame().await.unwrap().unwrap();
        drop(body);
        held(&permit, false);
    }

    #[test]
    fn a_response_that_is_never_read_lets_go_when_dropped() {
        let (body, permit) = guarded([data("a")], false);
        drop(http::Response::new(body));
        held(&permit, false);
    }

    #[tokio::test]
    async fn a_panic_in_the_body_lets_go() {
        let (mut body, permit) = guarded([Err("panic")], false);
        let task = tokio::spawn(async move { body.frame().await.is_some() });
        assert!(task.await.unwrap_err().is_panic());
        held(&permit, false);
    }

    #[test]
    fn an_empty_body_of_head_204_or_an_upgrade_holds_nothing() {
        let permit = Arc::new(());
        let body = GuardedBody::new(Empty::<Bytes>::new(), Arc::clone(&permit));
        assert!(!body.is_held());
        held(&permit, false);
        assert!(body.is_end_stream());
    }

    #[tokio::test]
    async fn trailers_pass_and_let_go_with_them() {
        let mut map = HeaderMap::new();
        map.insert("grpc-status", "0".parse().unwrap());
        let (mut body, permit) = guarded([data("a"), Ok(Frame::trailers(map.clone()))], false);
        body.frame().await.unwrap().unwrap();
        held(&permit, true);
        let frame = body.frame().await.unwrap().unwrap();
        assert_eq!(frame.into_trailers().unwrap(), map);
        held(&permit, false);
        assert!(body.frame().await.is_none());
    }

    #[test]
    fn size_hint_and_end_of_stream_are_those_of_the_inner_body() {
        let (body, _permit) = guarded([data("a")], false);
        assert_eq!(body.size_hint().exact(), Some(42));
        assert!(!body.is_end_stream());
        let full = GuardedBody::new(Full::<Bytes>::from("hello"), ());
        assert_eq!(full.size_hint().exact(), Some(5));
        assert_eq!(full.into_inner().size_hint().exact(), Some(5));
    }
}
