//! What a perfect client would have got: greedy, without latency, alone, refused without harm.

use std::time::Duration;

use fastrand::Rng;
use ratelimit_core::Timestamp;

use super::source::Source;
use super::{Stream, stream};
use crate::limiter::{self, Limiter, Ticket};
use crate::line::start_of;
use crate::setup::{Kind, Setup, Supply, WINDOW};

/// What the same limiter admits in the same phase. Times are since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Optimum {
    /// When how much was admitted.
    pub admitted: Vec<(Duration, u32)>,
    /// When the last item was admitted.
    pub finished: Duration,
}

/// One perfect client in the place of all.
struct Perfect {
    setup: Setup,
    start: Timestamp,
    now: Timestamp,
    limiter: Box<dyn Limiter>,
    random: Rng,
    /// What is under way, and when it ends.
    held: Vec<(Timestamp, Ticket, u32)>,
    /// How many of the changes of the limit have happened.
    changed: usize,
}

/// Asks for one item after the other, each as soon as it fits, until the horizon or the last item.
pub(super) fn reckon(
    setup: &Setup,
    phase: Duration,
    horizon: Option<Duration>,
    seed: u64,
) -> Optimum {
    let mut perfect = Perfect::new(setup, phase, seed);
    let end = horizon.map(|horizon| perfect.start.saturating_add(horizon));
    let mut source = Source::new(&perfect.setup, 0, seed);
    let mut optimum = Optimum::default();
    while let Some((cost, actual)) = source.cost() {
        perfect.take(cost, actual);
        if end.is_some_and(|end| perfect.now >= end) {
            break;
        }
        optimum.finished = perfect.now.saturating_since(perfect.start);
        optimum.admitted.push((optimum.finished, actual));
    }
    optimum
}

impl Perfect {
    fn new(setup: &Setup, phase: Duration, seed: u64) -> Self {
        let start = start_of(phase);
        let setup = alone(setup);
        let mut limiter = limiter::make(&setup, start.saturating_sub(WINDOW));
        super::use_before(&setup, phase, limiter.as_mut());
        Self {
            start,
            now: start,
            limiter,
            random: stream(seed, Stream::Perfect),
            held: Vec::new(),
            changed: 0,
            setup,
        }
    }

    /// Moves the time on to where this fits, and takes it.
    fn take(&mut self, cost: u32, actual: u32) {
        loop {
            self.happen();
            let ruling = (self.limiter).ask(self.now, cost, self.setup.holds());
            if ruling.admitted {
                self.hold(ruling.ticket, actual);
                return;
            }
            let fits = ruling.retry_after.map(|wait| self.now.saturating_add(wait));
            let ends = self.held.iter().map(|(end, ..)| *end);
            let next = ends.chain(fits).chain(self.next_change()).min();
            self.now = next.expect("what is refused fits at some time");
        }
    }

    /// What has happened by now: limits change, responses end.
    fn happen(&mut self) {
        while self.next_change().is_some_and(|at| at <= self.now) {
            let (_, limit) = self.setup.changes[self.changed];
            self.limiter.change(self.now, limit);
            self.changed += 1;
        }
        let now = self.now;
        for (_, ticket, actual) in self.held.extract_if(.., |(end, ..)| *end <= now) {
            self.limiter.settle(now, ticket, actual);
        }
    }

    fn next_change(&self) -> Option<Timestamp> {
        let (after, _) = self.setup.changes.get(self.changed)?;
        Some(self.start.saturating_add(*after))
    }

    fn hold(&mut self, ticket: Option<Ticket>, actual: u32) {
        let Some(ticket) = ticket else { return };
        let spans = [self.setup.work, self.setup.body].into_iter().flatten();
        let lasts = spans.map(|span| span.draw(&mut self.random)).sum();
        let end = self.now.saturating_add(lasts);
        self.held.push((end, ticket, actual));
    }
}

/// All of the work in one place, and no harm in asking.
fn alone(setup: &Setup) -> Setup {
    let clients = u32::try_from(setup.clients).unwrap_or(u32::MAX);
    Setup {
        kind: match setup.kind {
            Kind::CountsRefused => Kind::Log,
            kind => kind,
        },
        supply: match setup.supply {
            Supply::List(items) => Supply::List(items * clients),
            endless @ Supply::Endless { .. } => endless,
        },
        headers_late: Duration::ZERO,
        ..setup.clone()
    }
}
