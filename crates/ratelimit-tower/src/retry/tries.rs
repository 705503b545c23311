//! What came of the tries so far, and whether there is another.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use tokio::time::Instant;

use super::budget::RetryBudget;
use super::classify::{Answer, Classify};
use super::copy::CopyRequest;
use super::layer::Config;
use crate::client::seat::{self, Left, Offer};
use crate::client::{RequestHead, ResponseHead, grpc, stated_wait};
use crate::observe::{Event, GaveUp, GaveUpReason, Retried, authority};

/// What is known about the tries so far.
pub(super) struct Tries<R, P, C> {
    config: Arc<Config<P, C>>,
    method: Method,
    /// What is sent next; `None` if it cannot be sent again.
    pub(super) copy: Option<R>,
    pub(super) sent: u32,
    /// After how many of them a limit said when to come back.
    refused: u32,
    began: Instant,
    /// What the last retry took from the budget.
    paid: u32,
    /// What throttles left of the last try, which may be some time before its answer is there: what stands
    /// between may read the body first.
    left: Left,
    /// Its places at the gates that it passed, and until when it may go.
    offer: Offer,
    /// Where it goes, if anybody looks on.
    host: Option<Box<str>>,
}

impl<R: RequestHead, P, C: CopyRequest<R>> Tries<R, P, C> {
    pub(super) fn new(request: &R, config: Arc<Config<P, C>>) -> Self {
        let is_watched = !config.observers.is_empty();
        let host = || authority(request.host(), request.port());
        Self {
            host: is_watched.then(host).flatten(),
            method: request.method().clone(),
            config,
            copy: None,
            sent: 0,
            refused: 0,
            began: Instant::now(),
            paid: 0,
            left: Left::default(),
            offer: Offer::default(),
        }
    }

    /// Keeps a copy of what is about to be sent, unless it is the last time.
    pub(super) fn sends(&mut self, request: &R) {
        self.sent += 1;
        self.copy = match self.may_try() || self.may_be_refused() {
            true => self.config.copy.copy(request),
            false => None,
        };
    }

    /// Calls or polls what is within, which may take what this brings and leave something.
    pub(super) fn hand<T>(&mut self, run: impl FnOnce() -> T) -> T {
        seat::hand(&mut self.offer, &mut self.left, run)
    }

    /// Keeps the places that it had, if a limit refused it: a refusal on the way to another answer is not this one's. How
    /// long to wait outside; `None` if a gate is shut for as long as it takes: whoever waits there, in line, is the
    /// first to go.
    pub(super) fn keeps(&mut self, is_refused: bool, wait: Duration) -> Option<Duration> {
        let left = mem::take(&mut self.left);
        let left = if is_refused { left } else { Left::default() };
        let waits_inside = left.waits();
        let total = self.config.backoff.total;
        let deadline = total.and_then(|total| self.began.checked_add(total));
        self.offer = Offer::new(left.into_seats(), deadline);
        (!waits_inside).then_some(wait)
    }

    /// Whether a throttle has refused it, so that nothing was sent. Whoever is around hears of it too.
    fn is_unsent(&self) -> bool {
        if self.left.is_unsent {
            seat::is_unsent();
        }
        self.left.is_unsent
    }

    /// How long to wait before the next try; `None` if there is none.
    pub(super) fn wait<T, E>(&mut self, result: &Result<T, E>) -> Option<Duration>
    where
        T: ResponseHead,
        P: Classify<E>,
    {
        let (again, stated) = self.judge(result);
        if !again {
            self.pay_back(result);
            return None;
        }
        let next = self.next(result, stated);
        if !self.config.observers.is_empty() {
            self.tell(next, result);
        }
        next.ok()
    }

