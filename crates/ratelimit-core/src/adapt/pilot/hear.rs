//! What a pilot makes of an answer.

use super::{MOST_LIMITS, Pilot};
use crate::adapt::answer::{Answer, Verdict};
use crate::adapt::flight::{Flight, SendId};
use crate::adapt::offset::{Offset, signed};
use crate::adapt::sight::Edge;
use crate::adapt::told::{Reset, Told};
use crate::adapt::track::{Heard, Track};
use crate::time::{Timestamp, nanos};

/// After so many answers without a refusal for what is under way, one more may be.
const CALM: u32 = 64;

/// By so many each answer lets more be under way while the first come: three times as many with each round trip.
const OPENS: usize = 2;

/// So many are remembered that were answered before a limit was stated.
const EARLY: usize = 64;

impl Pilot {
    /// Its answer came. An answer to what was [lost](Self::lost) or answered before is ignored.
    pub fn answered(&mut self, id: SendId, now: Timestamp, answer: &Answer<'_>) {
        let now = self.forth(now);
        let Some(flight) = self.flights.arrive(id) else {
            return;
        };
        self.learn_clock(&flight, now, answer);
        match answer.verdict {
            Verdict::Served => self.silent.admitted(now),
            Verdict::Refused { wait } => self.silent.refused(flight.sent, now, wait.map(nanos)),
        }
        let for_concurrency = self.is_for_concurrency(answer, &flight);
        for told in answer.told {
            self.meet(told, &flight);
        }
        self.remember_early(&flight, now, answer);
        self.account(&flight, now, answer, for_concurrency);
        self.tracks.retain(|track| !track.is_past(now));
        self.adjust_cap(answer.verdict == Verdict::Served, for_concurrency);
    }

    /// What is let in before a limit is stated counts for it too, once it is.
    fn remember_early(&mut self, flight: &Flight, now: u64, answer: &Answer<'_>) {
        let admitted = answer.verdict == Verdict::Served;
        if admitted && self.tracks.is_empty() && self.early.len() < EARLY {
            self.early.push((flight.sent, now, flight.spend));
        }
    }

    /// What an answer changes in each limit: also in those of which it says nothing.
    fn account(&mut self, flight: &Flight, now: u64, answer: &Answer<'_>, for_concurrency: bool) {
        let admitted = answer.verdict == Verdict::Served;
        let by = self
            .made_by(answer)
            .unwrap_or(now)
            .clamp(flight.sent.min(now), now);
        for track in &mut self.tracks {
            let cost = flight.spend.of(track.unit);
            let actual = answer.actual.map_or(cost, |actual| actual.of(track.unit));
            let told = answer.told.iter().find(|told| told.id == track.id);
            let edge = told.and_then(|told| told.reset);
            let edge = edge.map(|reset| Edge::of(reset, flight.sent, now, self.offset));
            // An answer that states other limits is of a request that this one does not count.
            let is_other = told.is_none() && !answer.told.is_empty();
            match admitted && !is_other {
                true => track.admit(now, by, edge, cost, actual),
                false => track.give_back(now, cost),
            }
            let Some(told) = told else {
                track.pass_over(is_other);
                continue;
            };
            if !admitted && !for_concurrency {
                track.refused(now);
            }
            track.hear(&Heard {
                told,
                sent: flight.sent,
                now,
                cost: if admitted { f64::from(cost) } else { 0.0 },
                actual: if admitted { f64::from(actual) } else { 0.0 },
                offset: self.offset,
            });
        }
    }

    /// Whether a refusal says that something is left: then it is not a matter of what was sent.
    fn is_for_concurrency(&self, answer: &Answer<'_>, flight: &Flight) -> bool {
        let left = |told: &Told| {
            let cost = u64::from(flight.spend.of(told.unit));
            told.remaining.is_some_and(|left| left >= cost.max(1))
        };
        let late = self.tracks.iter().any(Track::is_late);
        let refused = answer.verdict != Verdict::Served;
        refused && !late && !answer.told.is_empty() && answer.told.iter().all(left)
    }

    fn adjust_cap(&mut self, admitted: bool, concurrency: bool) {
        if concurrency {
            self.cap = Some(self.flights.len().max(1));
            self.calm = 0;
        } else if admitted {
            self.open = (self.open + OPENS).min(1 << 16);
            self.calm += 1;
            if self.calm >= CALM {
                self.calm = 0;
                self.cap = self.cap.map(|cap| cap + 1);
            }
        }
    }

    /// What the answer tells of the server's clock.
    fn learn_clock(&mut self, flight: &Flight, now: u64, answer: &Answer<'_>) {
        if let Some(date) = answer.date {
            let seen = Offset::of(flight.sent, now, nanos(date));
            self.offset = Some(self.offset.map_or(seen, |offset| offset.and(seen)));
        }
        let mut resets = answer.told.iter().filter_map(|told| told.reset);
        if let (None, Some(Reset::At(moment))) = (self.offset, resets.next()) {
            self.offset = Some(Offset::guess(signed(nanos(moment)), now));
        }
    }

    /// The latest instant at which the answer was made, if it is dated.
    fn made_by(&self, answer: &Answer<'_>) -> Option<u64> {
        let latest = nanos(answer.date?).saturating_add(1_000_000_000);
        let offset = self.offset.filter(|offset| !offset.guessed)?;
        u64::try_from(signed(latest).saturating_sub(offset.lo)).ok()
    }

    /// A limit that is stated for the first time: what is under way counts for it too.
    fn meet(&mut self, told: &Told, answered: &Flight) {
        let Some(limit) = told.limit.filter(|_| told.remaining.is_some()) else {
            return;
        };
        if self.tracks.iter().any(|track| track.id == told.id) {
            return;
        }
        if self.tracks.len() >= MOST_LIMITS {
            let heard = self.tracks.iter().map(Track::heard_at).enumerate();
            let oldest = heard.min_by_key(|(_, at)| *at).map(|(index, _)| index);
            self.tracks.swap_remove(oldest.unwrap_or(0));
        }
        let mut track = Track::new(told, limit as f64, answered.sent);
        for (sent, answered, spend) in &self.early {
            let cost = spend.of(told.unit);
            track.send(*sent, cost, 1.0);
            track.admit(*answered, *answered, None, cost, cost);
        }
        let mut under_way: Vec<_> = self.flights.iter().copied().chain([*answered]).collect();
        under_way.sort_by_key(|flight| flight.sent);
        for flight in under_way {
            track.send(flight.sent, flight.spend.of(told.unit), 1.0);
        }
        self.tracks.push(track);
    }
}
