//! The batch: takes requests, keeps some under way, gives results.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_util::stream::FuturesUnordered;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::listed::Listed;
use super::numbered::Numbered;

/// How many are under way if nobody says otherwise.
const CONCURRENCY: usize = 10;

pin_project! {
    /// Sends requests through a service, some at a time, and is a stream of their results. The
    /// [module](super) says how.
    #[must_use = "a batch does nothing unless it is polled"]
    pub struct Batch<S, Q>
    where
        S: Service<Q::Item>,
        Q: Stream,
    {
        service: S,
        #[pin]
        requests: Q,
        // The next one, which waits for the service to be ready.
        next: Option<Q::Item>,
        in_flight: FuturesUnordered<Numbered<S::Future>>,
        started: usize,
        concurrency: usize,
        is_read: bool,
    }
}

/// What became of a request.
type Outcome<S, R> = Result<<S as Service<R>>::Response, <S as Service<R>>::Error>;

impl<S, I> Batch<S, Listed<I>>
where
    S: Service<I::Item>,
    I: Iterator,
{
    /// Sends these requests, ten at a time if not told otherwise.
    pub fn new(service: S, requests: impl IntoIterator<IntoIter = I, Item = I::Item>) -> Self {
        Self::of_stream(service, Listed::new(requests.into_iter()))
    }
}

impl<S, Q> Batch<S, Q>
where
    S: Service<Q::Item>,
    Q: Stream,
{
    /// Sends the requests of this stream, which is polled only when there is room for one more. Ten at a
    /// time, if not told otherwise.
    pub fn of_stream(service: S, requests: Q) -> Self {
        Self {
            service,
            requests,
            next: None,
            in_flight: FuturesUnordered::new(),
            started: 0,
            concurrency: CONCURRENCY,
            is_read: false,
        }
    }

    /// At most so many under way at a time.
    ///
    /// # Panics
    /// If that is none.
    #[track_caller]
    pub fn with_concurrency(mut self, most: usize) -> Self {
        assert!(most > 0, "a batch of which nothing may be under way");
        self.concurrency = most;
        self
    }

    /// How many requests are under way.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.in_flight.len()
    }

    /// The next result, and which request it belongs to, counted from 0; `None` when all are there. A
    /// wait that is given up loses nothing.
    pub async fn next(&mut self) -> Option<(usize, Outcome<S, Q::Item>)>
    where
        Q: Unpin,
    {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Starts as many as there is room for. The error is that of a service that was not ready for the
    /// request of this number.
    fn start(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Result<(), (usize, S::Error)> {
        let mut this = self.project();
        while this.in_flight.len() < *this.concurrency {
            if this.next.is_none() && !*this.is_read {
                let Poll::Ready(next) = this.requests.as_mut().poll_next(cx) else {
                    return Ok(());
                };
                *this.is_read = next.is_none();
                *this.next = next;
            }
            // Asked only on behalf of a request: a service that is ready may hold a place for it.
            if this.next.is_none() {
                return Ok(());
            }
            let Poll::Ready(ready) = this.service.poll_ready(cx) else {
                return Ok(());
            };
            let Some(request) = this.next.take() else {
                return Ok(());
            };
            let number = *this.started;
            *this.started += 1;
            ready.map_err(|error| (number, error))?;
            let call = this.service.call(request);
            this.in_flight.push(Numbered::new(number, call));
        }
        Ok(())
    }
}

impl<S, Q> Stream for Batch<S, Q>
where
    S: Service<Q::Item>,
    Q: Stream,
{
    type Item = (usize, Outcome<S, Q::Item>);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Err((number, error)) = self.as_mut().start(cx) {
            return Poll::Ready(Some((number, Err(error))));
        }
        let this = self.project();
        match ready!(Pin::new(this.in_flight).poll_next(cx)) {
            Some(result) => Poll::Ready(Some(result)),
            None if *this.is_read && this.next.is_none() => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let under_way = self.in_flight.len() + usize::from(self.next.is_some());
        if self.is_read {
            return (under_way, Some(under_way));
        }
        let (least, most) = self.requests.size_hint();
        let most = most.and_then(|most| most.checked_add(under_way));
        (least.saturating_add(under_way), most)
    }
}

impl<S, Q> fmt::Debug for Batch<S, Q>
where
    S: Service<Q::Item>,
    Q: Stream,
{
    /// Not the requests: they hold credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("in_flight", &self.in_flight.len())
            .field("started", &self.started)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}
