//! Decides when the next request may leave.

mod hear;

use std::time::Duration;

use super::flight::{Flight, Flights, SendId};
use super::offset::Offset;
use super::outlook::Outlook;
use super::sight::whole;
use super::silent::Silent;
use super::spend::Spend;
use super::steering::Steering;
use super::track::{Track, When};
use crate::time::Timestamp;
use crate::unit::Unit;

/// Limits that one server tells are rarely more than four; of more than so many those stated last are looked at.
const MOST_LIMITS: usize = 16;

/// While the first answers are waited for: after so long without any, another may leave.
const UNANSWERED: u64 = 5_000_000_000;

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

/// Keeps account of what was sent and answered, and says when the next may leave. Plain state: time is a
/// parameter, and nothing waits here.
#[derive(Clone, Debug)]
pub struct Pilot {
    steering: Steering,
    flights: Flights,
    tracks: Vec<Track>,
    /// What was let in before any limit was stated: when it left, when its answer came, and its cost.
    early: Vec<(u64, u64, Spend)>,
    offset: Option<Offset>,
    latest: u64,
    /// How many may be under way while the first answers come: it trebles with each round trip.
    open: usize,
    random: u64,
    /// The same before the last send.
    random_before: u64,
    /// Where the server has refused for what is under way, not for what was sent.
    cap: Option<usize>,
    calm: u32,
    silent: Silent,
}

impl Pilot {
    /// A pilot that knows nothing yet.
    #[must_use]
    pub fn new(steering: Steering) -> Self {
        Self {
            steering,
            flights: Flights::default(),
            tracks: Vec::new(),
            early: Vec::new(),
            offset: None,
            latest: 0,
            open: 1,
            random: steering.seed | 1,
            random_before: steering.seed | 1,
            cap: None,
            calm: 0,
            silent: Silent::new(),
        }
    }

    /// Whether a request of this cost may leave now, with `waiting` requests in the line, itself among them.
    pub fn leave(&mut self, now: Timestamp, spend: &Spend, waiting: usize) -> Leave {
        let now = self.forth(now);
        if self.cap.is_some_and(|cap| self.flights.len() >= cap) {
            return Leave::WhenAnswered;
        }
        let open = match self.tracks.is_empty() {
            true => self.open.min(self.silent.at_once()),
            false => self.open,
        };
        let anew = self.flights.latest().saturating_add(UNANSWERED);
        if self.flights.len() >= open && now < anew {
            return Leave::At(Timestamp::from_nanos(anew));
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

    /// The earliest instant by which so much of each unit can have left, as far as is known. Never too late: what
    /// is not known is taken to be there.
    pub(crate) fn soonest(&self, now: Timestamp, units: impl Fn(Unit) -> u64) -> Timestamp {
        let now = now.as_nanos().max(self.latest);
        let all = self.tracks.iter();
        let all = all.map(|track| track.soonest(now, units(track.unit) as f64));
        Timestamp::from_nanos(all.max().unwrap_or(now))
    }

    fn leave_silently(&self, now: u64) -> Leave {
        match self.silent.when(now, self.flights.len()) {
            at if at > now => Leave::At(Timestamp::from_nanos(at)),
            _ => Leave::Now,
        }
    }

    /// Time as far as it goes forth: a clock that steps back stands still.
    fn forth(&mut self, now: Timestamp) -> u64 {
        self.latest = self.latest.max(now.as_nanos().min(1 << 62));
        self.latest
    }

    /// It leaves.
    pub fn sent(&mut self, now: Timestamp, spend: &Spend) -> SendId {
        let now = self.forth(now);
        self.random_before = self.random;
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

    /// There will be no answer: whether the server counted it is not known.
    pub fn lost(&mut self, id: SendId, now: Timestamp) {
        let now = self.forth(now);
        let Some(flight) = self.flights.arrive(id) else {
            return;
        };
        for track in &mut self.tracks {
            track.lose(now, flight.spend.of(track.unit));
        }
        self.open = self.open.saturating_add(1);
    }

    /// It has not left after all: the server never saw it. Of the last that was sent it is then as if it had never
    /// been.
    pub fn unsent(&mut self, id: SendId, now: Timestamp) {
        let now = self.forth(now);
        let is_latest = self.flights.is_latest(id);
        let Some(flight) = self.flights.arrive(id) else {
            return;
        };
        for track in &mut self.tracks {
            let cost = flight.spend.of(track.unit);
            match is_latest {
                true => track.take_back(now, cost),
                false => track.give_back(now, cost),
            }
        }
        if is_latest {
            self.random = self.random_before;
            self.silent.take_back();
        }
    }

    /// What is known about each limit.
    pub fn outlook(&self, now: Timestamp) -> impl Iterator<Item = Outlook> + '_ {
        let now = now.as_nanos();
        self.tracks.iter().map(move |track| Outlook {
            id: track.id,
            unit: track.unit,
            limit: whole(track.limit),
            remaining: whole(track.left),
            reset_after: track
                .reset_in(now, self.offset)
                .map(Duration::from_secs_f64),
            shared: track.shared,
            share: track.share.part,
        })
    }
}
