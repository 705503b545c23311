//! A request's body that has to keep coming.
//!
//! Danger: who announces a body and sends one byte holds a connection, a place among the requests in
//! flight and a connection to the upstream. So a body that is asked for its next piece and has none
//! for too long fails. The time that the upstream takes to ask does not count.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http_body::{Body, Frame, SizeHint};
use ratelimit_tower::BoxError;
use tokio::time::{Instant, Sleep, sleep};

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

/// The body kept its reader waiting for too long.
#[derive(Debug)]
pub(super) struct Stalled;

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
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let patience = this.patience;
        let wait = this.wait.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(wait.as_mut().poll(cx));
        Poll::Ready(Some(Err(Stalled.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Stalled {
    /// Whether it is why something failed.
    pub(super) fn caused(error: &(dyn std::error::Error + 'static)) -> bool {
        let mut causes = std::iter::successors(Some(error), |error| error.source());
        causes.any(|cause| cause.is::<Self>())
    }
}

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body of the request did not arrive in time")
    }
}

impl std::error::Error for Stalled {}
