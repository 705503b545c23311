//! The response's future: waits, sends, learns.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use ratelimit_core::wait::{Gate, Pass, Waiter};
use tower_service::Service;

use super::acquire::Acquire;
use super::adapt;
use super::error::{Refused, ThrottleError};
use super::layer::ThrottleLayer;
use super::watch::Watch;
use crate::client::{Guard, ResponseHead, seat};

pin_project! {
    /// The response of a throttled service. Dropped while it waits, it frees its place.
    pub struct ResponseFuture<S, R>
    where
        S: Service<R>,
    {
        #[pin]
        state: State<S, R, S::Future>,
        gate: Option<Gate>,
        layer: ThrottleLayer,
        watch: Watch,
    }
}

pin_project! {
    #[project = StateProj]
    #[project_replace = StateReplace]
    enum State<S, R, F> {
        Waits { #[pin] acquire: Acquire, service: S, request: R },
        Sent { #[pin] future: F, pass: Option<Pass> },
        Refused { refused: Refused },
        Over,
    }
}

impl<S: Service<R>, R> ResponseFuture<S, R> {
    pub(super) fn waiting(
        waiter: Waiter,
        service: S,
        request: R,
        gate: Gate,
        layer: ThrottleLayer,
    ) -> Self {
        Self {
            state: State::Waits {
                acquire: Acquire::new(waiter),
                service,
                request,
            },
            gate: Some(gate),
            layer,
            watch: Watch::default(),
        }
    }

    pub(super) fn sent(future: S::Future, pass: Pass, gate: Gate, layer: ThrottleLayer) -> Self {
        let pass = Some(pass);
        Self {
            state: State::Sent { future, pass },
            gate: Some(gate),
            layer,
            watch: Watch::default(),
        }
    }

    pub(super) fn unbound(future: S::Future, layer: ThrottleLayer) -> Self {
        Self {
            state: State::Sent { future, pass: None },
            gate: None,
            layer,
            watch: Watch::default(),
        }
    }

    pub(super) fn refused(refused: Refused, layer: ThrottleLayer) -> Self {
        Self {
            state: State::Refused { refused },
            gate: None,
            layer,
            watch: Watch::default(),
        }
    }
}

impl<S: Service<R>, R> ResponseFuture<S, R> {
    pub(super) fn watched(mut self, watch: Watch) -> Self {
        self.watch = watch;
        self
    }
}

impl<S: Service<R>, R> fmt::Debug for ResponseFuture<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Waits { .. } => "waits",
            State::Sent { .. } => "sent",
            State::Refused { .. } => "refused",
            State::Over => "over",
        };
        f.debug_struct("ResponseFuture")
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

impl<S, R> Future for ResponseFuture<S, R>
where
    S: Service<R>,
    S::Response: ResponseHead,
{
    type Output = Result<<S::Response as ResponseHead>::Held, ThrottleError<S::Error>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let next = match this.state.as_mut().project() {
                StateProj::Waits { acquire, .. } => {
                    let clock = &this.layer.times().tokio;
                    match ready!(acquire.poll(clock, cx)) {
                        Ok(pass) => {
                            this.watch.sent(this.layer, this.gate.as_ref());
                            send(this.state.as_mut(), pass)
                        }
                        Err(refused) => State::Refused { refused },
                    }
                }
                StateProj::Sent { future, pass } => {
                    let result = ready!(future.poll(cx));
                    let pass = pass.take();
                    this.state.set(State::Over);
                    let gate = this.gate.as_ref();
                    return Poll::Ready(match result {
                        Ok(response) => Ok(learn(response, pass, gate, (this.layer, this.watch))),
                        Err(error) => {
                            this.watch.failed(this.layer);
                            Err(ThrottleError::Inner(error))
                        }
                    });
                }
                StateProj::Refused { refused } => {
                    let refused = *refused;
                    this.watch.not_sent(this.layer, &refused);
                    seat::is_unsent();
                    this.state.set(State::Over);
                    return Poll::Ready(Err(ThrottleError::Refused(refused)));
                }
                StateProj::Over => panic!("a response was polled after it was there"),
            };
            this.state.set(next);
        }
    }
}

fn send<S: Service<R>, R>(
    state: Pin<&mut State<S, R, S::Future>>,
    pass: Pass,
) -> State<S, R, S::Future> {
    match state.project_replace(State::Over) {
        StateReplace::Waits {
            mut service,
            request,
            ..
        } => State::Sent {
            future: service.call(request),
            pass: Some(pass),
        },
        // Only a state that waits is ever granted.
        _ => State::Over,
    }
}

fn learn<T: ResponseHead>(
    response: T,
    mut pass: Option<Pass>,
    gate: Option<&Gate>,
    (layer, watch): (&ThrottleLayer, &Watch),
) -> T::Held {
    let head = (response.status(), response.headers());
    let paused = watch.pause(gate);
    if let (Some(gate), Some(pass)) = (gate, &mut pass) {
        let (config, wall) = (layer.config(), &layer.times().wall);
        if let Some(actual) = config.costs.actual(pass.spend(), head.0, head.1) {
            pass.true_up(actual);
        }
        match config.adaptive {
            Some(_) => adapt::hear((gate, pass), config, wall, head),
            None => config
                .lessons
                .apply((gate, pass), &config.costs, wall, head),
        }
    }
    watch.answered(layer, gate, head, paused);
    response.hold(pass.and_then(Guard::of))
}
