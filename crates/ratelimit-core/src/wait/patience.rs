//! How long those wait who are not urgent, before they take turns with those that are.
//!
//! By priority alone, a steady stream of urgent callers starves all others. If everybody rose with the
//! time that he waited, a long backlog that has grown old would stand before the urgent ones, who are
//! urgent because somebody looks at the screen. So whoever has waited for longer than his patience
//! stands in a second line, in the order in which patience ended, and every fourth turn is that line's
//! while the first line would have it otherwise. Nobody starves: a quarter of the rate is his who has been
//! impatient for longest. And one who is urgent lets one of them go first at most, for three of his own.

use std::collections::BTreeSet;

use super::ask::Priority;
use super::line::Place;

/// Every so many turns.
const SHARE: u32 = 4;

/// The second line.
#[derive(Debug)]
pub(super) struct Patience {
    /// How long who stands one level behind the most urgent is patient, in nanoseconds.
    step: u64,
    /// When the patience of whom ends.
    ends: BTreeSet<(u64, u64, Priority)>,
    /// Turns in a row that others had.
    passed_over: u32,
}

impl Patience {
    pub(super) fn new(step: u64) -> Self {
        Self {
            step,
            ends: BTreeSet::new(),
            passed_over: 0,
        }
    }

    /// When the patience of somebody who came at this instant ends.
    pub(super) fn end(&self, priority: Priority, came: u64) -> u64 {
        let step = self.step.saturating_mul(u64::from(priority.level()));
        came.saturating_add(step)
    }

    /// The most urgent never stand in it: the first line is theirs.
    pub(super) fn join(&mut self, place: Place, came: u64) {
        if place.0.level() == 0 {
            return;
        }
        let end = self.end(place.0, came);
        self.ends.insert((end, place.1, place.0));
    }

    pub(super) fn leave(&mut self, place: Place, came: u64) {
        let end = self.end(place.0, came);
        self.ends.remove(&(end, place.1, place.0));
        if self.ends.is_empty() {
            self.passed_over = 0;
        }
    }

    /// Who goes before those that are more urgent: the turn is his.
    pub(super) fn turn(&self, now: u64) -> Option<Place> {
        let first = self.first(now)?;
        (self.passed_over + 1 >= SHARE).then_some(first)
    }

    /// This one goes.
    pub(super) fn goes(&mut self, place: Place, now: u64) {
        match self.first(now) {
            Some(first) if first == place => self.passed_over = 0,
            _ => self.is_overtaken(now),
        }
    }

    /// Somebody goes who is not in this line.
    pub(super) fn is_overtaken(&mut self, now: u64) {
        self.passed_over = match self.first(now) {
            Some(_) => self.passed_over.saturating_add(1),
            None => 0,
        };
    }

    fn first(&self, now: u64) -> Option<Place> {
        let (end, seq, priority) = self.ends.first()?;
        (*end <= now).then_some((*priority, *seq))
    }
}
