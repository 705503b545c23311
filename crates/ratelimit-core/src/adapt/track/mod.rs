//! One limit that a server told: what kinds of limiter it may be, what is surely left of it, and how fast to spend
//! that.

mod kinds;
mod pace;
mod probe;
mod room;
mod sharing;
mod soon;

use super::answer::{Reset, Told};
use super::law::Share;
use super::ledger::Ledger;
use super::model::Bucket;
use super::offset::{Offset, signed};
use super::sight::{Edge, Sight, seconds_between, to_nanos};
use super::steering::Pace;
use crate::time::nanos;
use crate::unit::Unit;
use kinds::Kinds;
use pace::Wish;

const MILLI: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;

/// A limit for longer than this, in seconds, is a cap and sets no pace.
const LONGEST_PACED: f64 = 3600.0;
/// How many gaps one may make up for that was held up by something else; fewer where others wait for them.
const MADE_UP: f64 = 3.0;
const MADE_UP_SHARED: f64 = 0.3;
/// Headers are supposed to be so late when they contradict every kind of server: at first, and at most.
const FIRST_LAG: u64 = 300 * MILLI;
const LONGEST_LAG: u64 = 2_400 * MILLI;
/// A limit that so many answers in a row did not state, but others, is perhaps no more.
const FORGOTTEN: u32 = 8;
/// The wait for a probe: at first, and at most.
const FIRST_PROBE: u64 = SECOND / 2;
const LONGEST_PROBE: u64 = 20 * SECOND;

/// See the [module](self).
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) id: u64,
    pub(super) unit: Unit,
    pub(super) limit: f64,
    pub(super) left: f64,
    reset: Option<Reset>,
    ledger: Ledger,
    kinds: Kinds,
    pub(super) share: Share,
    /// Of a fixed window that is shared: units a second.
    fair: f64,
    /// Whether others seem to be there: until then at least, and until an answer shows none.
    pub(super) shared: bool,
    shared_until: u64,
    refusals: u32,
    /// How old headers may be.
    lag: u64,
    /// Whether something was given back.
    refunds: bool,
    /// Since when it has been looked at as it is now.
    began: u64,
    told: u64,
    last_told: u64,
    /// Answers since then that stated other limits.
    passed_over: u32,
    /// When the latest of what was answered so was sent.
    asked: u64,
    /// The cost of the dearest of the latest requests.
    dear: f64,
    /// The part of the answers that do not state this limit.
    unsaid: f64,
    /// When the reset that was stated last has surely passed.
    reset_late: u64,
    /// How long the slower answers take.
    slow: u64,
    /// The last send, and by how much its gap is longer or shorter than reckoned.
    last_sent: (u64, f64),
    /// When the last one was due, and how long the one after it waits from then.
    due: u64,
    gap: u64,
    probe_wait: u64,
    before: Before,
}

/// How it was before the last send, should that not take place.
#[derive(Clone, Copy, Debug, Default)]
struct Before {
    due: u64,
    last_sent: (u64, f64),
    probe_wait: u64,
    mean: f64,
    dear: f64,
}

/// What one answer says of a limit, and of the request that it answers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard<'a> {
    pub(super) told: &'a Told,
    pub(super) sent: u64,
    pub(super) now: u64,
    /// What it was counted with, and what it has cost in the end; 0 if it was refused.
    pub(super) cost: f64,
    pub(super) actual: f64,
    pub(super) offset: Option<Offset>,
}

/// When something may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Now,
    At(u64),
    Answered,
    Never,
}

impl Track {
    pub(super) fn new(told: &Told, limit: f64, now: u64) -> Self {
        Self {
            id: told.id,
            unit: told.unit,
            limit,
            left: limit,
            reset: None,
            ledger: Ledger::new(),
            kinds: Kinds::all(),
            share: Share::new(1.0),
            fair: 0.0,
            shared: false,
            shared_until: 0,
            refusals: 0,
            lag: 0,
            refunds: false,
            began: now,
            told: 0,
            last_told: now,
            passed_over: 0,
            asked: 0,
            dear: 1.0,
            unsaid: 0.0,
            reset_late: 0,
            slow: 0,
            last_sent: (0, 1.0),
            due: 0,
            gap: 0,
            probe_wait: FIRST_PROBE,
            before: Before::default(),
        }
    }

