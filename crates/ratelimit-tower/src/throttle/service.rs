//! The service: takes a place in `call`, and carries the ready service to its turn.

use std::task::{Context, Poll};
use std::time::Duration;

use ratelimit_core::Timestamp;
use ratelimit_core::wait::{Ask, Gate, Refusal, Waiter};
use tokio::time::Instant;
use tower_service::Service;

use super::error::{Refused, ThrottleError};
use super::future::ResponseFuture;
use super::layer::ThrottleLayer;
use crate::client::seat;
use crate::client::{Outgoing, RequestHead, ResponseHead};

/// A service whose requests wait for their turn. Made by [`ThrottleLayer`]; clones share one budget.
///
/// It is ready when the inner service is. The wait is in the response's future: a ready service that
/// is dropped without a call has taken nothing, and a future that is dropped frees its place.
#[derive(Clone, Debug)]
pub struct Throttle<S> {
    inner: S,
    layer: ThrottleLayer,
}

impl<S> Throttle<S> {
    pub(super) fn new(inner: S, layer: ThrottleLayer) -> Self {
        Self { inner, layer }
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

impl<S, R> Service<R> for Throttle<S>
where
    S: Service<R> + Clone,
    S::Response: ResponseHead,
    R: RequestHead,
{
    type Response = <S::Response as ResponseHead>::Held;
    type Error = ThrottleError<S::Error>;
    type Future = ResponseFuture<S, R>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx).map_err(ThrottleError::Inner)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let head = Outgoing::new(&request);
        let Some((key, gate)) = self.layer.gate_of(&head) else {
            let mut watch = self.layer.watch(&head, None);
            watch.sent(&self.layer, None);
            let future = self.inner.call(request);
            return ResponseFuture::unbound(future, self.layer.clone()).watched(watch);
        };
        let mut watch = self.layer.watch(&head, Some(key));
        match self.enter(&gate, &head).map(Waiter::into_pass) {
            Ok(Ok(pass)) => {
                watch.sent(&self.layer, Some(&gate));
                let future = self.inner.call(request);
                ResponseFuture::sent(future, pass, gate, self.layer.clone()).watched(watch)
            }
            Ok(Err(waiter)) => {
                // The service that is ready waits; the clone that takes its place is not ready yet.
                let clone = self.inner.clone();
                let ready = std::mem::replace(&mut self.inner, clone);
                ResponseFuture::waiting(waiter, ready, request, gate, self.layer.clone())
                    .watched(watch)
            }
            Err(refusal) => {
                let refused = Refused::new(&refusal, gate.now());
                ResponseFuture::refused(refused, self.layer.clone()).watched(watch)
            }
        }
    }
}

impl<S> Throttle<S> {
    fn enter(&self, gate: &Gate, head: &Outgoing<'_>) -> Result<Waiter, Refusal> {
        let config = self.layer.config();
        let mut ask = Ask::new(1).with_spend(config.costs.spend(head));
        if let Some(priority) = &config.priority {
            ask = ask.with_priority(priority(head));
        }
        let seat = seat::offered(gate);
        if let Some(deadline) = deadline(gate, seat.is_some(), config.max_wait) {
            ask = ask.with_deadline(deadline);
        }
        match seat {
            Some(seat) => gate.enter_again(&ask, seat),
            None => gate.enter(&ask),
        }
    }
}

/// When it must have gone, if there is such an instant: by what this layer allows, and by what a retry around it does.
fn deadline(gate: &Gate, comes_back: bool, max_wait: Option<Duration>) -> Option<Timestamp> {
    // Who comes back was told to stay away until a pause ends: that does not count as waiting.
    let pause = || gate.paused_until().filter(|_| comes_back);
    let since = || pause().unwrap_or_else(|| gate.now());
    let of_layer = max_wait.map(|wait| since().saturating_add(wait));
    let rest = |end: Instant| end.saturating_duration_since(Instant::now());
    let of_retry = seat::deadline().map(|end| gate.now().saturating_add(rest(end)));
    of_layer.into_iter().chain(of_retry).min()
}
