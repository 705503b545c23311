//! A list of requests as a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

/// A stream of what an iterator gives, which is always there at once.
#[derive(Clone)]
pub struct Listed<I> {
    list: I,
}

impl<I> Listed<I> {
    pub(super) fn new(list: I) -> Self {
        Self { list }
    }
}

// Nothing in here is ever pinned.
impl<I> Unpin for Listed<I> {}

impl<I: Iterator> Stream for Listed<I> {
    type Item = I::Item;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<I::Item>> {
        Poll::Ready(self.list.next())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.list.size_hint()
    }
}

impl<I> fmt::Debug for Listed<I> {
    /// Not the requests: they hold credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listed").finish_non_exhaustive()
    }
}
