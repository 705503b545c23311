//! What came of the tries so far, and whether there is another.

mod next;
mod refusal;

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use tokio::time::Instant;

use super::copy::CopyRequest;
use super::layer::Config;
use crate::client::RequestHead;
use crate::client::seat::{self, Left, Offer};
use crate::observe::authority;

pub(super) use refusal::is_refusal;

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

    fn may_try(&self) -> bool {
        self.sent - self.refused < self.config.backoff.max_tries()
    }

    fn may_be_refused(&self) -> bool {
        self.refused < self.config.backoff.max_refusals()
    }
}
