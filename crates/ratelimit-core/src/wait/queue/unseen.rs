//! Grants that nobody came for.
//!
//! A turn under a rate is wasted, and the next comes by itself. A permit is not: whoever never looks
//! never lets go of it. So it is taken back, and its owner, should it come, stands in line again. And when
//! the gate is shut, whatever was not seen yet is taken back at once.

use super::{Grant, Queue, Settled};
use crate::wait::line::Place;

/// A grant that is seen later than this after its turn is asked for again: a caller that was not
/// polled for a while must not send all that it was granted meanwhile at once.
const STALE: u64 = 10_000_000;

/// Who waits for a permit looks this often whether one can be taken back. Nobody knows who of those in line is still
/// polled, so all of them look, and seldom.
const WATCH: u64 = 5_000_000_000;

/// So many do as well as more: where more wait, whoever has looked once looks more seldom.
const WATCHERS: u64 = 10;

/// But not more seldom than each so many times [`WATCH`]: perhaps the others are not polled.
const LONGEST: u64 = 6;

/// They look at multiples of this, up to so much earlier: many at once disturb a runtime less often.
const TOGETHER: u64 = 500_000_000;

impl Queue {
    /// A grant that its owner sees too late is asked for again, before others take what that frees.
    pub(super) fn rejoin(&mut self, place: Place, now: u64) {
        let mut ticket = match self.settled(place) {
            Some(Settled::Granted(grant, ticket)) if is_stale(&grant, now) => {
                self.give_back(&grant, now);
                ticket
            }
            Some(Settled::Lapsed(ticket)) => ticket,
            Some(other) => {
                self.settled.insert(place.1, other);
                return;
            }
            None => return,
        };
        ticket.since = now;
        self.line.put_back(place, ticket);
    }

    /// Frees the permits of those who did not come.
    pub(super) fn take_back_unseen(&mut self, now: u64) {
        while let Some((at, seq)) = self.unseen.front().copied() {
            if self.is_unseen(at, seq) {
                if now <= at.saturating_add(STALE) {
                    return;
                }
                self.lapse(seq, now);
            }
            self.unseen.pop_front();
        }
    }

    /// Takes back what was granted and not seen yet: its owner was woken, and finds the gate shut.
    pub(super) fn recall(&mut self, now: u64) {
        let granted = |(seq, settled): (&u64, &Settled)| match settled {
            Settled::Granted(..) => Some(*seq),
            _ => None,
        };
        let unseen: Vec<u64> = self.settled.iter().filter_map(granted).collect();
        for seq in unseen {
            self.lapse(seq, now);
        }
    }

    /// When one who waits for a permit looks again, or for the first time.
    pub(super) fn next_look(&self, is_first: bool, now: u64) -> u64 {
        let mut unseen = self.unseen.iter();
        let first = unseen.find(|(at, seq)| self.is_unseen(*at, *seq));
        let lapses = first.map(|(at, _)| at.saturating_add(STALE + 1));
        let turns = match is_first {
            true => 1,
            false => (self.line.len() as u64 / WATCHERS).clamp(1, LONGEST),
        };
        let watch = now.saturating_add(turns * WATCH) / TOGETHER * TOGETHER;
        lapses.map_or(watch, |lapses| lapses.min(watch))
    }

    /// Whether the grant of that instant is still there: it may have been seen, and may be another by
    /// now.
    fn is_unseen(&self, at: u64, seq: u64) -> bool {
        let settled = self.settled.get(&seq);
        matches!(settled, Some(Settled::Granted(grant, _)) if grant.sent.at == at)
    }

    fn lapse(&mut self, seq: u64, now: u64) {
        if let Some(Settled::Granted(grant, ticket)) = self.settled.remove(&seq) {
            self.give_back(&grant, now);
            self.settled.insert(seq, Settled::Lapsed(ticket));
        }
    }
}

fn is_stale(grant: &Grant, now: u64) -> bool {
    now > grant.sent.at.saturating_add(STALE)
}
