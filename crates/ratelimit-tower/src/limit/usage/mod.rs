//! What a caller has used so far, for the caller: a service to mount at a path of its own.
//!
//! It finds the caller as the layer does, looks at the caller's plan and says how it stands. Asking costs
//! nothing, which also means that nothing limits it: it is as cheap as a check, and reads only the head.
//!
//! Danger: inside of the layer it would cost a request. Mount it beside, not under it.

mod by_unit;
mod page;
mod report;

pub use by_unit::ByUnit;
pub use page::UsagePage;
pub use report::UsageReport;

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use ratelimit_core::{Check, Key, Limiter, Memory, Plan, Subject};
use tower_service::Service;

use super::caller::Caller;
use super::config::Config;
use super::rejection::Rejection;
use crate::body::WholeBody;
use crate::head::Head;

/// Words what a caller has used. Closures of the same shape do.
pub trait DescribeUsage: Send + Sync {
    /// The answer to somebody who asks.
    fn describe(&self, usage: &UsageReport<'_>) -> Response<Bytes>;
}

impl<F> DescribeUsage for F
where
    F: Fn(&UsageReport<'_>) -> Response<Bytes> + Send + Sync,
{
    fn describe(&self, usage: &UsageReport<'_>) -> Response<Bytes> {
        self(usage)
    }
}

/// Answers with what the caller has used. Made by
/// [`RateLimitLayer::usage`](super::RateLimitLayer::usage).
///
/// ```
/// use axum::{Router, routing::get};
/// use ratelimit_core::{Plan, Policy, Quota};
/// use ratelimit_tower::{key, limit::{Anonymous, ByUnit, RateLimitLayer}};
///
/// let plan = Plan::try_from(Policy::sliding_log("hour", Quota::per_hour(100)))?;
/// let limits = RateLimitLayer::new(plan)
///     .with_key(key::bearer)
///     .with_anonymous(Anonymous::Refuse);
/// let usage = limits.usage(ByUnit);
/// let app: Router = Router::new()
///     .route("/v1/answers", get(|| async { "42" }))
///     .layer(limits)
///     .route_service("/v1/usage", usage); // beside the layer: asking costs nothing
/// # Ok::<(), ratelimit_core::PlanError>(())
/// ```
///
/// Whoever the layer would answer with 401 is answered so here; whoever passes unlimited is told of no limits.
pub struct Usage<L = Memory> {
    config: Arc<Config<L>>,
    form: Arc<dyn DescribeUsage>,
}

impl<L: Limiter> Usage<L> {
    pub(super) fn new(config: Arc<Config<L>>, form: impl DescribeUsage + 'static) -> Self {
        let form = Arc::new(form);
        Self { config, form }
    }

    async fn answer(self, parts: Parts) -> Response<Bytes> {
        let head = Head::from_parts(&parts, &self.config.addresses);
        let found = match self.caller(&head).await {
            Ok(Some((key, plan))) => self.look(key, &plan).await,
            Ok(None) => Ok(self.form.describe(&UsageReport::unlimited())),
            Err(rejection) => Err(rejection),
        };
        found.unwrap_or_else(|rejection| self.config.answer(&head, rejection))
    }

    /// The caller and its plan; `None` for one who passes unlimited.
    async fn caller(&self, head: &Head<'_>) -> Result<Option<(Key, Plan)>, Rejection> {
        let (callers, hasher) = (&self.config.callers, self.config.limiter.hasher());
        let mut caller = callers.find(head, hasher)?;
        if let Caller::Pending { key, plan } = caller {
            caller = match plan.await {
                Ok(Some(plan)) => return Ok(Some((key, plan))),
                Ok(None) => callers.unknown(head, hasher)?,
                Err(error) => return Err(Rejection::LookUp(Arc::new(error))),
            };
        }
        Ok(match caller {
            Caller::Known { key, plan } => Some((key, plan.into_owned())),
            Caller::Pending { .. } | Caller::Pass => None,
        })
    }

    async fn look(&self, key: Key, plan: &Plan) -> Result<Response<Bytes>, Rejection> {
        let limiter = &self.config.limiter;
        let verdict = match limiter.peek(&[Subject { key, plan }], 0.into()) {
            Check::Done(answer) => answer,
            Check::Wait(future) => future.await,
        };
        let failed = |error: L::Error| Rejection::Limiter(Arc::new(error.into()));
        let decision = verdict.map_err(failed)?.decision;
        let report = UsageReport::new(&decision, |at| limiter.unix(at));
        Ok(self.form.describe(&report))
    }
}

impl<B, L: Limiter> Service<Request<B>> for Usage<L> {
    type Response = Response<WholeBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<WholeBody>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (this, parts) = (self.clone(), request.into_parts().0);
        Box::pin(async move { Ok(this.answer(parts).await.map(WholeBody::new)) })
    }
}

impl<L> Clone for Usage<L> {
    fn clone(&self) -> Self {
        Self {
            config: Arc::clone(&self.config),
            form: Arc::clone(&self.form),
        }
    }
}

impl<L> std::fmt::Debug for Usage<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Usage").finish_non_exhaustive()
    }
}