    /// How long to wait before the next try, or why there is none though it might help.
    fn next<T, E>(
        &mut self,
        result: &Result<T, E>,
        stated: Option<Duration>,
    ) -> Result<Duration, GaveUpReason>
    where
        T: ResponseHead,
    {
        if self.copy.is_none() {
            let may_go = self.may_try() || self.may_be_refused();
            return Err(if may_go {
                GaveUpReason::NoCopy
            } else {
                GaveUpReason::Tries
            });
        }
        match stated.is_some() && is_limited(result) && self.may_be_refused() {
            true => self.refused += 1,
            false if self.may_try() => {}
            false => return Err(GaveUpReason::Tries),
        }
        let wait = self.config.backoff.wait(self.rounds(), stated);
        let wait = wait.ok_or(GaveUpReason::Wait)?;
        if let Some(total) = self.config.backoff.total {
            if self.began.elapsed().saturating_add(wait) > total {
                return Err(GaveUpReason::Wait);
            }
        }
        let may_pay = self.pay(result, stated);
        may_pay.then_some(wait).ok_or(GaveUpReason::Budget)
    }

    fn tell<T, E>(&self, next: Result<Duration, GaveUpReason>, result: &Result<T, E>)
    where
        T: ResponseHead,
    {
        let (host, tries) = (self.host.as_deref(), self.sent);
        let status = result.as_ref().ok().map(ResponseHead::status);
        self.config.observers.tell(&match next {
            Ok(wait) => Event::Retried(Retried {
                host,
                tries,
                status,
                wait,
            }),
            Err(reason) => Event::GaveUp(GaveUp {
                host,
                tries,
                status,
                reason,
            }),
        });
    }

    fn may_try(&self) -> bool {
        self.sent - self.refused < self.config.backoff.max_tries()
    }

    fn may_be_refused(&self) -> bool {
        self.refused < self.config.backoff.max_refusals()
    }

    /// How often a wait has doubled, and once more: not without end because of refusals alone.
    fn rounds(&self) -> u32 {
        self.sent - self.refused.saturating_sub(4)
    }

    /// Whether to try again, and how long the server says to wait.
    fn judge<T, E>(&self, result: &Result<T, E>) -> (bool, Option<Duration>)
    where
        T: ResponseHead,
        P: Classify<E>,
    {
        let classify = &self.config.classify;
        match result {
            Err(_) if self.is_unsent() => (false, None),
            Err(error) => (classify.retries_error(&self.method, error), None),
            Ok(response) => {
                let (status, headers) = (response.status(), response.headers());
                let now = self.config.backoff.wall.now();
                let answer = Answer {
                    method: &self.method,
                    status,
                    headers,
                    stated_wait: stated_wait(status, headers, now),
                    body: response.read_body(),
                };
                (classify.retries_answer(&answer), answer.stated_wait)
            }
        }
    }

    /// A 429 (or what gRPC has for it) that says when to come back is no sign of trouble: to obey it costs nothing.
    fn pay<T: ResponseHead, E>(&mut self, result: &Result<T, E>, stated: Option<Duration>) -> bool {
        let free = stated.is_some() && is_limited(result);
        let budget = self.config.budget.as_ref().filter(|_| !free);
        self.paid = budget.map_or(0, |_| RetryBudget::PRICE);
        budget.is_none_or(RetryBudget::withdraw)
    }

    fn pay_back<T: ResponseHead, E>(&self, result: &Result<T, E>) {
        let fine = |response: &T| !response.status().is_server_error();
        if let Some(budget) = self.config.budget.as_ref() {
            if result.as_ref().is_ok_and(fine) {
                budget.deposit(self.paid.max(1));
            }
        }
    }
}

/// Whether a limit refused it.
fn is_limited<T: ResponseHead, E>(result: &Result<T, E>) -> bool {
    let limited = |response: &T| match response.status() {
        StatusCode::OK => grpc::is_limit(response.headers()),
        status => status == StatusCode::TOO_MANY_REQUESTS,
    };
    result.as_ref().is_ok_and(limited)
}

/// Whether it may be what a throttle pauses for.
pub(super) fn is_refusal<T: ResponseHead, E>(result: &Result<T, E>) -> bool {
    let refuses = |response: &T| match response.status() {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => true,
        StatusCode::OK => grpc::refuses(response.headers()),
        _ => false,
    };
    result.as_ref().is_ok_and(refuses)
}
