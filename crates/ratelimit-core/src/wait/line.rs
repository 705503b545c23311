//! Those who wait, in their order.

use std::collections::BTreeMap;
use std::ops::RangeBounds;

use super::ask::Priority;
use super::patience::Patience;
use super::ticket::{Ahead, Ticket};

/// A place in the line: the priority first, then the order of arrival.
pub(super) type Place = (Priority, u64);

/// The line. It knows how many units stand before a place without walking to it.
#[derive(Debug)]
pub(super) struct Line {
    tickets: BTreeMap<Place, Ticket>,
    totals: BTreeMap<Priority, Total>,
    patience: Patience,
}

#[derive(Clone, Copy, Debug, Default)]
struct Total {
    waiting: Ahead,
    ever: Ahead,
}

impl Line {
    /// An empty line, in which those of the level behind the most urgent are patient for `step`
    /// nanoseconds.
    pub(super) fn new(step: u64) -> Self {
        Self {
            tickets: BTreeMap::new(),
            totals: BTreeMap::new(),
            patience: Patience::new(step),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.tickets.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tickets.is_empty()
    }

    /// A new ticket, behind all others of its priority, unless it has an old place.
    pub(super) fn join(&mut self, place: Place, mut ticket: Ticket) {
        let next = self.tickets.range(place..=(place.0, u64::MAX)).next();
        let behind = next.map(|(_, next)| next.came_before);
        let total = self.totals.entry(place.0).or_default();
        ticket.came_before = behind.unwrap_or_else(|| {
            let before = total.ever;
            total.ever = before.plus(&Ahead::of(&ticket));
            before
        });
        self.put_back(place, ticket);
    }

    /// A ticket that was taken out, where it was.
    pub(super) fn put_back(&mut self, place: Place, ticket: Ticket) {
        let total = self.totals.entry(place.0).or_default();
        total.waiting = total.waiting.plus(&Ahead::of(&ticket));
        self.patience.join(place, ticket.came);
        self.tickets.insert(place, ticket);
    }

    pub(super) fn remove(&mut self, place: Place) -> Option<Ticket> {
        let ticket = self.tickets.remove(&place)?;
        if let Some(total) = self.totals.get_mut(&place.0) {
            total.waiting = total.waiting.minus(&Ahead::of(&ticket));
            if total.waiting.count == 0 {
                self.totals.remove(&place.0);
            }
        }
        self.patience.leave(place, ticket.came);
        Some(ticket)
    }

    /// Takes out who goes now.
    pub(super) fn grant(&mut self, place: Place, now: u64) -> Option<Ticket> {
        self.patience.goes(place, now);
        self.remove(place)
    }

    /// Somebody goes who never stood in it.
    pub(super) fn is_overtaken(&mut self, now: u64) {
        self.patience.is_overtaken(now);
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut Ticket> {
        self.tickets.get_mut(&place)
    }

    /// Whose turn it is.
    pub(super) fn head(&self, now: u64) -> Option<(Place, &Ticket)> {
        let impatient = self.patience.turn(now);
        let impatient = impatient.and_then(|place| self.tickets.get_key_value(&place));
        let head = impatient.or_else(|| self.tickets.first_key_value());
        head.map(|(place, ticket)| (*place, ticket))
    }

    pub(super) fn last(&self) -> Option<Place> {
        self.tickets.last_key_value().map(|(place, _)| *place)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Ticket> {
        self.tickets.values_mut()
    }

    /// Whether somebody waits who goes before a newcomer at this place.
    pub(super) fn has_before(&self, place: Place, now: u64) -> bool {
        let first = self.tickets.first_key_value();
        first.is_some_and(|(first, _)| *first < place) || self.patience.turn(now).is_some()
    }

    /// When somebody who came at this instant takes turns with those that are more urgent.
    pub(super) fn end_of_patience(&self, priority: Priority, came: u64) -> u64 {
        self.patience.end(priority, came)
    }

    /// Those who go before a newcomer at this place: exact, while all are patient.
    pub(super) fn before_newcomer(&self, place: Place) -> Ahead {
        self.up_to(..place.0).plus(&self.peers_before(place))
    }

    /// Those of its own priority who go before a newcomer at this place, whoever loses patience.
    pub(super) fn peers_before(&self, place: Place) -> Ahead {
        let last = self.tickets.range(place..=(place.0, u64::MAX)).next();
        if last.is_none() {
            return self.up_to(place.0..=place.0);
        }
        // Few have an older place.
        let older = self.tickets.range((place.0, 0)..place);
        older.fold(Ahead::default(), |sum, (_, t)| sum.plus(&Ahead::of(t)))
    }

    fn up_to(&self, priorities: impl RangeBounds<Priority>) -> Ahead {
        let waiting = self
            .totals
            .range(priorities)
            .map(|(_, total)| total.waiting);
        waiting.fold(Ahead::default(), |sum, waiting| sum.plus(&waiting))
    }

    /// Those who go before this ticket: at least as many as there are, more if some of them left, fewer
    /// by those that came back to an old place.
    pub(super) fn before(&self, place: Place) -> Ahead {
        let urgent = self.up_to(..place.0);
        let first = self.tickets.range((place.0, 0)..).next();
        match (first, self.tickets.get(&place)) {
            (Some((_, first)), Some(own)) => {
                urgent.plus(&own.came_before.minus(&first.came_before))
            }
            _ => urgent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapt::Spend;
    use crate::wait::units::Units;

    fn line(costs: &[(Priority, u32)]) -> Line {
        let mut line = Line::new(u64::MAX);
        for (seq, (priority, cost)) in (0..).zip(costs) {
            line.join(
                (*priority, seq),
                Ticket::new(Spend::new(*cost), 0, u64::MAX),
            );
        }
        line
    }

    const N: Priority = Priority::NORMAL;
    const U: Priority = Priority::URGENT;

    #[test]
    fn knows_who_stands_before_whom() {
        let line = line(&[(N, 2), (N, 3), (U, 5), (N, 1)]);
        let ahead = |count, units| Ahead {
            count,
            units: Units::from(&Spend::new(units)),
        };
        assert_eq!(line.before((U, 2)), ahead(0, 0));
        assert_eq!(line.before((N, 0)), ahead(1, 5));
        assert_eq!(line.before((N, 3)), ahead(3, 10));
        assert_eq!(line.before_newcomer((U, 9)), ahead(1, 5));
        assert_eq!(line.before_newcomer((N, 9)), ahead(4, 11));
        assert!(line.has_before((U, 9), 0) && line.has_before((N, 9), 0));
    }

    #[test]
    fn who_leaves_stands_before_no_newcomer() {
        let mut line = line(&[(N, 2), (N, 3), (N, 1)]);
        line.remove((N, 1)).unwrap();
        let ahead = |count, units| Ahead {
            count,
            units: Units::from(&Spend::new(units)),
        };
        assert_eq!(line.before_newcomer((N, 9)), ahead(2, 3));
        assert_eq!(line.before((N, 2)), ahead(2, 5)); // at least
        line.remove((N, 0)).unwrap();
        assert_eq!(line.before((N, 2)), ahead(0, 0));
        line.remove((N, 2)).unwrap();
        assert!(line.is_empty() && !line.has_before((N, 9), 0));
    }
}
