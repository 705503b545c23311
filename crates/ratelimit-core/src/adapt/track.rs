//! One limit that a server told: what kinds of limiter it may be, and how fast to spend it.

use super::answer::{Reset, Told};
use super::law::{Kind, Levels, Share};
use super::ledger::Ledger;
use super::model::{Ask, Bucket, Counter, Fixed, Foreign, Log};
use super::offset::{Offset, signed};
use super::pilot::Pace;
use super::sight::{Edge, Sight, seconds_between, secs, to_nanos};
use crate::time::nanos;
use crate::unit::Unit;

const MILLI: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
/// A limit for longer than this is a cap, and sets no pace.
const LONGEST_PACED: f64 = 3600.0;
const CREDIT: f64 = 3.0;
const CREDIT_SHARED: f64 = 0.3;
const EVEN: f64 = 0.15;
const KAPPA: f64 = 10.0;
const LOGT: f64 = 40.0;
const SPAN: f64 = 10.0;
const LOGD: f64 = 30.0;
const P0: f64 = 0.2;
/// Headers are supposed to be so late at first when they contradict every kind of server, and at most.
const FIRST_LAG: u64 = 300 * MILLI;
const LONGEST_LAG: u64 = 2_400 * MILLI;

/// See the [module](self).
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) id: u64,
    pub(super) unit: Unit,
    pub(super) limit: f64,
    pub(super) left: f64,
    pub(super) reset: Option<Reset>,
    pub(super) ledger: Ledger,
    fixed: Option<Fixed>,
    log: Option<Log>,
    counter: Option<Counter>,
    bucket: Option<Bucket>,
    pub(super) share: Share,
    /// Of a fixed window that is shared: units a second.
    fair: f64,
    /// Whether others seem to be there: until then at least, and until an answer shows none.
    shared: bool,
    shared_until: u64,
    lag: u64,
    began: u64,
    last_told: u64,
    told: u64,
    last_sent: (u64, f64),
    /// When the last one was due, and how long the one after it waits from then.
    due: u64,
    gap: u64,
    refunds: bool,
    refusals: u32,
    probe_wait: u64,
    /// When the reset that was stated last has surely passed.
    reset_late: u64,
    /// How long the slower answers take.
    slow: u64,
}

/// What the kinds that a server may be would surely admit, less what is kept back: the strictest, and the laxest;
/// and when the strictest would admit enough.
#[derive(Clone, Copy, Debug)]
struct Room {
    least: f64,
    most: f64,
    when: Option<u64>,
}

