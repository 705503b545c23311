//! Bodies that take their time.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame};

type Rest = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A body without bytes that ends when something is over.
pub struct Slow(Option<Rest>);

impl Slow {
    /// Ends at once.
    #[must_use]
    pub const fn ended() -> Self {
        Self(None)
    }

    /// Ends after this.
    pub fn after(rest: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(Some(Box::pin(rest)))
    }
}

impl Body for Slow {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(rest) = &mut self.0 {
            std::task::ready!(rest.as_mut().poll(cx));
            self.0 = None;
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }
}

impl fmt::Debug for Slow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slow")
    }
}
