//! A service that can be exchanged while it serves.

use std::convert::Infallible;
use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};

use http::Request;
use tower_service::Service;

/// Serves each request with the service that is in force when it arrives. Clones exchange together, so a
/// connection that was opened before sees it with its next request; a request that is under way stays
/// with the service that it was given to.
pub(in crate::serve) struct Reloadable<S>(Arc<RwLock<S>>);

impl<S: Clone> Reloadable<S> {
    pub(in crate::serve) fn new(service: S) -> Self {
        Self(Arc::new(RwLock::new(service)))
    }

    pub(super) fn exchange(&self, service: S) {
        // The old one is dropped when nobody is kept waiting any more.
        let _old = {
            let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *current, service)
        };
    }

    fn current(&self) -> S {
        // It is exchanged in one step: a panic elsewhere leaves nothing half done.
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }
}

impl<S, A> Service<Request<A>> for Reloadable<S>
where
    S: Service<Request<A>, Error = Infallible> + Clone,
    S::Future: Future,
{
    type Response = S::Response;
    type Error = Infallible;
    type Future = S::Future;

    /// Always: what it exchanges never makes anybody wait, neither the proxy nor the demo.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let mut service = self.current();
        // The service is a new clone, and tower wants it asked.
        let ready = service.poll_ready(&mut Context::from_waker(std::task::Waker::noop()));
        debug_assert!(ready.is_ready(), "a service that makes nobody wait");
        service.call(request)
    }
}

impl<S> Clone for Reloadable<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Response;
    use std::future::{Ready, ready};

    #[derive(Clone)]
    struct Says(u8);

    impl Service<Request<()>> for Says {
        type Response = Response<u8>;
        type Error = Infallible;
        type Future = Ready<Result<Response<u8>, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Request<()>) -> Self::Future {
            ready(Ok(Response::new(self.0)))
        }
    }

    #[tokio::test]
    async fn clones_see_the_exchange_and_what_is_under_way_does_not() {
        let reloadable = Reloadable::new(Says(1));
        let mut connection = reloadable.clone();
        let under_way = connection.call(Request::new(()));
        reloadable.exchange(Says(2));
        assert_eq!(*under_way.await.unwrap().body(), 1);
        let next = connection.call(Request::new(())).await;
        assert_eq!(*next.unwrap().body(), 2);
    }
}
