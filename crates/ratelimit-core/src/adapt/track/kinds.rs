//! The kinds of limiter that a server may be, each until an answer refutes it.

use crate::adapt::law::Kind;
use crate::adapt::ledger::Ledger;
use crate::adapt::model::{Bucket, Counter, Fixed, Foreign, Log, Refuted};
use crate::adapt::sight::Sight;

/// After so many answers, and so long, it is no accident any more that all of them fit.
const MANY: u64 = 12;
const LONG: u64 = 10_000_000_000;
/// If never more than this part of the limit was left, it may not be what a bucket holds.
const MOST_OF: f64 = 0.8;

/// See the [module](self).
#[derive(Clone, Debug)]
pub(super) struct Kinds {
    pub(super) fixed: Option<Fixed>,
    pub(super) log: Option<Log>,
    pub(super) counter: Option<Counter>,
    pub(super) bucket: Option<Bucket>,
    /// The longest and the shortest window that one of them has, in seconds: asked for many times a request, and
    /// changed by answers only.
    longest: f64,
    shortest: f64,
}

impl Kinds {
    pub(super) fn all() -> Self {
        Self::of(Log::default())
    }

    /// All of them again, because none was left: a log's window may be one that nobody else uses.
    pub(super) fn again() -> Self {
        Self::of(Log::of_any_window())
    }

    fn of(log: Log) -> Self {
        let mut all = Self {
            fixed: Some(Fixed::default()),
            log: Some(log),
            counter: Some(Counter::default()),
            bucket: Some(Bucket::default()),
            longest: 1.0,
            shortest: 0.0,
        };
        all.measure();
        all
    }

    /// What an answer shows to each of them: what others use, as far as it is of that kind. Those whom it
    /// contradicts are gone.
    pub(super) fn show(&mut self, sight: &Sight, ledger: &Ledger) -> [Option<Foreign>; 3] {
        let fixed = shown(&mut self.fixed, |model| model.observe(sight, ledger));
        let log = shown(&mut self.log, |model| model.observe(sight, ledger));
        let counter = shown(&mut self.counter, |model| model.observe(sight, ledger));
        shown(&mut self.bucket, |model| {
            model.observe(sight, ledger).map(|()| None)
        });
        self.measure();
        [fixed, log, counter]
    }

    /// That resets always lie where a bucket's must, whatever is left, is no accident: not after many answers, the
    /// first of which was `age` ago.
    pub(super) fn prefer_bucket(&mut self, told: u64, age: u64) {
        let Some(bucket) = self.bucket.as_ref().filter(|_| told >= MANY) else {
            return;
        };
        // A small bucket that is kept full resets at once, as very short windows do that others use up.
        let is_small = age >= LONG && bucket.is_smaller_than(MOST_OF);
        let short = |window: f64| is_small && window < 0.25 * bucket.window();
        let odd = |log: &Log| !log.resets_a_window_after || short(log.window());
        let (log, fixed) = (
            self.log.as_ref().is_some_and(odd),
            self.fixed
                .as_ref()
                .is_some_and(|fixed| short(fixed.window())),
        );
        if log || fixed {
            self.log.take_if(|_| log);
            self.fixed.take_if(|_| fixed);
            self.measure();
        }
    }

    /// Of windows of which nothing is said only what is left is certain.
    pub(super) fn without_windows(&mut self) {
        (self.fixed, self.log, self.counter) = (None, None, None);
        self.measure();
    }

    /// The limit changed to so many times what it was: what was learnt under the old one is void.
    pub(super) fn void(&mut self, times: f64) {
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
            model.void(times);
        }
        self.measure();
    }

    pub(super) fn count(&self) -> usize {
        usize::from(self.fixed.is_some())
            + usize::from(self.log.is_some())
            + usize::from(self.counter.is_some())
            + usize::from(self.bucket.is_some())
    }

    /// Whether a few more answers at the right time would tell which one it is. A log and a counter whose resets say
    /// when the next unit comes may look alike for ever.
    pub(super) fn can_be_told(&self) -> bool {
        let steps = self.counter.as_ref().is_some_and(Counter::is_stepping);
        let alike = self.log.is_some() && steps && self.count() == 2;
        self.count() > 1 && !alike
    }

    pub(super) fn only_bucket(&self) -> bool {
        self.bucket.is_some() && self.count() == 1
    }

    /// The longest window that one of them has, in seconds.
    pub(super) fn longest_window(&self) -> f64 {
        self.longest
    }

    /// The shortest window that one of them has, in seconds.
    pub(super) fn shortest_window(&self) -> f64 {
        self.shortest
    }

    fn measure(&mut self) {
        let (mut longest, mut shortest) = (1.0, f64::INFINITY);
        for window in self.windows() {
            (longest, shortest) = (window.max(longest), window.min(shortest));
        }
        self.longest = longest;
        self.shortest = if shortest.is_finite() { shortest } else { 0.0 };
    }

    /// Which rate a bucket has shows only as it flows.
    fn windows(&self) -> impl Iterator<Item = f64> {
        let bucket = self.bucket.as_ref().filter(|_| self.only_bucket());
        let windows = [
            self.fixed.as_ref().map(Fixed::window),
            self.log.as_ref().map(Log::window),
            self.counter.as_ref().map(Counter::window),
            bucket.map(Bucket::window),
        ];
        windows.into_iter().flatten()
    }

    /// The one whose set-point counts, if there are several.
    pub(super) fn leading(&self) -> Kind {
        match () {
            () if self.only_bucket() => Kind::Bucket,
            () if self.log.is_some() => Kind::Log,
            () if self.counter.is_some() && self.fixed.is_none() => Kind::Counter,
            () if self.bucket.is_some() => Kind::Bucket,
            () => Kind::Fixed,
        }
    }

    /// The next edge of one of them that is not sure to have passed then: at the earliest, and at the latest.
    pub(super) fn next_edge(&self, at: u64) -> Option<(u64, u64)> {
        let edge = self.fixed.as_ref().and_then(|fixed| fixed.edge_after(at));
        let counter = self.counter.as_ref();
        let end = counter.and_then(|counter| counter.end_after(at));
        edge.into_iter().chain(end).min_by_key(|(_, late)| *late)
    }

    /// The next instant at which one of them would renew something, and another would not.
    pub(super) fn first_edge(&self, now: u64) -> Option<u64> {
        let edge = self.fixed.as_ref().and_then(|fixed| fixed.early_edge(now));
        let counter = self.counter.as_ref();
        let end = counter.and_then(|counter| counter.early_end(now));
        edge.into_iter().chain(end).min()
    }
}

fn shown<M>(
    model: &mut Option<M>,
    observe: impl FnOnce(&mut M) -> Result<Option<Foreign>, Refuted>,
) -> Option<Foreign> {
    match observe(model.as_mut()?) {
        Ok(foreign) => foreign,
        Err(Refuted) => {
            *model = None;
            None
        }
    }
}
