//! A call that remembers which one it is.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    pub(super) struct Numbered<F> {
        number: usize,
        #[pin]
        call: F,
    }
}

impl<F> Numbered<F> {
    pub(super) fn new(number: usize, call: F) -> Self {
        Self { number, call }
    }
}

impl<F: Future> Future for Numbered<F> {
    type Output = (usize, F::Output);

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let number = *this.number;
        this.call.poll(cx).map(|output| (number, output))
    }
}
