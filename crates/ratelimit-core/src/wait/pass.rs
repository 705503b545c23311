//! What lets one through.

use std::fmt;

use super::gate::Gate;
use super::news::News;
use super::queue::Grant;
use crate::time::Timestamp;

/// The right to send once. It holds a permit of every cap on concurrency until it is dropped or
/// settled, so keep it until the answer has been read to its end.
///
/// Dropped, the charge stands.
#[must_use = "dropping a pass lets go of its permits"]
pub struct Pass(Option<Box<Held>>);

/// Behind a pointer, because a pass travels: in futures, and in the bodies of responses.
struct Held {
    gate: Gate,
    grant: Grant,
}

impl Pass {
    pub(super) fn new(gate: Gate, grant: Grant) -> Self {
        Self(Some(Box::new(Held { gate, grant })))
    }

    /// The instant at which it was granted.
    #[must_use]
    pub fn granted_at(&self) -> Timestamp {
        let at = self.0.as_ref().map_or(0, |held| held.grant.sent.at);
        Timestamp::from_nanos(at)
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

    /// It has cost `actual` units: gives the rest back, or charges the difference as debt.
    pub fn settle(mut self, actual: u32) {
        if let Some(held) = self.0.take() {
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
        if let Some(held) = self.0.take().filter(|held| held.grant.holds) {
            let Grant { ticket, sent, .. } = &held.grant;
            held.gate.settle(ticket, sent.cost);
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
