//! What a pilot says, beside the meter: the later of both counts.
//!
//! It is asked for the head of the line, and for who would be it. Its clock is the gate's.

mod said;
mod silent;

use super::{Grant, Queue};
use crate::adapt::{Answer, Outlook, Pilot, SendId, Spend, Verdict};
use crate::algorithm::Fit;
use crate::time::Timestamp;
use crate::wait::foresee::{self, Span};
use crate::wait::ticket::Ahead;
use said::Said;
use silent::Silent;

/// What was learnt is worth keeping for so long: a server says it again with its first answer.
const MEMORY: u64 = 600_000_000_000;

/// A pilot, and what the queue has to know of it.
#[derive(Debug)]
pub(super) struct Piloted {
    pilot: Pilot,
    in_flight: u64,
    /// When it last heard of anything.
    heard: u64,
    /// Whether any answer has stated a limit, or refused.
    has_learnt: bool,
    /// When it lets the head of the line go, as it last said; 0 if it did not say.
    head_at: u64,
    said: Option<Said>,
    silent: Silent,
}

impl Piloted {
    pub(super) fn new(pilot: Pilot) -> Self {
        Self {
            pilot,
            in_flight: 0,
            heard: 0,
            has_learnt: false,
            head_at: 0,
            said: None,
            silent: Silent::default(),
        }
    }

    /// Whether forgetting it would lose nothing that the next answer does not say again.
    pub(super) fn is_idle(&self, now: u64) -> bool {
        self.in_flight == 0 && (!self.has_learnt || now >= self.heard.saturating_add(MEMORY))
    }

    /// The pilot, to be told something: what it said before is void.
    fn telling(&mut self) -> &mut Pilot {
        self.said = None;
        &mut self.pilot
    }

    fn is_over(&mut self, now: u64) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.heard = now;
    }
}

impl Queue {
    /// Whether, and when, it may go if nobody is before it; `waiting` are in the line, itself among
    /// them.
    pub(super) fn due(&mut self, span: Span, spend: &Spend, waiting: usize) -> Fit {
        let floor = self.floor(span.now);
        let planned = self.planned_from(floor, span, spend);
        let is_shut = planned == Fit::Never || floor > span.now;
        match &mut self.pilot {
            Some(piloted) if !is_shut => {
                foresee::later(planned, piloted.fit(span.now, spend, waiting))
            }
            _ => planned,
        }
    }

    /// Remembers when the head of the line goes.
    pub(super) fn head_goes(&mut self, due: Fit) {
        if let Some(piloted) = &mut self.pilot {
            piloted.head_at = match due {
                Fit::At(at) => at,
                _ => 0,
            };
        }
    }

    /// Before this instant the head does not go, as far as is known, and nobody behind it.
    pub(super) fn head_at(&self) -> u64 {
        self.pilot.as_ref().map_or(0, |piloted| piloted.head_at)
    }

    /// The earliest instant by which those ahead and this one can have gone, as far as a pilot knows.
    pub(super) fn soonest(&self, ahead: &Ahead, spend: &Spend, now: u64) -> u64 {
        let Some(piloted) = &self.pilot else {
            return now;
        };
        let units = |unit| {
            ahead
                .units
                .of(unit)
                .saturating_add(u64::from(spend.of(unit)))
        };
        let now = Timestamp::from_nanos(now);
        piloted.pilot.soonest(now, units).as_nanos()
    }

    pub(super) fn tell_sent(&mut self, spend: &Spend, now: u64) -> Option<SendId> {
        let piloted = self.pilot.as_mut()?;
        piloted.in_flight += 1;
        piloted.heard = now;
        Some(piloted.telling().sent(Timestamp::from_nanos(now), spend))
    }

    pub(super) fn tell_unsent(&mut self, grant: &Grant, now: u64) {
        if let (Some(piloted), Some(id)) = (&mut self.pilot, grant.send) {
            piloted.telling().unsent(id, Timestamp::from_nanos(now));
            piloted.is_over(now);
        }
    }

    /// Nobody will hear how it ended.
    pub(in crate::wait) fn lose(&mut self, grant: &mut Grant, now: u64) {
        if let (Some(piloted), Some(id)) = (&mut self.pilot, grant.send.take()) {
            piloted.telling().lost(id, Timestamp::from_nanos(now));
            piloted.is_over(now);
            self.pump(now);
        }
    }

    /// It came back without having been counted anywhere.
    pub(in crate::wait) fn unsend(&mut self, grant: &mut Grant, now: u64) {
        self.tell_unsent(grant, now);
        if grant.send.take().is_some() {
            self.pump(now);
        }
    }

    pub(in crate::wait) fn hear(&mut self, grant: &mut Grant, answer: &Answer<'_>, now: u64) {
        if let (Some(piloted), Some(id)) = (&mut self.pilot, grant.send.take()) {
            let at = Timestamp::from_nanos(now);
            piloted.telling().answered(id, at, answer);
            piloted.silent.hear(answer.verdict, grant.sent.at, now);
            piloted.has_learnt |= answer.verdict != Verdict::Served || !answer.told.is_empty();
            piloted.is_over(now);
            self.pump(now);
        }
    }

    pub(in crate::wait) fn silent_refusals(&self) -> u32 {
        self.pilot
            .as_ref()
            .map_or(0, |piloted| piloted.silent.count)
    }

    pub(in crate::wait) fn outlook(&self, now: u64) -> Vec<Outlook> {
        let piloted = self.pilot.iter();
        let now = Timestamp::from_nanos(now);
        piloted
            .flat_map(|piloted| piloted.pilot.outlook(now))
            .collect()
    }
}
