//! A request's body that has to keep coming.
//!
//! Danger: who announces a body and sends one byte holds a connection, a place among the requests in
//! flight and a connection to the upstream. So a body that is asked for its next piece and has none
//! for too long fails. The time that the upstream takes to ask does not count.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http_body::{Body, Frame, SizeHint};
use ratelimit_tower::BoxError;
use tokio::time::{Instant, Sleep, sleep};

use super::fault::Fault;

/// When the upstream last took something of a request.
#[derive(Clone, Debug)]
pub(super) struct Progress(Arc<Mutex<Instant>>);

/// A body, and how long it may keep its reader waiting.
#[derive(Debug)]
pub(super) struct Timed<B> {
    inner: B,
    patience: Duration,
    /// There while the reader waits.
    wait: Option<Pin<Box<Sleep>>>,
    progress: Progress,
}

impl Progress {
    pub(super) fn now() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }

    fn step(&self) {
        // An instant is whole, whoever panicked while it was written.
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Waits until there was none for so long.
    pub(super) async fn none_for(&self, patience: Duration) {
        loop {
            let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let left = patience.saturating_sub(last.elapsed());
            if left.is_zero() {
                return;
            }
            sleep(left).await;
        }
    }
}

impl<B> Timed<B> {
    pub(super) fn new(inner: B, patience: Duration, progress: Progress) -> Self {
        Self {
            inner,
            patience,
            wait: None,
            progress,
        }
    }
}

impl<B> Body for Timed<B>
where
    B: Body + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = B::Data;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, BoxError>>> {
        let this = &mut *self;
        // A piece that is there is taken, however late its reader asks for it.
        if let Poll::Ready(frame) = Pin::new(&mut this.inner).poll_frame(cx) {
            this.wait = None;
            this.progress.step();
            return Poll::Ready(
                frame.map(|frame| frame.map_err(|error| Fault::Broken(error.into()).into())),
            );
        }
        let patience = this.patience;
        let wait = this.wait.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(wait.as_mut().poll(cx));
        Poll::Ready(Some(Err(Fault::Stalled.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http_body_util::BodyExt;
    use std::collections::VecDeque;
    use std::convert::Infallible;

    const PATIENCE: Duration = Duration::from_secs(30);

    /// Pieces that come so many seconds after they are asked for.
    struct Slow(VecDeque<u64>, Option<Pin<Box<Sleep>>>);

    impl Body for Slow {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            let Some(pause) = self.0.front().copied() else {
                return Poll::Ready(None);
            };
            let pause = || Box::pin(sleep(Duration::from_secs(pause)));
            let wait = self.1.get_or_insert_with(pause);
            ready!(wait.as_mut().poll(cx));
            self.1 = None;
            self.0.pop_front();
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"a")))))
        }
    }

    fn timed(pauses: &[u64], progress: &Progress) -> Timed<Slow> {
        let slow = Slow(pauses.iter().copied().collect(), None);
        Timed::new(slow, PATIENCE, progress.clone())
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_may_be_slow_but_not_stall() {
        let progress = Progress::now();
        let slow = timed(&[29, 29, 29], &progress).collect().await;
        assert_eq!(slow.unwrap().to_bytes(), "aaa");
        let began = Instant::now();
        let error = timed(&[1, 31], &progress).collect().await.unwrap_err();
        assert!(matches!(
            Fault::behind(error.as_ref()),
            Some(Fault::Stalled)
        ));
        assert_eq!(began.elapsed().as_secs(), 31);
    }

    #[tokio::test(start_paused = true)]
    async fn that_a_reader_is_slow_is_not_held_against_the_body() {
        let mut body = timed(&[0, 29], &Progress::now());
        assert!(body.frame().await.unwrap().is_ok());
        sleep(PATIENCE * 2).await;
        assert!(body.frame().await.unwrap().is_ok());
        assert!(body.frame().await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_keeps_coming_is_no_wait_for_the_upstream() {
        let (progress, began) = (Progress::now(), Instant::now());
        let body = timed(&[20, 20, 20], &progress);
        let upload = async { body.collect().await.map(|_| ()) };
        let ((), upload) = tokio::join!(progress.none_for(Duration::from_secs(25)), upload);
        assert!(upload.is_ok());
        assert_eq!(began.elapsed().as_secs(), 85);
    }
}
