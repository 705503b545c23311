//! Decides when the next request may leave.

use std::time::Duration;

use super::answer::{Answer, Reset, Told, Verdict};
use super::flight::{Flight, Flights};
use super::offset::{Offset, signed};
use super::sight::Edge;
use super::silent::Silent;
use super::spend::Spend;
use super::track::{Track, When};
use crate::time::{Timestamp, nanos};
use crate::unit::Unit;

/// Limits that one server tells are rarely more than four; beyond so many the rest is not looked at.
const MOST_LIMITS: usize = 16;

/// After so many answers without a refusal for what is under way, one more may be.
const CALM: u32 = 64;

/// How a pilot spends what it may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pace {
    /// Evenly, so that whoever comes next finds something left: for live traffic.
    #[default]
    Even,
    /// As soon as it is sure that it is admitted: for batches.
    Eager,
}

/// What a pilot is told when it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steering {
    pub(super) pace: Pace,
    pub(super) seed: u64,
}

/// Whether the next request may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Leave {
    /// It may.
    Now,
    /// Ask again at this instant, or when an answer came.
    At(Timestamp),
    /// Ask again when an answer came.
    WhenAnswered,
    /// It costs more than a limit ever grants.
    Never,
}

/// One request that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SendId(u64);

/// What is known about one limit.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Outlook {
    /// The number it was told under.
    pub id: u64,
    /// What it counts.
    pub unit: Unit,
    /// The whole quota, as last stated.
    pub limit: u64,
    /// What is left, as last stated.
    pub remaining: u64,
    /// Until it is renewed, as last stated.
    pub reset_after: Option<Duration>,
    /// Whether others seem to use the same quota.
    pub shared: bool,
    /// The share of the quota that is taken for this client's, 0 to 1.
    pub share: f64,
}

/// Keeps account of what was sent and answered, and says when the next may leave. Plain state: time is a
/// parameter, and nothing waits here.
#[derive(Clone, Debug)]
pub struct Pilot {
    steering: Steering,
    flights: Flights,
    tracks: Vec<Track>,
    offset: Option<Offset>,
    /// How many may be under way while the first answers come: it doubles with each round trip.
    open: usize,
    random: u64,
    /// Where the server has refused for what is under way, not for what was sent.
    cap: Option<usize>,
    calm: u32,
    silent: Silent,
}

impl SendId {
    pub(super) const fn new(number: u64) -> Self {
        Self(number)
    }

    pub(super) const fn get(self) -> u64 {
        self.0
    }
}

impl Steering {
    /// An even pace.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            pace: Pace::Even,
            seed: 0,
        }
    }

    /// How what is left is spent.
    #[must_use]
    pub const fn with_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// What the small random differences between sends begin with. Two clients should not have the same.
    #[must_use]
    pub const fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }
}

impl Default for Steering {
    fn default() -> Self {
        Self::new()
    }
}

impl Pilot {
    /// A pilot that knows nothing yet.
    #[must_use]
    pub fn new(steering: Steering) -> Self {
        Self {
            steering,
            flights: Flights::default(),
            tracks: Vec::new(),
            offset: None,
            open: 1,
            random: steering.seed | 1,
            cap: None,
            calm: 0,
            silent: Silent::new(),
        }
    }

    /// Whether a request of this cost may leave now, with `waiting` requests in the line, itself among them.
    pub fn leave(&mut self, now: Timestamp, spend: &Spend, waiting: usize) -> Leave {
        let now = now.as_nanos();
        if self.flights.len() >= self.open || self.cap.is_some_and(|cap| self.flights.len() >= cap)
        {
            return Leave::WhenAnswered;
        }
        if self.tracks.is_empty() {
            return self.leave_silently(now);
        }
        let mut at = now;
        let mut answered = false;
        for track in &mut self.tracks {
            match track.when(now, spend.of(track.unit), waiting, self.steering.pace) {
                When::Now => {}
                When::At(then) => at = at.max(then),
                When::Answered => answered = true,
                When::Never => return Leave::Never,
            }
        }
        match () {
            () if answered => Leave::WhenAnswered,
            () if at > now => Leave::At(Timestamp::from_nanos(at)),
            () => Leave::Now,
        }
    }

    fn leave_silently(&self, now: u64) -> Leave {
        let under_way = self.flights.len();
        if under_way >= self.silent.at_once() {
            return Leave::WhenAnswered;
        }
        match self.silent.when(now, under_way) {
            at if at > now => Leave::At(Timestamp::from_nanos(at)),
            _ => Leave::Now,
        }
    }

    /// It leaves.
    pub fn sent(&mut self, now: Timestamp, spend: &Spend) -> SendId {
        let now = now.as_nanos();
        self.silent.sent(now);
        let jitter = 0.85 + 0.3 * self.random();
        for track in &mut self.tracks {
            track.send(now, spend.of(track.unit), jitter);
        }
        self.flights.depart(Flight {
            sent: now,
            spend: *spend,
        })
    }

