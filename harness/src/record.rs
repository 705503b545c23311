//! What is written down while a run goes on. Times are since its start.

use std::collections::HashMap;
use std::time::Duration;

use crate::item::Item;

/// Everything that was seen of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Requests as the server saw them.
    pub arrivals: Vec<Arrival>,
    /// What the neighbour got.
    pub neighbour: Vec<(Duration, u32)>,
    /// How long urgent items waited before they were sent first.
    pub urgent_waits: Vec<Duration>,
    /// The longest that any item waited before it was sent first.
    pub longest_wait: Duration,
    /// Requests under way now, from the send to the end of the response.
    in_flight: u32,
    /// The most that there were.
    pub most_in_flight: u32,
    /// Sends of a client that had been told to stay away for longer.
    pub undercuts: u32,
    /// Refused items that were sent again.
    pub wake_ups: Vec<WakeUp>,
    /// Items that ended with a refusal or an error.
    pub lost: u32,
    /// When the last item was done.
    pub finished: Duration,
    closed: HashMap<usize, Duration>,
    told: HashMap<u64, (Duration, Duration)>,
}

/// A request that reached the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When.
    pub at: Duration,
    /// Whose.
    pub client: usize,
    /// Whether it was let in.
    pub admitted: bool,
    /// What it came to cost.
    pub cost: u32,
}

/// A refused item that is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WakeUp {
    /// The wait that it was told.
    pub wait: Duration,
    /// When that ended.
    pub end: Duration,
    /// When it was sent.
    pub sent: Duration,
}

impl Record {
    /// A request leaves the client.
    pub fn sent(&mut self, now: Duration, client: usize, item: &Item, waited: Duration) {
        self.in_flight += 1;
        self.most_in_flight = self.most_in_flight.max(self.in_flight);
        self.undercuts += u32::from(self.closed.get(&client).is_some_and(|end| now < *end));
        match self.told.remove(&item.id) {
            Some((end, wait)) => self.wake_ups.push(WakeUp {
                wait,
                end,
                sent: now,
            }),
            None => self.waited(item, waited),
        }
    }

    /// A client reads that it is to stay away.
    pub fn refused(&mut self, now: Duration, client: usize, item: &Item, wait: Duration) {
        let end = now + wait;
        let closed = self.closed.entry(client).or_default();
        *closed = end.max(*closed);
        self.told.insert(item.id, (end, wait));
    }

    /// A response has ended, or nobody reads it any more.
    pub fn landed(&mut self) {
        self.in_flight -= 1;
    }

    fn waited(&mut self, item: &Item, waited: Duration) {
        self.longest_wait = self.longest_wait.max(waited);
        if item.urgent {
            self.urgent_waits.push(waited);
        }
    }
}
