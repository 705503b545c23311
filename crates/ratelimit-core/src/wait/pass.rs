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
pub struct Pass(Option<Box<Held>>);

/// Behind a pointer, because a pass travels: in futures, and in the bodies of responses.
struct Held {
    gate: Gate,
    grant: Grant,
    /// What it has really cost, as far as that is known.
    actual: Option<Spend>,
}

impl Pass {
    pub(super) fn new(gate: Gate, grant: Grant) -> Self {
        Self(Some(Box::new(Held {
            gate,
            grant,
            actual: None,
        })))
    }

    /// The instant at which it was granted.
    #[must_use]
    pub fn granted_at(&self) -> Timestamp {
        let at = self.0.as_ref().map_or(0, |held| held.grant.sent.at);
        Timestamp::from_nanos(at)
    }

    /// What it was granted for.
    #[must_use]
    pub fn spend(&self) -> Spend {
        let spend = self.0.as_ref().map(|held| held.grant.spend);
        spend.unwrap_or(Spend::new(0))
    }

    /// What it has really cost, as far as [that was said](Self::true_up).
    #[must_use]
    pub fn actual(&self) -> Option<Spend> {
        self.0.as_ref()?.actual
    }

    /// Whether it holds a permit of a cap, which others may be waiting for. If not, nothing is lost by
    /// dropping it early.
    #[must_use]
    pub fn holds_permit(&self) -> bool {
        self.0.as_ref().is_some_and(|held| held.grant.holds)
    }

    /// Tells the gate what the answer to this send says about the next ones.
    ///
    /// Answers do not come in the order of their sends. One that is laxer than what the answer to a
    /// *later* send said is old news, and is ignored: it would open a gate that is known to be closed.
    pub fn tell(&self, news: News) {
        if let Some(held) = &self.0 {
            held.gate.tell(&held.grant, news);
        }
    }

    /// Tells an [adaptive](Gate::adaptive) gate what came back: it learns from that when the next may
    /// go. Once for each pass; a pass that is dropped without it counts as lost on the way, and keeps
    /// its share of every limit for as long as that could be.
    pub fn answered(&mut self, answer: &Answer<'_>) {
        if let Some(held) = &mut self.0 {
            held.gate.hear(&mut held.grant, answer);
        }
    }

    /// What it has really cost: from its end on, the plan counts that.
    pub fn true_up(&mut self, actual: Spend) {
        if let Some(held) = &mut self.0 {
            held.actual = Some(actual);
        }
    }

    /// Its place in the line, to be taken again if the server refused it: see [`Gate::enter_again`].
    /// `None` if it was asked for before.
    pub fn seat(&mut self) -> Option<Seat> {
        let held = self.0.as_mut()?;
        held.grant.seat(held.gate.id())
    }

    /// Tells an [adaptive](Gate::adaptive) gate that nobody counted it: a cache answered.
    pub fn uncounted(&mut self) {
        if let Some(held) = &mut self.0 {
            held.gate.unsend(&mut held.grant);
        }
    }

    /// It has cost this, be it a number of units or a [`Spend`]: gives the rest back, or charges the
    /// difference as debt.
    pub fn settle(mut self, actual: impl Into<Spend>) {
        let actual = &actual.into();
        if let Some(mut held) = self.0.take() {
            held.gate.lose(&mut held.grant);
            held.gate.settle(&held.grant.ticket, actual);
        }
    }

    /// Nothing was sent: gives everything back.
    pub fn cancel(mut self) {
        if let Some(held) = self.0.take() {
            held.gate.give_back(&held.grant);
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let ends = |held: &Box<Held>| held.grant.is_counted() || held.actual.is_some();
        let Some(mut held) = self.0.take().filter(ends) else {
            return;
        };
        held.gate.lose(&mut held.grant);
        if held.grant.holds || held.actual.is_some() {
            let Grant { ticket, spend, .. } = &held.grant;
            held.gate
                .settle(ticket, held.actual.as_ref().unwrap_or(spend));
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