    fn random(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Its answer came. An answer to what was [lost](Self::lost) or answered before is ignored.
    pub fn answered(&mut self, id: SendId, now: Timestamp, answer: &Answer<'_>) {
        let now = now.as_nanos();
        let Some(flight) = self.flights.arrive(id) else {
            return;
        };
        if let Some(date) = answer.date {
            let seen = Offset::of(flight.sent, now, nanos(date));
            self.offset = Some(self.offset.map_or(seen, |offset| offset.and(seen)));
        }
        self.guess_offset(now, answer);
        match answer.verdict {
            Verdict::Served => self.silent.admitted(now),
            Verdict::Refused { wait } => self.silent.refused(flight.sent, now, wait.map(nanos)),
        }
        let concurrency = self.is_for_concurrency(answer, &flight);
        let admitted = answer.verdict == Verdict::Served;
        let by = self
            .made_by(answer)
            .map_or(now, |by| by.clamp(flight.sent, now));
        for told in answer.told {
            self.meet(told, &flight);
        }
        for track in &mut self.tracks {
            let cost = flight.spend.of(track.unit);
            let actual = answer.actual.map_or(cost, |actual| actual.of(track.unit));
            let told = answer.told.iter().find(|told| told.id == track.id);
            let edge = told.and_then(|told| told.reset);
            let edge = edge.map(|reset| Edge::of(reset, flight.sent, now, self.offset));
            match admitted {
                true => track.admit(now, by, edge, cost, actual),
                false => track.give_back(now, cost),
            }
            let Some(told) = told else {
                continue;
            };
            if !admitted && !concurrency {
                track.refused(now);
            }
            let counted = match admitted {
                true => (f64::from(cost), f64::from(actual)),
                false => (0.0, 0.0),
            };
            track.observe(told, (flight.sent, now), counted, self.offset);
        }
        self.adjust_cap(admitted, concurrency);
    }

    /// Whether a refusal says that something is left: then it is not a matter of what was sent.
    fn is_for_concurrency(&self, answer: &Answer<'_>, flight: &Flight) -> bool {
        let left = |told: &Told| {
            let cost = u64::from(flight.spend.of(told.unit));
            told.remaining.is_some_and(|left| left >= cost.max(1))
        };
        let late = self.tracks.iter().any(|track| track.lag() > 0);
        let refused = answer.verdict != Verdict::Served;
        refused && !late && !answer.told.is_empty() && answer.told.iter().all(left)
    }

    fn adjust_cap(&mut self, admitted: bool, concurrency: bool) {
        if concurrency {
            self.cap = Some(self.flights.len().max(1));
            self.calm = 0;
        } else if admitted {
            self.open = (self.open + 1).min(1 << 16);
            self.calm += 1;
            if self.calm >= CALM {
                self.calm = 0;
                self.cap = self.cap.map(|cap| cap + 1);
            }
        }
    }

    fn guess_offset(&mut self, now: u64, answer: &Answer<'_>) {
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
        if self.tracks.iter().any(|track| track.id == told.id) || self.tracks.len() >= MOST_LIMITS {
            return;
        }
        let mut track = Track::new(told, limit as f64, answered.sent);
        let mut under_way: Vec<_> = self.flights.iter().copied().chain([*answered]).collect();
        under_way.sort_by_key(|flight| flight.sent);
        for flight in under_way {
            track.send(flight.sent, flight.spend.of(told.unit), 1.0);
        }
        self.tracks.push(track);
    }

    /// There will be no answer: whether the server counted it is not known.
    pub fn lost(&mut self, id: SendId, now: Timestamp) {
        if let Some(flight) = self.flights.arrive(id) {
            for track in &mut self.tracks {
                let cost = flight.spend.of(track.unit);
                track.admit(now.as_nanos(), now.as_nanos(), None, cost, cost);
            }
        }
    }

    /// It has not left after all: the server never saw it.
    pub fn unsent(&mut self, id: SendId, now: Timestamp) {
        if let Some(flight) = self.flights.arrive(id) {
            for track in &mut self.tracks {
                track.give_back(now.as_nanos(), flight.spend.of(track.unit));
            }
        }
    }

    /// What is known about each limit.
    pub fn outlook(&self, now: Timestamp) -> impl Iterator<Item = Outlook> + '_ {
        let now = now.as_nanos();
        self.tracks.iter().map(move |track| Outlook {
            id: track.id,
            unit: track.unit,
            limit: track.limit as u64,
            remaining: track.left as u64,
            reset_after: track
                .reset_in(now, self.offset)
                .map(Duration::from_secs_f64),
            shared: track.is_shared(now),
            share: track.share.part,
        })
    }
    #[doc(hidden)]
    pub fn debug(&self, now: Timestamp) -> String {
        let now = now.as_nanos();
        self.tracks
            .iter()
            .map(|t| {
                format!(
                    "kinds {:?} lag {} shared {} p {:.2} left {} infl {} off {:?}",
                    t.kinds(),
                    t.lag(),
                    t.is_shared(now),
                    t.share.part,
                    t.left,
                    t.ledger.in_flight,
                    self.offset.map(|o| (o.hi - o.lo) / 1_000_000)
                )
            })
            .collect::<Vec<_>>()
            .join("; ")
    }
}
