//! What lets one through.

use std::fmt;

use super::gate::Gate;
use super::news::News;
use super::queue::Grant;
use super::seat::Seat;
use crate::adapt::{Answer, Spend};
use crate::time::Timestamp;

/// The right to send once. It holds a permit of every cap on concurrency until it is dropped or
/// settled, so keep it until the answer has been read to its end.
///
/// Dropped, the charge stands, or what it was [trued up](Self::true_up) to.
#[must_use = "dropping a pass lets go of its permits"]
pub struct Pass {
    gate: Gate,
    /// Behind a pointer, because a pass travels: in futures, and in the bodies of responses.
    grant: Box<Grant>,
}

impl Pass {
    pub(super) fn new(gate: Gate, grant: Box<Grant>) -> Self {
        Self { gate, grant }
    }

    /// The instant at which it was granted.
    #[must_use]
    pub fn granted_at(&self) -> Timestamp {
        Timestamp::from_nanos(self.grant.sent.at)
    }

    /// What it was granted for.
    #[must_use]
    pub fn spend(&self) -> Spend {
        self.grant.spend
    }

    /// What it has really cost, as far as [that was said](Self::true_up).
    #[must_use]
    pub fn actual(&self) -> Option<Spend> {
        self.grant.actual
    }

    /// Whether it holds a permit of a cap, which others may be waiting for. If not, nothing is lost by
    /// dropping it early.
    #[must_use]
    pub fn holds_permit(&self) -> bool {
        self.grant.holds
    }

    /// Tells the gate what the answer to this send says about the next ones.
    ///
    /// Answers do not come in the order of their sends. One that is laxer than what the answer to a
    /// *later* send said is old news, and is ignored: it would open a gate that is known to be closed.
    pub fn tell(&self, news: News) {
        self.gate.tell(&self.grant, news);
    }

    /// Tells an [adaptive](Gate::adaptive) gate what came back: it learns from that when the next may
    /// go. Once for each pass; a pass that is dropped without it counts as lost on the way, and keeps
    /// its share of every limit for as long as that could be.
    pub fn answered(&mut self, answer: &Answer<'_>) {
        self.gate.hear(&mut self.grant, answer);
    }

    /// What it has really cost: from its end on, the plan counts that.
    pub fn true_up(&mut self, actual: Spend) {
        self.grant.actual = Some(actual);
    }

    /// Its place in the line, to be taken again if the server refused it: see [`Gate::enter_again`].
    /// `None` if it was asked for before.
    pub fn seat(&mut self) -> Option<Seat> {
        self.grant.seat(self.gate.id())
    }

    /// Tells an [adaptive](Gate::adaptive) gate that nobody counted it: a cache answered.
    pub fn uncounted(&mut self) {
        self.gate.unsend(&mut self.grant);
    }

    /// It has cost this, be it a number of units or a [`Spend`]: gives the rest back, or charges the
    /// difference as debt.
    pub fn settle(mut self, actual: impl Into<Spend>) {
        self.true_up(actual.into());
    }

    /// Nothing was sent: gives everything back.
    pub fn cancel(mut self) {
        self.gate.give_back(&self.grant);
        self.grant.is_given_back();
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let Self { gate, grant } = self;
        gate.lose(grant);
        if grant.holds || grant.actual.is_some() {
            let actual = grant.actual.as_ref().unwrap_or(&grant.spend);
            gate.settle(&grant.ticket, actual);
        }
    }
}

impl fmt::Debug for Pass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass")
            .field("granted_at", &self.granted_at())
            .finish_non_exhaustive()
    }
}
