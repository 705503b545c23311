//! What is under way.

use std::collections::VecDeque;

use super::spend::Spend;

/// One request that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SendId(u64);

/// A request that was sent and not answered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub(super) sent: u64,
    pub(super) spend: Spend,
}

/// The requests that are under way, in the order of their departure.
#[derive(Clone, Debug, Default)]
pub(super) struct Flights {
    list: VecDeque<(u64, Flight)>,
    /// The number of the next.
    next: u64,
}

impl Flights {
    pub(super) fn depart(&mut self, flight: Flight) -> SendId {
        let id = self.next;
        self.next += 1;
        self.list.push_back((id, flight));
        SendId(id)
    }

    pub(super) fn arrive(&mut self, id: SendId) -> Option<Flight> {
        let found = self.list.binary_search_by_key(&id.0, |(id, _)| *id);
        self.list.remove(found.ok()?).map(|(_, flight)| flight)
    }

    /// Whether this is what left last.
    pub(super) fn is_latest(&self, id: SendId) -> bool {
        id.0.wrapping_add(1) == self.next
    }

    /// When the latest of them left.
    pub(super) fn latest(&self) -> u64 {
        self.list.back().map_or(0, |(_, flight)| flight.sent)
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Flight> {
        self.list.iter().map(|(_, flight)| flight)
    }
}
#[cfg(test)]
mod tests;
