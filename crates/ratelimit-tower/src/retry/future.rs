//! The response's future: send, look, wait, send again.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use tokio::time::Sleep;
use tower_service::Service;

use super::classify::Classify;
use super::copy::CopyRequest;
use super::layer::Config;
use super::tries::{Tries, is_refusal};
use crate::client::{RequestHead, ResponseHead};

pin_project! {
    /// The response of a service that retries.
    pub struct ResponseFuture<S, R, P, C>
    where
        S: Service<R>,
    {
        #[pin]
        state: State<S::Future>,
        service: S,
        tries: Tries<R, P, C>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<F> {
        Sent { #[pin] future: F },
        Waits { #[pin] sleep: Sleep },
        Readies,
    }
}

impl<S, R, P, C> ResponseFuture<S, R, P, C>
where
    S: Service<R>,
    R: RequestHead,
    C: CopyRequest<R>,
{
    pub(super) fn new(mut service: S, request: R, config: Arc<Config<P, C>>) -> Self {
        let mut tries = Tries::new(&request, config);
        tries.sends(&request);
        // The first time it waits for as long as it takes.
        let future = tries.hand(|| service.call(request));
        Self {
            state: State::Sent { future },
            service,
            tries,
        }
    }
}

impl<S: Service<R>, R, P, C> fmt::Debug for ResponseFuture<S, R, P, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Sent { .. } => "sent",
            State::Waits { .. } => "waits",
            State::Readies => "readies",
        };
        f.debug_struct("ResponseFuture")
            .field("state", &state)
            .field("sent", &self.tries.sent)
            .finish_non_exhaustive()
    }
}

impl<S, R, P, C> Future for ResponseFuture<S, R, P, C>
where
    S: Service<R>,
    S::Response: ResponseHead,
    R: RequestHead,
    P: Classify<S::Error>,
    C: CopyRequest<R>,
{
    type Output = Result<S::Response, S::Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            match this.state.as_mut().project() {
                StateProj::Sent { future } => {
                    let result = ready!(this.tries.hand(|| future.poll(cx)));
                    let Some(wait) = this.tries.wait(&result) else {
                        return Poll::Ready(result);
                    };
                    let wait = this.tries.keeps(is_refusal(&result), wait);
                    // What the answer holds (a connection, a permit) is free while this waits.
                    drop(result);
                    this.state.set(match wait {
                        Some(wait) => State::Waits {
                            sleep: tokio::time::sleep(wait),
                        },
                        None => State::Readies,
                    });
                }
                StateProj::Waits { sleep } => {
                    ready!(sleep.poll(cx));
                    this.state.set(State::Readies);
                }
                StateProj::Readies => {
                    ready!(this.service.poll_ready(cx))?;
                    let Some(request) = this.tries.copy.take() else {
                        unreachable!("only what was copied is sent again");
                    };
                    this.tries.sends(&request);
                    let future = this.tries.hand(|| this.service.call(request));
                    this.state.set(State::Sent { future });
                }
            }
        }
    }
}
