//! Tells each request of a connection where it comes from.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use http::Request;
use ratelimit_tower::key::PeerAddr;
use tower_service::Service;

/// A service of one connection.
#[derive(Clone)]
pub(super) struct AtPeer<S> {
    inner: S,
    peer: PeerAddr,
    asked: Arc<AtomicBool>,
}

impl<S> AtPeer<S> {
    /// `asked` is set when the first request arrives.
    pub(super) fn new(inner: S, peer: SocketAddr, asked: Arc<AtomicBool>) -> Self {
        Self {
            inner,
            peer: PeerAddr(peer),
            asked,
        }
    }
}

impl<S, B> Service<Request<B>> for AtPeer<S>
where
    S: Service<Request<B>>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> S::Future {
        self.asked.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(self.peer);
        self.inner.call(request)
    }
}