    /// Something of this cost leaves; `jitter` makes the next gap a little longer or shorter.
    pub(super) fn send(&mut self, now: u64, cost: u32, jitter: f64) {
        let (before, mean, dear) = (self.last_sent, self.ledger.mean, self.dear);
        self.ledger.send(now, u64::from(cost));
        self.dear = f64::from(cost).max(self.dear - self.dear / 64.0);
        if let Some(bucket) = &mut self.kinds.bucket {
            bucket.send(now, f64::from(cost));
        }
        self.last_sent = (now, jitter);
        let made_up = if self.shared { MADE_UP_SHARED } else { MADE_UP };
        let made_up = to_nanos(super::sight::secs(self.gap) * made_up);
        self.before = Before {
            due: self.due,
            last_sent: before,
            probe_wait: self.probe_wait,
            mean,
            dear,
        };
        let due = self.due.saturating_add(self.gap);
        self.due = due.max(now.saturating_sub(made_up)).min(now);
        self.probe_wait = (self.probe_wait * 2).min(LONGEST_PROBE);
    }

    /// It was let in by the instant `by`.
    pub(super) fn admit(&mut self, now: u64, by: u64, edge: Option<Edge>, cost: u32, actual: u32) {
        self.refunds |= cost != actual;
        if let Some(bucket) = &mut self.kinds.bucket {
            bucket.refund(f64::from(cost) - f64::from(actual));
        }
        let log = self.kinds.log.as_ref();
        let log = log.filter(|_| self.kinds.count() == 1 && self.lag == 0);
        let by_log = log.zip(edge).and_then(|(log, edge)| log.admission(&edge));
        let by = (by, by_log.unwrap_or(by));
        self.ledger
            .admit(now, by, u64::from(cost), u64::from(actual));
        let unsaid = if edge.is_none() { 1.0 } else { 0.0 };
        self.unsaid += (unsaid - self.unsaid) / 32.0;
        if edge.is_none() {
            self.hide(now, f64::from(actual));
        }
    }

    /// Something was admitted, and its answer does not say what is left.
    fn hide(&mut self, now: u64, cost: f64) {
        if let Some(fixed) = &mut self.kinds.fixed {
            fixed.hide(now, cost);
        }
        if let Some(counter) = &mut self.kinds.counter {
            counter.hide(now, cost);
        }
    }

    /// There is no answer: whether it was counted, nobody knows.
    pub(super) fn lose(&mut self, now: u64, cost: u32) {
        self.admit(now, now, None, cost, cost);
        self.ledger.lose(now, u64::from(cost));
    }

    /// It was refused, or never left.
    pub(super) fn give_back(&mut self, now: u64, cost: u32) {
        self.ledger.give_back(now, u64::from(cost));
        if let Some(bucket) = &mut self.kinds.bucket {
            bucket.refund(f64::from(cost));
        }
    }

    /// The last send did not take place.
    pub(super) fn take_back(&mut self, now: u64, cost: u32) {
        self.give_back(now, cost);
        self.due = self.before.due;
        self.last_sent = self.before.last_sent;
        self.probe_wait = self.before.probe_wait;
        self.ledger.mean = self.before.mean;
        self.dear = self.before.dear;
    }

    /// An answer that states this limit. The ledger knows of it already.
    pub(super) fn hear(&mut self, heard: &Heard<'_>) {
        let Some(mut sight) = self.sight(heard) else {
            return;
        };
        if self.told > 0 && sight.limit != self.limit {
            self.kinds.void(sight.limit / self.limit.max(1.0));
        }
        // Of answers that crossed each other and mean the same window, the lower is the later.
        let crossed = heard.told.reset == self.reset && sight.sent <= self.last_told;
        let left = if crossed {
            self.left.min(sight.left)
        } else {
            sight.left
        };
        (self.limit, self.left, self.reset) = (sight.limit, left, heard.told.reset);
        if sight.edge.is_none() && sight.window.is_none() {
            self.kinds.without_windows();
        }
        self.told += 1;
        (self.last_told, self.passed_over) = (sight.now, 0);
        self.asked = self.asked.max(sight.sent);
        self.slow = (sight.now - sight.sent).max(self.slow - self.slow / 64);
        self.probe_wait = FIRST_PROBE;
        match self.lag > 0 && sight.is_blank() {
            true => self.hide(sight.now, sight.actual),
            false => self.show(&mut sight),
        }
        self.adjust(&sight);
    }

    /// What it shows to the kinds that the server may be.
    fn show(&mut self, sight: &mut Sight) {
        self.reset_late = match sight.edge {
            Some(edge) if edge.known => u64::try_from(edge.hi).unwrap_or(0),
            _ => sight.now + to_nanos(self.kinds.longest_window()),
        };
        let foreign = self.kinds.show(sight, &self.ledger);
        self.kinds.prefer_bucket(self.told, sight.now - self.began);
        if self.kinds.count() == 0 {
            self.suppose_lag(sight);
        }
        let window = to_nanos(self.kinds.longest_window());
        self.ledger.set_window(window);
        self.judge_sharing(sight, &foreign);
    }

