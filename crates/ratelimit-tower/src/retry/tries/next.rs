//! Whether there is another try, and when: rules, bounds and budget.

use std::time::Duration;

use super::Tries;
use super::refusal::is_limited;
use crate::client::{RequestHead, ResponseHead, seat, stated_wait};
use crate::observe::{Event, GaveUp, GaveUpReason, Retried};
use crate::retry::budget::RetryBudget;
use crate::retry::classify::{Answer, Classify};
use crate::retry::copy::CopyRequest;

impl<R: RequestHead, P, C: CopyRequest<R>> Tries<R, P, C> {
    /// How long to wait before the next try; `None` if there is none.
    pub(in crate::retry) fn wait<T, E>(&mut self, result: &Result<T, E>) -> Option<Duration>
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

    /// Whether a throttle has refused it, so that nothing was sent. Whoever is around hears of it too.
    fn is_unsent(&self) -> bool {
        if self.left.is_unsent {
            seat::is_unsent();
        }
        self.left.is_unsent
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
