//! The queue itself: plain state, and time as a parameter.
//!
//! Whoever runs, grants in order: every call first lets those at the head go who may go by now
//! ([`Queue::pump`]). So no single waiter is responsible for the others, and one that is leaked or
//! not polled any more holds up nobody: it gets its turn, and the next one's own timer lets the next
//! go. A permit that it was granted and never saw is taken back ([`unseen`]).

mod enter;
mod events;
mod grant;
mod look;
mod piloted;
mod turns;
mod unseen;
mod wakers;

use std::collections::{HashMap, VecDeque};
use std::mem;

use crate::adapt::Pilot;
use crate::algorithm::Fit;
use crate::meter::Meter;
use crate::wait::gap::{Gap, Sent};
use crate::wait::line::{Line, Place};
use crate::wait::refusal::{Refusal, RefusalReason};
use crate::wait::seat::next_gate;
use look::Settled;
use piloted::Piloted;
use wakers::Wakers;

pub(in crate::wait) use grant::Grant;
pub(in crate::wait) use look::Standing;

/// See the [module](self).
#[derive(Debug)]
pub(in crate::wait) struct Queue {
    meter: Meter,
    /// Learns from answers when the next may go.
    pilot: Option<Box<Piloted>>,
    pub(in crate::wait) rules: Rules,
    line: Line,
    settled: HashMap<u64, Settled>,
    /// The instants and numbers of grants in `settled` that hold permits, the oldest first.
    unseen: VecDeque<(u64, u64)>,
    /// Which gate this is.
    pub(in crate::wait) id: u64,
    next_seq: u64,
    last: Option<Sent>,
    paused_until: u64,
    /// After a pause: no burst for a while, but the plan's steady flow.
    reopening: Option<Gap>,
    pace: Option<Gap>,
    /// The version of the latest send whose answer set the pace; 0 if it was set by hand.
    told: u64,
    /// Counts what happened to the meter.
    version: u64,
    /// Whom to wake, and what to drop: foreign code, which must not run while the queue is locked.
    wakers: Wakers,
    spent: Wakers,
}

/// What is set when the gate is made.
#[derive(Clone, Copy, Debug)]
pub(in crate::wait) struct Rules {
    pub(in crate::wait) max_waiting: usize,
    /// Nanoseconds between two sends, whatever they cost.
    pub(in crate::wait) min_interval: u64,
    /// How late a timer may fire without cost, in nanoseconds.
    pub(in crate::wait) tolerance: u64,
    /// How long those of the level behind the most urgent wait before they take turns with them.
    pub(in crate::wait) patience: u64,
    /// The longest rest of a pause that is waited for.
    pub(in crate::wait) longest_pause: u64,
}

/// What came of an [`Ask`].
#[derive(Debug)]
pub(in crate::wait) enum Entered {
    Granted(Box<Grant>),
    Waiting(Place),
}

impl Queue {
    pub(in crate::wait) fn new(meter: Meter, rules: Rules, pilot: Option<Pilot>) -> Self {
        Self {
            meter,
            pilot: pilot.map(|pilot| Box::new(Piloted::new(pilot))),
            rules,
            line: Line::new(rules.patience),
            settled: HashMap::new(),
            unseen: VecDeque::new(),
            id: next_gate(),
            next_seq: 0,
            last: None,
            paused_until: 0,
            reopening: None,
            pace: None,
            told: 0,
            version: 0,
            wakers: Wakers::default(),
            spent: Wakers::default(),
        }
    }

    /// Whom to wake, and what to drop, once the queue is free.
    pub(in crate::wait) fn take_wakers(&mut self) -> (Wakers, Wakers) {
        (mem::take(&mut self.wakers), mem::take(&mut self.spent))
    }

    pub(in crate::wait) fn waiting(&self) -> usize {
        self.line.len()
    }

    pub(in crate::wait) fn paused_until(&self, now: u64) -> Option<u64> {
        (self.paused_until > now).then_some(self.paused_until)
    }

    /// Whether forgetting it would lose nothing.
    pub(in crate::wait) fn is_idle(&self, now: u64) -> bool {
        let gap_over = |gap: &Option<Gap>| gap.is_none_or(|gap| gap.is_over(now));
        self.line.is_empty()
            && self.settled.is_empty()
            && self.floor(now) <= now
            && gap_over(&self.pace)
            && gap_over(&self.reopening)
            && self.meter.is_idle(now)
            && self.pilot.as_ref().is_none_or(|pilot| pilot.is_idle(now))
    }

    /// Lets all go who may go by now, in order, and sees to it that the next one wakes in time.
    pub(in crate::wait) fn pump(&mut self, now: u64) {
        self.take_back_unseen(now);
        while let Some((place, head)) = self.line.head(now) {
            let (spend, deadline, armed) = (head.spend, head.deadline, head.armed);
            let span = self.span(head, now);
            let due = self.due(span, &spend, self.line.len());
            self.head_goes(due);
            match due {
                _ if deadline < now => self.refuse(place, RefusalReason::Deadline, None),
                Fit::Never => self.refuse(place, RefusalReason::CostExceedsLimit, None),
                Fit::Now => self.grant_head(place, span, spend),
                Fit::At(at) if at > deadline => {
                    self.refuse(place, RefusalReason::Deadline, Some(at));
                }
                Fit::At(at) if armed > at => return self.wake(place, at),
                Fit::At(_) | Fit::Held => return,
            }
        }
    }

    fn wake(&mut self, place: Place, at: u64) {
        if let Some(head) = self.line.get_mut(place) {
            head.armed = at;
            self.wakers.extend(head.waker.take());
        }
    }

    fn refuse(&mut self, place: Place, reason: RefusalReason, at: Option<u64>) {
        if let Some(ticket) = self.line.remove(place) {
            self.wakers.extend(ticket.waker);
            let refusal = Refusal::new(reason, at);
            self.settled.insert(place.1, Settled::Refused(refusal));
        }
    }
}
