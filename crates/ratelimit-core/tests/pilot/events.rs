//! What happens next.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use ratelimit_core::adapt::SendId;

use crate::server::Reply;

/// Something that happens.
#[derive(Debug)]
pub(crate) enum Event {
    /// The client looks again whether something may leave.
    Look,
    /// A request arrives at the server.
    Arrives(SendId),
    /// Its answer arrives at the client.
    Answered(SendId, Reply),
    /// The client learns that there will be no answer.
    Lost(SendId),
    /// The client takes it back before it has left.
    TakenBack(SendId),
}

/// Events in the order of their instants, and those of one instant in the order in which they were planned.
#[derive(Debug, Default)]
pub(crate) struct Events {
    order: BinaryHeap<Reverse<(u64, u64)>>,
    events: BTreeMap<u64, Event>,
    planned: u64,
}

impl Events {
    pub(crate) fn plan(&mut self, at: u64, event: Event) {
        self.planned += 1;
        self.order.push(Reverse((at, self.planned)));
        self.events.insert(self.planned, event);
    }

    pub(crate) fn next(&mut self) -> Option<(u64, Event)> {
        let Reverse((at, number)) = self.order.pop()?;
        Some((at, self.events.remove(&number)?))
    }
}
