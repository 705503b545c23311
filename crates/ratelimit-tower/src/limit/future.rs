//! The future of a response: unboxed where the answer was known at once.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use pin_project_lite::pin_project;
use ratelimit_core::{Key, Limiter, Memory};
use tower_service::Service;

use super::Admitted;
use super::caller::PlanFuture;
use super::config::Config;
use super::decide::{self, Next};
use super::response::ResponseBody;

pin_project! {
    /// The future of a response of [`RateLimit`](super::RateLimit).
    pub struct ResponseFuture<S, ReqBody, L = Memory>
    where
        S: Service<Request<ReqBody>>,
        L: Limiter,
    {
        #[pin]
        state: State<S, ReqBody, L>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<S, ReqBody, L>
    where
        S: Service<Request<ReqBody>>,
        L: Limiter,
    {
        Plain { #[pin] future: S::Future },
        Inner { #[pin] future: S::Future, admitted: Admitted<L> },
        Answered { response: Option<Response<Bytes>> },
        // A box, so that whoever need not wait does not carry the room for it.
        Waiting { #[pin] waiting: Pin<Box<Waiting<S, ReqBody, L>>> },
    }
}

pin_project! {
    /// A request that cannot be decided yet, and the ready service that it will go to.
    struct Waiting<S, ReqBody, L>
    where
        L: Limiter,
    {
        request: Option<(Request<ReqBody>, S)>,
        config: Arc<Config<L>>,
        #[pin]
        stage: Stage<L::Future>,
    }
}

pin_project! {
    #[project = StageProj]
    enum Stage<F> {
        LookUp { key: Key, plan: PlanFuture },
        Limiter { #[pin] answer: F },
    }
}

impl<S, ReqBody, L> ResponseFuture<S, ReqBody, L>
where
    S: Service<Request<ReqBody>>,
    L: Limiter,
{
    #[inline]
    pub(super) fn plain(future: S::Future) -> Self {
        Self {
            state: State::Plain { future },
        }
    }

    #[inline]
    pub(super) fn inner(future: S::Future, admitted: Admitted<L>) -> Self {
        Self {
            state: State::Inner { future, admitted },
        }
    }

    pub(super) fn answered(response: Response<Bytes>) -> Self {
        let response = Some(response);
        Self {
            state: State::Answered { response },
        }
    }

    pub(super) fn looking_up(
        parts: (Request<ReqBody>, S, Arc<Config<L>>),
        key: Key,
        plan: PlanFuture,
    ) -> Self {
        Self::waiting(parts, Stage::LookUp { key, plan })
    }

    pub(super) fn asking(parts: (Request<ReqBody>, S, Arc<Config<L>>), answer: L::Future) -> Self {
        Self::waiting(parts, Stage::Limiter { answer })
    }

    fn waiting(
        (request, service, config): (Request<ReqBody>, S, Arc<Config<L>>),
        stage: Stage<L::Future>,
    ) -> Self {
        let waiting = Box::pin(Waiting {
            request: Some((request, service)),
            config,
            stage,
        });
        Self {
            state: State::Waiting { waiting },
        }
    }
}

impl<S, ReqBody, ResBody, L> Future for ResponseFuture<S, ReqBody, L>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Body,
    L: Limiter,
{
    type Output = Result<Response<ResponseBody<ResBody, L>>, S::Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let state = match self.as_mut().project().state.project() {
                StateProj::Plain { future } => {
                    let response = ready!(future.poll(cx))?;
                    return Poll::Ready(Ok(response.map(ResponseBody::passed)));
                }
                StateProj::Inner { future, admitted } => {
                    let response = ready!(future.poll(cx))?;
                    return Poll::Ready(Ok(admitted.finish(response)));
                }
                StateProj::Answered { response } => {
                    let response = response.take().expect("polled after completion");
                    return Poll::Ready(Ok(response.map(ResponseBody::own)));
                }
                StateProj::Waiting { waiting } => {
                    ready!(waiting.get_mut().as_mut().poll_next(cx))
                }
            };
            self.as_mut().project().state.set(state);
        }
    }
}

impl<S, ReqBody, L> Waiting<S, ReqBody, L>
where
    S: Service<Request<ReqBody>>,
    L: Limiter,
{
    /// What follows, once it is known.
    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<State<S, ReqBody, L>> {
        loop {
            let this = self.as_mut().project();
            let (request, _) = this.request.as_mut().expect("polled after completion");
            let next = match this.stage.project() {
                StageProj::LookUp { key, plan } => {
                    let plan = ready!(plan.as_mut().poll(cx));
                    decide::decide_looked_up(this.config, request, *key, plan)
                }
                StageProj::Limiter { answer } => {
                    let answer = ready!(answer.poll(cx));
                    decide::conclude(this.config, request, answer)
                }
            };
            match next {
                Next::LookUp(key, plan) => {
                    self.as_mut()
                        .project()
                        .stage
                        .set(Stage::LookUp { key, plan });
                }
                Next::Wait(answer) => self.as_mut().project().stage.set(Stage::Limiter { answer }),
                Next::Plain => return Poll::Ready(self.pass(Admitted::nothing())),
                Next::Pass(admitted) => return Poll::Ready(self.pass(admitted)),
                Next::Answered(response) => {
                    let response = Some(response);
                    return Poll::Ready(State::Answered { response });
                }
            }
        }
    }

    fn pass(self: Pin<&mut Self>, admitted: Admitted<L>) -> State<S, ReqBody, L> {
        let (request, mut service) = self.project().request.take().expect("polled once");
        // This is the service that was polled until it was ready, not a clone of it.
        State::Inner {
            future: service.call(request),
            admitted,
        }
    }
}

impl<S, ReqBody, L> std::fmt::Debug for ResponseFuture<S, ReqBody, L>
where
    S: Service<Request<ReqBody>>,
    L: Limiter,
{
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