    /// An answer does not state this limit, but maybe others.
    pub(super) fn pass_over(&mut self, for_others: bool) {
        self.passed_over = self.passed_over.saturating_add(u32::from(for_others));
    }

    /// Whether the server has other limits by now: they are stated, and this one was not for two windows.
    pub(super) fn is_past(&self, now: u64) -> bool {
        let long = to_nanos(2.0 * self.kinds.longest_window());
        self.passed_over >= FORGOTTEN && now >= self.last_told.saturating_add(long)
    }

    /// When it was stated last.
    pub(super) fn heard_at(&self) -> u64 {
        self.last_told
    }

    /// What contradicts every kind of server is stale.
    fn suppose_lag(&mut self, sight: &mut Sight) {
        self.lag = (self.lag * 2).clamp(FIRST_LAG, LONGEST_LAG);
        sight.lag = self.lag;
        self.began = sight.now;
        self.kinds = Kinds::again();
        if !sight.is_blank() {
            self.kinds.show(sight, &self.ledger);
        }
    }

    fn sight(&self, heard: &Heard<'_>) -> Option<Sight> {
        let (told, limit) = (heard.told, heard.told.limit? as f64);
        let edge = |reset| Edge::of(reset, heard.sent, heard.now, heard.offset);
        // What others get back looks as if it had flowed.
        let slack = 2.0 * self.ledger.mean + 0.02 * limit;
        // And what may have been counted or not, as if it had not.
        let memory = to_nanos(2.0 * self.kinds.longest_window());
        let lost = self.ledger.lost_since(heard.now.saturating_sub(memory));
        Some(Sight {
            sent: heard.sent,
            now: heard.now,
            cost: heard.cost,
            actual: heard.actual,
            limit,
            left: told.remaining? as f64,
            edge: told.reset.map(edge),
            window: told.window.map(nanos),
            lag: self.lag,
            slack: if self.refunds { slack } else { 0.0 } + lost,
        })
    }

    /// When something of this cost may go, with so many waiting.
    pub(super) fn when(&mut self, now: u64, cost: u32, waiting: usize, pace: Pace) -> When {
        if self.told == 0 || cost == 0 {
            return When::Now;
        }
        let cost = f64::from(cost);
        if cost > self.largest() {
            return When::Never;
        }
        let queue = waiting as f64 * self.ledger.mean;
        let room = self.room(now, cost, queue);
        if room.least < cost {
            return self.probe(now, cost, &room);
        }
        let room = room.least;
        if self.is_cap() {
            return When::Now;
        }
        let at = match self.kinds.can_be_told() && !self.shared && room < cost + self.reserve() {
            true => self.question(now, cost, queue, room),
            false => {
                self.gap = self.gap(&Wish {
                    now,
                    cost,
                    room,
                    queue,
                    pace,
                });
                let due = self.due.saturating_add(self.gap);
                due.min(self.changes_by(now))
            }
        };
        if at > now { When::At(at) } else { When::Now }
    }

    /// By then a gap that was reckoned now is another: a window ends, or what flows back makes it shorter.
    fn changes_by(&self, now: u64) -> u64 {
        let edge = self.kinds.fixed.as_ref().and_then(|it| it.late_edge(now));
        let window = to_nanos(self.kinds.longest_window());
        let soon = now.saturating_add((window / 60).clamp(SECOND / 10, 5 * SECOND));
        edge.map_or(soon, |edge| edge.min(soon))
    }

    /// The largest cost that is ever admitted.
    fn largest(&self) -> f64 {
        let bucket = self.kinds.bucket.as_ref();
        self.limit.max(bucket.map_or(0.0, Bucket::capacity_seen))
    }

    fn is_cap(&self) -> bool {
        self.kinds.longest_window() > LONGEST_PACED
    }

    /// Seconds until the reset that was stated last.
    pub(super) fn reset_in(&self, now: u64, offset: Option<Offset>) -> Option<f64> {
        let edge = Edge::of(self.reset?, self.last_told, self.last_told, offset);
        let wait = seconds_between(signed(now), edge.hi).max(0.0);
        edge.known.then_some(wait)
    }

    /// Whether what headers say may be stale.
    pub(super) fn is_late(&self) -> bool {
        self.lag > 0
    }
}
