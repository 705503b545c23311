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
    /// Holes are where an answer came out of order.
    list: VecDeque<Option<Flight>>,
    /// The number of the first.
    first: u64,
    count: usize,
}

impl Flights {
    pub(super) fn depart(&mut self, flight: Flight) -> SendId {
        let id = self.first + self.list.len() as u64;
        self.list.push_back(Some(flight));
        self.count += 1;
        SendId(id)
    }

    pub(super) fn arrive(&mut self, id: SendId) -> Option<Flight> {
        let index = usize::try_from(id.0.checked_sub(self.first)?).ok()?;
        let flight = self.list.get_mut(index)?.take()?;
        self.count -= 1;
        while let Some(None) = self.list.front() {
            self.list.pop_front();
            self.first += 1;
        }
        Some(flight)
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Flight> {
        self.list.iter().flatten()
    }
}

#[cfg(test)]
mod tests;
