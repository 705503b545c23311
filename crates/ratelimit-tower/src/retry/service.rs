//! The service.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use tower_service::Service;

use super::classify::{Classify, Standard};
use super::copy::{CopyRequest, Copyable};
use super::future::ResponseFuture;
use super::layer::Config;
use crate::client::{RequestHead, ResponseHead};

/// A service that sends requests again. Made by [`RetryLayer`](super::RetryLayer); clones share one
/// budget.
pub struct Retry<S, P = Standard, C = Copyable> {
    inner: S,
    config: Arc<Config<P, C>>,
}

impl<S, P, C> Retry<S, P, C> {
    pub(super) fn new(inner: S, config: Arc<Config<P, C>>) -> Self {
        Self { inner, config }
    }

    /// The inner service.
    pub fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The inner service.
    pub fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// The inner service.
    pub fn into_inner(self) -> S {
        self.inner
    }
}

impl<S, R, P, C> Service<R> for Retry<S, P, C>
where
    S: Service<R> + Clone,
    S::Response: ResponseHead,
    R: RequestHead,
    P: Classify<S::Error>,
    C: CopyRequest<R>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = ResponseFuture<S, R, P, C>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        // The service that is ready is used, and kept for the next try; the clone is not ready yet.
        let clone = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, clone);
        ResponseFuture::new(ready, request, Arc::clone(&self.config))
    }
}

impl<S: Clone, P, C> Clone for Retry<S, P, C> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            config: Arc::clone(&self.config),
        }
    }
}

impl<S: fmt::Debug, P, C> fmt::Debug for Retry<S, P, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
