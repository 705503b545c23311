//! Tells each request of a connection where it comes from, and counts it until its answer has passed.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use ratelimit_tower::GuardedBody;
use ratelimit_tower::key::PeerAddr;
use tower_service::Service;

use super::in_flight::{InFlight, Underway};

/// A service of one connection.
#[derive(Clone)]
pub(super) struct AtPeer<S> {
    inner: S,
    peer: PeerAddr,
    asked: Arc<AtomicBool>,
    in_flight: InFlight,
}

impl<S> AtPeer<S> {
    /// `asked` is set when the first request arrives.
    pub(super) fn new(
        inner: S,
        peer: SocketAddr,
        asked: Arc<AtomicBool>,
        in_flight: InFlight,
    ) -> Self {
        Self {
            inner,
            peer: PeerAddr(peer),
            asked,
            in_flight,
        }
    }
}

impl<S, A, B> Service<Request<A>> for AtPeer<S>
where
    S: Service<Request<A>, Response = Response<B>>,
    S::Future: Send + 'static,
    B: Body,
{
    type Response = Response<GuardedBody<B, Underway>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<A>) -> Self::Future {
        self.asked.store(true, Ordering::Relaxed);
        request.extensions_mut().insert(self.peer);
        let underway = self.in_flight.begin();
        let answer = self.inner.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            Ok(answer.map(|body| GuardedBody::new(body, underway)))
        })
    }
}
