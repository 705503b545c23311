//! The service: asks before each request, and carries on with the service that was ready.

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use ratelimit_core::{Limiter, Memory};
use tower_service::Service;

use super::config::Config;
use super::decide::{self, Next};
use super::future::ResponseFuture;
use super::response::ResponseBody;

/// A service whose callers are limited. Made by [`RateLimitLayer`](super::RateLimitLayer); clones
/// share one budget.
///
/// It keeps the inner service's error type: a refusal is a response, so axum needs no
/// `HandleErrorLayer`. It is ready when the inner service is; a ready service that is dropped without
/// a call has taken nothing.
pub struct RateLimit<S, L = Memory> {
    inner: S,
    config: Arc<Config<L>>,
}

impl<S, L> RateLimit<S, L> {
    pub(super) fn new(inner: S, config: Arc<Config<L>>) -> Self {
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

impl<S, ReqBody, ResBody, L> Service<Request<ReqBody>> for RateLimit<S, L>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>> + Clone,
    ResBody: Body,
    ResBody::Data: From<Bytes>,
    L: Limiter,
{
    type Response = Response<ResponseBody<ResBody, L>>;
    type Error = S::Error;
    type Future = ResponseFuture<S, ReqBody, L>;

    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    #[inline]
    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        match decide::decide(&self.config, &mut request) {
            Next::Plain => ResponseFuture::plain(self.inner.call(request)),
            Next::Pass(admitted) => ResponseFuture::inner(self.inner.call(request), admitted),
            Next::Answered(response) => ResponseFuture::answered(response),
            Next::LookUp(key, plan) => ResponseFuture::looking_up(self.take(request), key, plan),
            Next::Wait(answer) => ResponseFuture::asking(self.take(request), answer),
        }
    }
}

impl<S: Clone, L> RateLimit<S, L> {
    /// The request, with the service that is ready; a clone, which is not, takes its place.
    fn take<ReqBody>(
        &mut self,
        request: Request<ReqBody>,
    ) -> (Request<ReqBody>, S, Arc<Config<L>>) {
        let clone = self.inner.clone();
        let ready = std::mem::replace(&mut self.inner, clone);
        (request, ready, Arc::clone(&self.config))
    }
}

impl<S: Clone, L> Clone for RateLimit<S, L> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            config: Arc::clone(&self.config),
        }
    }
}

impl<S: std::fmt::Debug, L> std::fmt::Debug for RateLimit<S, L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RateLimit")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}
