//! What a pilot says, beside the meter: the later of both counts.
//!
//! It is asked for the head of the line, and for who would be it. Its clock is the gate's.

use super::{Grant, Queue};
use crate::adapt::{Answer, Leave, Outlook, Pilot, SendId, Spend, Verdict};
use crate::algorithm::Fit;
use crate::time::Timestamp;
use crate::wait::foresee::{self, Span};
use crate::wait::ticket::Ahead;

/// What was learnt is worth keeping for so long: a server says it again with its first answer.
const MEMORY: u64 = 600_000_000_000;

/// A pilot that names an instant that is past is asked again then, not over and over.
const SOON: u64 = 1_000_000;

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

/// What it last said to a question. It is not asked the same twice at one instant, unless something was sent or
/// answered in between. Later it is: time alone may change what it says, also before the instant that it named.
#[derive(Clone, Copy, Debug)]
struct Said {
    now: u64,
    spend: Spend,
    waiting: usize,
    fit: Fit,
}

/// Refusals in a row that did not say how long to stay away.
#[derive(Clone, Copy, Debug, Default)]
struct Silent {
    count: u32,
    /// The last of them: those of requests that were sent before are the same story.
    since: u64,
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

    fn fit(&mut self, now: u64, spend: &Spend, waiting: usize) -> Fit {
        if let Some(fit) = self.said(now, spend, waiting) {
            return fit;
        }
        let fit = self.ask(now, spend, waiting);
        self.said = Some(Said {
            now,
            spend: *spend,
            waiting,
            fit,
        });
        fit
    }

    fn said(&self, now: u64, spend: &Spend, waiting: usize) -> Option<Fit> {
        let said = self.said.as_ref()?;
        let is_same = said.now == now && said.waiting == waiting && said.spend == *spend;
        is_same.then_some(said.fit)
    }

    fn ask(&mut self, now: u64, spend: &Spend, waiting: usize) -> Fit {
        match self.pilot.leave(Timestamp::from_nanos(now), spend, waiting) {
            Leave::Now => Fit::Now,
            Leave::At(at) if at.as_nanos() > now => Fit::At(at.as_nanos()),
            Leave::At(_) => Fit::At(now.saturating_add(SOON)),
            Leave::WhenAnswered => Fit::Held,
            Leave::Never => Fit::Never,
        }
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

impl Silent {
    fn hear(&mut self, verdict: Verdict, sent: u64, now: u64) {
        if sent < self.since {
            return;
        }
        match verdict {
            Verdict::Refused { wait: None } => {
                self.count = self.count.saturating_add(1);
                self.since = now;
            }
            _ => self.count = 0,
        }
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
