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
    pub(crate) in_flight: u32,
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
    /// Until when each client was told to stay away.
    pub(crate) closed: HashMap<usize, Duration>,
    /// Which items were refused: when they may come back, after which wait.
    pub(crate) told: HashMap<u64, (Duration, Duration)>,
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

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    const SECOND: Duration = Duration::from_secs(1);

    fn item(id: u64) -> Item {
        Item {
            id,
            cost: 1,
            actual: 1,
            urgent: false,
            wanted: Instant::now(),
        }
    }

    #[test]
    fn a_send_before_the_end_of_a_stay_is_too_early_whichever_item_it_is_for() {
        let mut record = Record::default();
        record.refused(10 * SECOND, 0, &item(1), 5 * SECOND);
        record.refused(11 * SECOND, 0, &item(2), SECOND);
        record.sent(14 * SECOND, 0, &item(3), SECOND);
        record.sent(14 * SECOND, 1, &item(4), SECOND);
        assert_eq!(record.undercuts, 1, "of the client that was told");
        record.sent(15 * SECOND, 0, &item(1), 9 * SECOND);
        assert_eq!((record.undercuts, record.most_in_flight), (1, 3));
        let back = WakeUp {
            wait: 5 * SECOND,
            end: 15 * SECOND,
            sent: 15 * SECOND,
        };
        assert_eq!(record.wake_ups, [back]);
        assert_eq!(record.longest_wait, SECOND, "only first sends count");
    }
}
