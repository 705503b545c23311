//! A runtime in small: it polls a waiter when its timer fires or its waker is called, never else.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Wake, Waker};
use std::time::Duration;

use crate::adapt::{Pace, Steering};
use crate::wait::{Ask, Gate, Pass, Progress, Refusal, Settings, Waiter};
use crate::{Clock, ManualClock, Plan, Timestamp};

pub(super) struct Sim {
    pub(super) gate: Gate,
    pub(super) clock: ManualClock,
    start: Timestamp,
    tasks: BTreeMap<usize, Task>,
    next: usize,
    /// Who was granted, and when, in order.
    pub(super) granted: Vec<(usize, Duration)>,
    pub(super) refused: Vec<(usize, Refusal)>,
    pub(super) passes: BTreeMap<usize, Pass>,
    /// Whether passes are kept, as while a response is being read.
    pub(super) keeps_passes: bool,
    /// Timers fire at the next multiple of this.
    pub(super) tick: Duration,
    pub(super) polls: u64,
}

struct Task {
    waiter: Waiter,
    timer: Option<Timestamp>,
    woken: Arc<Flag>,
}

#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Sim {
    pub(super) fn new(plan: impl Into<Plan>, settings: Settings) -> Self {
        let clock = ManualClock::new();
        let gate = Gate::with_clock(plan, settings, clock.clone());
        Self::of(gate, clock)
    }

    /// One that learns, and keeps its passes until they are answered.
    pub(super) fn adaptive(settings: Settings) -> Self {
        let clock = ManualClock::new();
        let steering = Steering::new().with_pace(Pace::Eager);
        let gate = Gate::adaptive(None, settings, steering, clock.clone());
        let mut sim = Self::of(gate, clock);
        sim.keeps_passes = true;
        sim
    }

    fn of(gate: Gate, clock: ManualClock) -> Self {
        Self {
            gate,
            start: clock.now(),
            clock,
            tasks: BTreeMap::new(),
            next: 0,
            granted: Vec::new(),
            refused: Vec::new(),
            passes: BTreeMap::new(),
            keeps_passes: false,
            tick: Duration::from_nanos(1),
            polls: 0,
        }
    }

    pub(super) fn now(&self) -> Duration {
        self.clock.now().saturating_since(self.start)
    }

    pub(super) fn at(&self, since_start: Duration) -> Timestamp {
        self.start.saturating_add(since_start)
    }

    /// Enters, and polls once.
    pub(super) fn enter(&mut self, ask: Ask) -> usize {
        let id = self.next;
        self.next += 1;
        match self.gate.enter(&ask) {
            Err(refusal) => self.refused.push((id, refusal)),
            Ok(waiter) => {
                let woken = Arc::new(Flag(AtomicBool::new(true)));
                let timer = None;
                self.tasks.insert(
                    id,
                    Task {
                        waiter,
                        timer,
                        woken,
                    },
                );
            }
        }
        self.run_ready();
        id
    }

    pub(super) fn enter_all(&mut self, asks: impl IntoIterator<Item = Ask>) {
        for ask in asks {
            self.enter(ask);
        }
    }

    /// Takes a waiter out of the hands of the runtime: it is not polled any more.
    pub(super) fn take(&mut self, id: usize) -> Option<Waiter> {
        self.tasks.remove(&id).map(|task| task.waiter)
    }

    pub(super) fn cancel(&mut self, id: usize) {
        drop(self.take(id));
        self.run_ready();
    }

    /// Polls whoever is due or woken, until nobody is.
    pub(super) fn run_ready(&mut self) {
        loop {
            let now = self.clock.now();
            let due =
                |t: &Task| t.woken.0.load(Ordering::SeqCst) || t.timer.is_some_and(|at| at <= now);
            let Some(id) = self.tasks.iter().find(|(_, t)| due(t)).map(|(id, _)| *id) else {
                return;
            };
            self.poll(id);
        }
    }

    /// Runs until this time after the start.
    pub(super) fn run_until(&mut self, end: Duration) {
        self.run_ready();
        let end = self.at(end);
        while let Some(next) = self.next_timer().filter(|at| *at <= end) {
            let wait = next.saturating_since(self.clock.now());
            self.clock.advance(wait);
            self.run_ready();
        }
        let rest = end.saturating_since(self.clock.now());
        self.clock.advance(rest);
        self.run_ready();
    }

    /// Somebody who was neither granted nor refused.
    pub(super) fn next_unfinished(&self) -> Option<usize> {
        self.tasks.keys().next().copied()
    }

    pub(super) fn times(&self) -> Vec<u128> {
        self.granted.iter().map(|(_, at)| at.as_millis()).collect()
    }

    pub(super) fn ids(&self) -> Vec<usize> {
        self.granted.iter().map(|(id, _)| *id).collect()
    }

    fn next_timer(&self) -> Option<Timestamp> {
        let timers = self.tasks.values().filter_map(|task| task.timer);
        timers.map(|at| self.ticked(at)).min()
    }

    fn ticked(&self, at: Timestamp) -> Timestamp {
        let tick = self.tick.as_nanos();
        let ticks = at.saturating_since(self.start).as_nanos().div_ceil(tick);
        self.at(Duration::from_nanos(u64::try_from(ticks * tick).unwrap()))
    }

    fn poll(&mut self, id: usize) {
        self.polls += 1;
        assert!(self.polls < 200_000, "nobody makes progress");
        let now = self.now();
        let task = self.tasks.get_mut(&id).unwrap();
        task.woken.0.store(false, Ordering::SeqCst);
        match task.waiter.poll(&Waker::from(Arc::clone(&task.woken))) {
            Progress::Wait(until) => {
                assert!(until.is_none_or(|at| at > self.clock.now()), "a busy loop");
                task.timer = until;
            }
            Progress::Granted(pass) => {
                self.granted.push((id, now));
                self.tasks.remove(&id);
                if self.keeps_passes {
                    self.passes.insert(id, pass);
                }
            }
            Progress::Refused(refusal) => {
                self.refused.push((id, refusal));
                self.tasks.remove(&id);
            }
        }
    }
}