/// What wants to go.
#[derive(Clone, Copy, Debug)]
struct Wish {
    now: u64,
    room: f64,
    queue: f64,
    eager: bool,
    shared: bool,
    slow: u64,
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
            fixed: Some(Fixed::default()),
            log: Some(Log::default()),
            counter: Some(Counter::default()),
            bucket: Some(Bucket::default()),
            share: Share::new(1.0),
            fair: 0.0,
            shared: false,
            shared_until: 0,
            lag: 0,
            began: now,
            last_told: 0,
            told: 0,
            last_sent: (0, 0.0),
            due: 0,
            gap: 0,
            refunds: false,
            refusals: 0,
            probe_wait: SECOND / 2,
            reset_late: 0,
            slow: 0,
        }
    }

    pub(super) fn send(&mut self, now: u64, cost: u32, jitter: f64) {
        self.ledger.send(now, u64::from(cost));
        if let Some(bucket) = &mut self.bucket {
            bucket.send(now, f64::from(cost));
        }
        self.last_sent = (now, jitter);
        // Who could not go when its turn was, because something else held it up, may make up for a little.
        let credit = if self.shared { CREDIT_SHARED } else { CREDIT };
        let credit = (self.gap as f64 * credit) as u64;
        self.due = self
            .due
            .saturating_add(self.gap)
            .max(now.saturating_sub(credit))
            .min(now);
        self.probe_wait = (self.probe_wait * 2).min(20 * SECOND);
    }

    pub(super) fn is_shared(&self, _now: u64) -> bool {
        self.shared
    }

    /// An answer that states this limit. The ledger knows of it already.
    pub(super) fn observe(
        &mut self,
        told: &Told,
        (sent, now): (u64, u64),
        (cost, actual): (f64, f64),
        offset: Option<Offset>,
    ) {
        let (Some(limit), Some(left)) = (told.limit, told.remaining) else {
            return;
        };
        let (limit, left) = (limit as f64, left as f64);
        let mut sight = Sight {
            sent,
            now,
            cost,
            actual,
            limit,
            left,
            edge: told.reset.map(|reset| Edge::of(reset, sent, now, offset)),
            window: told.window.map(nanos),
            lag: self.lag,
            slack: if self.refunds {
                2.0 * self.ledger.mean + 0.02 * limit
            } else {
                0.0
            },
        };
        if self.told > 0 && limit != self.limit {
            self.void();
        }
        (self.limit, self.left, self.reset) = (limit, left, told.reset);
        if told.reset.is_none() && told.window.is_none() {
            // Of windows of which nothing is said only what is left is certain.
            (self.fixed, self.log, self.counter) = (None, None, None);
        }
        self.reset_late = match sight.edge {
            Some(edge) if edge.known => u64::try_from(edge.hi).unwrap_or(0),
            _ => now + to_nanos(self.longest_window()),
        };
        let foreign = self.show(&sight);
        if self.models() == 0 {
            self.lag = (self.lag * 2).clamp(FIRST_LAG, LONGEST_LAG);
            sight.lag = self.lag;
            self.began = sight.now;
            self.revive();
            self.show(&sight);
        }
        self.told += 1;
        self.slow = (now - sent).max(self.slow - self.slow / 64);
        self.last_told = now;
        self.probe_wait = SECOND / 2;
        self.ledger.set_window(to_nanos(self.longest_window()));
        self.judge_sharing(&sight, foreign);
        self.adjust(&sight);
    }

    fn show(&mut self, sight: &Sight) -> [Option<Foreign>; 3] {
        let ledger = &self.ledger;
        let mut seen = [None; 3];
        if let Some(model) = &mut self.fixed {
            match model.observe(sight, ledger) {
                Ok(foreign) => seen[0] = foreign,
                Err(_) => self.fixed = None,
            }
        }
        if let Some(model) = &mut self.log {
            match model.observe(sight, ledger) {
                Ok(foreign) => seen[1] = foreign,
                Err(_) => self.log = None,
            }
        }
        if let Some(model) = &mut self.counter {
            match model.observe(sight, ledger) {
                Ok(foreign) => seen[2] = foreign,
                Err(_) => self.counter = None,
            }
        }
        if let Some(model) = &mut self.bucket {
            if model.observe(sight, ledger).is_err() {
                self.bucket = None;
            }
        }
        self.prefer_bucket();
        seen
    }

    /// That resets always lie where a bucket's must, whatever is left, is no accident.
    fn prefer_bucket(&mut self) {
        let odd = self
            .log
            .as_ref()
            .is_some_and(|log| !log.resets_a_window_after);
        if odd && self.bucket.is_some() && self.told >= 12 {
            self.log = None;
        }
    }

    fn models(&self) -> usize {
        usize::from(self.fixed.is_some())
            + usize::from(self.log.is_some())
            + usize::from(self.counter.is_some())
            + usize::from(self.bucket.is_some())
    }

    fn revive(&mut self) {
        self.fixed = Some(Fixed::default());
        self.log = Some(Log::of_any_window());
        self.counter = Some(Counter::default());
        self.bucket = Some(Bucket::default());
    }

    fn void(&mut self) {
        if let Some(model) = &mut self.fixed {
            model.void();
        }
        if let Some(model) = &mut self.log {
            model.void();
        }
        if let Some(model) = &mut self.counter {
            model.void();
        }
        if let Some(model) = &mut self.bucket {
            model.void();
        }
    }

    fn longest_window(&self) -> f64 {
        let windows = [
            self.fixed.as_ref().map(Fixed::window),
            self.log.as_ref().map(Log::window),
            self.counter.as_ref().map(Counter::window),
            // Which rate a bucket has shows only as it flows.
            self.bucket
                .as_ref()
                .filter(|_| self.only_bucket())
                .map(Bucket::window),
        ];
        windows.into_iter().flatten().fold(1.0, f64::max)
    }

    /// Which law it goes by.
    fn kind(&self) -> Kind {
        if self.only_bucket() {
            Kind::Bucket
        } else if self.log.is_some() {
            Kind::Log
        } else if self.counter.is_some() && self.fixed.is_none() {
            Kind::Counter
        } else if self.bucket.is_some() {
            Kind::Bucket
        } else {
            Kind::Fixed
        }
    }

    fn levels(&self) -> Levels {
        Levels::of(self.kind(), self.limit, self.ledger.mean)
    }

    fn judge_sharing(&mut self, sight: &Sight, foreign: [Option<Foreign>; 3]) {
        let window = to_nanos(self.longest_window());
        let seen = || foreign.iter().flatten();
        let alive = [
            self.fixed.is_some(),
            self.log.is_some(),
            self.counter.is_some(),
        ];
        let all = foreign
            .iter()
            .zip(alive)
            .all(|(f, alive)| !alive || f.is_some());
        let mean = self.ledger.mean;
        if self.only_bucket() {
            // Its law needs to know of nobody; and its capacity need not be the limit.
            if self.told < 12 && self.told > 1 && self.shared_until > 0 && self.refusals == 0 {
                self.share = Share::new(self.share.part.max(0.5));
            }
            self.shared_until = 0;
            self.shared = false;
        } else if self.told == 1 {
            let deficit = self.limit - sight.left - sight.cost - self.ledger.in_flight as f64;
            if deficit >= mean.max(0.02 * self.limit) {
                self.shared_until = sight.now + window;
                self.share = Share::new(P0);
            }
        } else if seen().count() > 0 && all && seen().all(|f| f.least >= 2.0 * mean + sight.slack) {
            self.shared_until = self.shared_until.max(sight.now + 3 * window);
        } else if sight.now >= self.shared_until {
            self.shared = false;
        }
        self.shared |= sight.now < self.shared_until;
    }

    fn only_bucket(&self) -> bool {
        self.bucket.is_some() && self.models() == 1
    }

    /// A refusal: others are here, or something is not as it was taken to be.
    pub(super) fn refused(&mut self, now: u64) {
        self.refusals += 1;
        self.shared_until = self.shared_until.max(now + to_nanos(self.longest_window()));
        self.shared = true;
    }

    fn adjust(&mut self, sight: &Sight) {
        let now = sight.now;
        if self.only_bucket() {
            self.share.update(now, sight.left, &self.levels(), 20.0);
            return;
        }
        if !self.is_shared(now) {
            self.share = Share::new(1.0);
            return;
        }
        if self.fixed.is_some() {
            self.adjust_fair(now);
        }
        if let Some(log) = &self.log {
            let levels = Levels::of(Kind::Log, self.limit, self.ledger.mean);
            let steady = self.limit / log.window();
            let flow = log.flow(&self.ledger, now, SPAN);
            let over = sight.left - levels.set_point;
            let rate = KAPPA * (flow / self.even(steady, over) - 1.0);
            let error = levels.error(sight.left).max(rate.clamp(-1.5, 1.5));
            self.share
                .update_by(now, error, if error > 0.0 { LOGD } else { LOGT });
        } else {
            let levels = Levels::of(Kind::Counter, self.limit, self.ledger.mean);
            self.share.update(now, sight.left, &levels, 40.0);
        }
    }

    fn adjust_fair(&mut self, now: u64) {
        let Some(fixed) = &self.fixed else {
            return;
        };
        let steady = self.limit / fixed.window();
        let floor = 0.03 * steady;
        let all = self.fixed_flow(now);
        if self.fair <= 0.0 {
            self.fair = 0.2 * steady;
        }
        let others = fixed.foreign_rate(now);
        let fair = all * (self.fair + floor) / (self.fair + floor + others);
        self.fair = 0.8 * self.fair + 0.2 * fair;
    }

    /// What is left of a fixed window, spread over its rest.
    fn fixed_flow(&self, now: u64) -> f64 {
        let Some(fixed) = &self.fixed else {
            return f64::INFINITY;
        };
        let bound = fixed.bound(&self.ask(now), self.lag, self.refunds);
        let rest = fixed.late_edge(now).map_or(1.0, |edge| secs(edge - now));
        let set_point = self.levels().set_point;
        ((bound - set_point) / rest.max(0.2)).max(0.0)
    }

    fn ask(&self, now: u64) -> Ask<'_> {
        Ask {
            ledger: &self.ledger,
            now,
            limit: self.limit,
            shared: self.is_shared(now),
            share: self.share.part,
        }
    }

    /// The tightest bound of the kinds that it may be, less what each of them keeps back; and when it may
    /// be `need`.
    fn room(&self, now: u64, need: f64, queue: f64) -> Room {
        let ask = self.ask(now);
        let mean = self.ledger.mean;
        // A log that is nearly used up looks like a bucket that is nearly empty; the others go by its margin.
        let log = self.log.is_some() && ask.shared;
        let capped = self.is_cap() && !ask.shared;
        let margin = |kind| match kind {
            _ if capped => 0.0,
            Kind::Bucket if log => Levels::of(Kind::Log, self.limit, mean).margin,
            Kind::Bucket => Levels::of(kind, self.limit, mean).margin,
            _ if ask.shared => Levels::of(kind, self.limit, mean).margin,
            // Alone the bounds are exact.
            Kind::Fixed | Kind::Log | Kind::Counter => 0.0,
        };
        let (mut room, mut best) = (f64::INFINITY, f64::NEG_INFINITY);
        let mut when = Some(now);
        let mut meet = |bound: f64, better: &dyn Fn(f64) -> Option<u64>| {
            (room, best) = (room.min(bound), best.max(bound));
            if bound < need {
                when = match (when, better(need - bound)) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    _ => None,
                };
            }
        };
        if let Some(model) = &self.fixed {
            meet(
                model.bound(&ask, self.lag, self.refunds) - margin(Kind::Fixed),
                &|_| model.better_at(&ask),
            );
        }
        if let Some(model) = &self.log {
            let keep = margin(Kind::Log);
            meet(model.bound(&ask) - keep, &|_| {
                model.better_at(&ask, need + keep)
            });
        }
        if let Some(model) = &self.counter {
            meet(model.bound(&ask) - margin(Kind::Counter), &|missing| {
                model.better_at(&ask, missing)
            });
        }
        if let Some(model) = &self.bucket {
            let bound = model.bound(&ask);
            // The last ones, and nobody else there: what is kept back is of no use.
            let last = self.share.part > 0.9 && !ask.shared && queue + mean <= bound;
            let keep = margin(Kind::Bucket);
            let margin = if last { mean.min(keep) } else { keep };
            meet(bound - margin, &|missing| model.better_at(&ask, missing));
        }
        Room {
            least: room,
            most: best,
            when,
        }
    }

    pub(super) fn when(&mut self, now: u64, cost: u32, waiting: usize, pace: Pace) -> When {
        if self.told == 0 || cost == 0 {
            return When::Now;
        }
        let cost = f64::from(cost);
        let room = self.room(now, cost, waiting as f64 * self.ledger.mean);
        if room.least < cost {
            return self.probe(now, cost, room);
        }
        let room = room.least;
        let mean_cost = self.ledger.mean;
        if self.models() > 1
            && !self.is_cap()
            && !self.is_shared(now)
            && room < cost + self.reserve()
        {
            let at = self.next_question(room - cost < mean_cost);
            return if at > now { When::At(at) } else { When::Now };
        }
        if self.is_cap() {
            return When::Now;
        }
        let gap = to_nanos(self.gap(now, cost, waiting, room, pace));
        self.gap = gap;
        let at = self.due.saturating_add(gap);
        if at > now { When::At(at) } else { When::Now }
    }

    fn is_cap(&self) -> bool {
        self.longest_window() > LONGEST_PACED
    }

    /// What is spent slowly while it is not known what the server is: each answer may tell.
    fn reserve(&self) -> f64 {
        (3.0 * self.ledger.mean)
            .max(0.01 * self.limit)
            .min(0.5 * self.limit)
    }

    /// The next instant at which one kind of server would renew something, and another would not.
    fn first_edge(&self, now: u64) -> Option<u64> {
        let edge = self.fixed.as_ref().and_then(|fixed| fixed.early_edge(now));
        let end = self
            .counter
            .as_ref()
            .and_then(|counter| counter.early_end(now));
        edge.into_iter().chain(end).min()
    }

    /// When to spend the next of the reserve: a few before the next edge, the others after it.
    fn next_question(&self, last_one: bool) -> u64 {
        let last = self.last_sent.0;
        let soon = to_nanos((0.05 * self.longest_window()).min(3.0));
        let edge = self.first_edge(last).map_or(0, |edge| edge - last);
        let edge = if last_one { edge + soon } else { edge / 2 };
        last.saturating_add(soon.max(edge))
    }

    /// It is not sure that anything more is admitted: until when, or whether to find out.
    fn probe(&self, now: u64, cost: f64, room: Room) -> When {
        let when = room.when;
        if self.ledger.in_flight > 0 {
            return when.map_or(When::Answered, |at| When::At(at.max(now + MILLI)));
        }
        let window = to_nanos(self.longest_window());
        let late = (self.last_told + window / 3)
            .max(self.reset_late)
            .max(self.last_sent.0 + window / 3);
        // Some of the kinds that it may be would admit one.
        let soon = match room.most >= cost && self.is_shared(now) {
            true => self.last_sent.0 + self.wait_for_probe(),
            false => u64::MAX,
        };
        let probe = late.min(soon);
        if now >= probe {
            return When::Now;
        }
        When::At(when.map_or(probe, |at| at.min(probe)).max(now + MILLI))
    }

    /// Never the same time: what is asked every ten seconds may look like a window of ten seconds.
    fn wait_for_probe(&self) -> u64 {
        let wait = self.probe_wait.max(self.undecided_wait());
        let odd = 0.6 + 4.0 * (self.last_sent.1 - 0.85);
        to_nanos(secs(wait) * odd)
    }

    /// A fixed window and a counter look alike until the window ends.
    fn undecided_wait(&self) -> u64 {
        if self.fixed.is_some() && self.counter.is_some() {
            10 * SECOND
        } else {
            0
        }
    }

    /// Seconds from the last send to the next: by the slowest of the kinds that it may be.
    fn gap(&self, now: u64, cost: f64, waiting: usize, room: f64, pace: Pace) -> f64 {
        let mean = self.ledger.mean;
        let wish = Wish {
            now,
            room,
            queue: waiting as f64 * mean,
            eager: pace == Pace::Eager,
            shared: self.is_shared(now),
            slow: self.slow,
        };
        let young = (now < self.began + 5 * SECOND || self.told < 4) && self.models() > 1;
        let rate = if young && (wish.shared || !wish.eager) {
            self.young_rate(&wish)
        } else {
            let rates = [
                self.fixed
                    .as_ref()
                    .map(|model| self.fixed_rate(model, &wish)),
                self.log.as_ref().map(|model| self.log_rate(model, &wish)),
                self.counter.as_ref().map(|_| self.counter_rate(&wish)),
                self.bucket
                    .as_ref()
                    .map(|model| self.bucket_rate(model, &wish)),
            ];
            rates.into_iter().flatten().fold(f64::INFINITY, f64::min)
        };
        // While it may be of several kinds, each answer may tell.
        let slowest = match self.models() {
            1 => mean / self.longest_window(),
            _ => mean / self.longest_window().min(5.0),
        };
        // What is given back once the answer is there was never used.
        cost * self.ledger.truth / rate.max(slowest) * self.last_sent.1
    }

    /// While nobody knows what the server is: enough to find out, and no less than an edge that may be near
    /// makes worthless.
    fn young_rate(&self, wish: &Wish) -> f64 {
        let rest = self
            .first_edge(wish.now)
            .map_or(f64::INFINITY, |edge| secs(edge - wish.now));
        let steady = self.limit / self.longest_window();
        let edge = wish.room / (0.8 * rest).max(0.3);
        steady.max(2.0 * self.ledger.mean).max(edge)
    }

    fn fixed_rate(&self, model: &Fixed, wish: &Wish) -> f64 {
        if wish.shared {
            return self.fair.max(1.0 / model.window());
        }
        if wish.eager {
            return f64::INFINITY;
        }
        let rest = self
            .first_edge(wish.now)
            .map_or(1.0, |edge| secs(edge - wish.now));
        // What is sent last must arrive before the edge.
        let rest = rest - (0.03 * model.window()).max(0.3).max(1.2 * secs(wish.slow));
        // Ahead of an even use of the window even after all that wait: nobody need wait.
        if rest <= 0.0 || wish.room - wish.queue >= self.limit * rest / model.window() {
            return f64::INFINITY;
        }
        wish.room / rest
    }

    fn log_rate(&self, model: &Log, wish: &Wish) -> f64 {
        let in_flight = self.ledger.in_flight as f64;
        if !wish.shared && (wish.eager || wish.queue + in_flight <= 0.05 * wish.room) {
            return f64::INFINITY;
        }
        let levels = Levels::of(Kind::Log, self.limit, self.ledger.mean);
        let steady = self.limit / model.window();
        let (margin, set_point) = match wish.shared {
            true => (levels.margin, levels.set_point),
            false => (1.0, 0.0),
        };
        let over = wish.room + margin - set_point;
        // What leaves a log at once comes back at once a window later, and all wait in between: so it is spent
        // evenly, also while much is left.
        self.share.part * self.even(steady, over)
    }

    fn even(&self, steady: f64, over: f64) -> f64 {
        steady * (1.0 + EVEN * over / self.limit).max(0.1)
    }

    fn counter_rate(&self, wish: &Wish) -> f64 {
        if !wish.shared && wish.eager {
            return f64::INFINITY;
        }
        let levels = Levels::of(Kind::Counter, self.limit, self.ledger.mean);
        let steady = self.limit / self.longest_window();
        match wish.shared {
            true => {
                let over = wish.room + levels.margin - levels.set_point;
                self.share.part * (steady + over / 4.0).min(3.0 * steady)
            }
            false => steady + wish.room / 4.0,
        }
    }

    fn bucket_rate(&self, model: &Bucket, wish: &Wish) -> f64 {
        let kind = if self.log.is_some() && wish.shared {
            Kind::Log
        } else {
            Kind::Bucket
        };
        let levels = Levels::of(kind, self.limit, self.ledger.mean);
        let much = wish.room > levels.set_point + 2.0 * levels.slope || wish.queue <= wish.room;
        if self.share.part > 0.5 && !wish.shared && (much || !self.only_bucket()) {
            return f64::INFINITY;
        }
        let over = wish.room + levels.margin - levels.set_point;
        self.share.part * (model.rate().unwrap_or(0.0) + over / 4.0)
    }

    /// It was let in by the instant `by`.
    pub(super) fn admit(&mut self, now: u64, by: u64, edge: Option<Edge>, cost: u32, actual: u32) {
        self.refunds |= cost != actual;
        if let Some(bucket) = &mut self.bucket {
            bucket.refund(f64::from(cost) - f64::from(actual));
        }
        let only_log = self
            .log
            .as_ref()
            .filter(|_| self.models() == 1 && self.lag == 0);
        let by_log = only_log
            .zip(edge)
            .and_then(|(log, edge)| log.admission(&edge));
        let by = (by, by_log.unwrap_or(by));
        self.ledger
            .admit(now, by, u64::from(cost), u64::from(actual));
        if edge.is_none() {
            self.hide(now, f64::from(actual));
        }
    }

    /// Something was admitted, and its answer does not say what is left.
    fn hide(&mut self, now: u64, cost: f64) {
        if let Some(fixed) = &mut self.fixed {
            fixed.hide(now, cost);
        }
        if let Some(counter) = &mut self.counter {
            counter.hide(now, cost);
        }
    }

    pub(super) fn give_back(&mut self, now: u64, cost: u32) {
        self.ledger.give_back(now, u64::from(cost));
        if let Some(bucket) = &mut self.bucket {
            bucket.refund(f64::from(cost));
        }
    }

    /// Until the reset that was stated last.
    pub(super) fn reset_in(&self, now: u64, offset: Option<Offset>) -> Option<f64> {
        let edge = Edge::of(self.reset?, self.last_told, self.last_told, offset);
        edge.known
            .then(|| seconds_between(signed(now), edge.hi).max(0.0))
    }
    pub(super) fn lag(&self) -> u64 {
        self.lag
    }
    pub(super) fn kinds(&self) -> [bool; 4] {
        [
            self.fixed.is_some(),
            self.log.is_some(),
            self.counter.is_some(),
            self.bucket.is_some(),
        ]
    }
}
