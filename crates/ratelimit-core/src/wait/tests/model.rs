//! The gate against a naive model: a sorted list, and a limiter that is asked again and again.

use std::time::Duration;

use proptest::prelude::*;

use super::sim::Sim;
use crate::wait::{Ask, Priority, Settings};
use crate::{Clock, Direct, ManualClock, Quota};

const MS: Duration = Duration::from_millis(1);

#[derive(Clone, Debug)]
enum Op {
    Enter { cost: u32, urgency: u8 },
    Cancel(usize),
    Leak(usize),
    Pause(u32),
    Plan(usize),
}

fn quotas() -> [Quota; 3] {
    [
        Quota::per_second(100).burst(5),
        Quota::per_second(7).burst(6),
        Quota::per_second(240).burst(5),
    ]
}

/// Everything that the gate promises about order and time, by exhaustive search.
struct Model {
    direct: Direct,
    clock: ManualClock,
    quota: Quota,
    line: Vec<(u8, usize, u32)>,
    paused_until: Duration,
    every: Duration,
    reopened: Duration,
    last: Option<(Duration, u32)>,
    granted: Vec<(usize, Duration)>,
}

impl Model {
    fn new() -> Self {
        let clock = ManualClock::new();
        Self {
            direct: Direct::with_clock(quotas()[0], clock.clone()),
            clock,
            quota: quotas()[0],
            line: Vec::new(),
            paused_until: Duration::ZERO,
            every: Duration::ZERO,
            reopened: Duration::ZERO,
            last: None,
            granted: Vec::new(),
        }
    }

    fn pause(&mut self, until: Duration) {
        if until > self.paused_until {
            self.paused_until = until;
            self.every = (self.quota.window()).div_ceil_by(self.quota.limit());
            self.reopened = until + self.quota.window();
        }
    }

    /// Grants until `end`, jumping from one instant at which something may happen to the next.
    fn run_until(&mut self, now: &mut Duration, end: Duration) {
        loop {
            self.line.sort_by_key(|(urgency, id, _)| (*urgency, *id));
            let Some((_, id, cost)) = self.line.first().copied() else {
                break;
            };
            let at = self.turn(*now, cost);
            if at > end {
                break;
            }
            self.clock.advance(at - *now);
            *now = at;
            if at == self.turn(at, cost) && self.direct.check(cost).is_allowed() {
                self.line.remove(0);
                self.last = Some((at, cost));
                self.granted.push((id, at));
            }
        }
        self.clock.advance(end - *now);
        *now = end;
    }

    fn turn(&self, now: Duration, cost: u32) -> Duration {
        let mut floor = now.max(self.paused_until);
        if let Some((at, cost)) = self.last.filter(|_| now < self.reopened) {
            floor = floor.max((at + self.every * cost).min(self.reopened));
        }
        if floor > now {
            return floor;
        }
        now + self.direct.peek(cost).retry_after().unwrap_or_default()
    }
}

trait DivCeil {
    fn div_ceil_by(self, by: u32) -> Duration;
}

impl DivCeil for Duration {
    fn div_ceil_by(self, by: u32) -> Duration {
        let nanos = self.as_nanos().div_ceil(u128::from(by));
        Duration::from_nanos(u64::try_from(nanos).unwrap())
    }
}

/// Grants in the order of their instants. Of those that are granted at one instant, whose timer fires
/// first sees it first: that order is the runtime's, not the gate's.
fn by_time(granted: &[(usize, Duration)]) -> Vec<(Duration, usize)> {
    let mut granted: Vec<_> = granted.iter().map(|(id, at)| (*at, *id)).collect();
    granted.sort_unstable();
    granted
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        8 => (1..=5_u32, 0..3_u8).prop_map(|(cost, urgency)| Op::Enter { cost, urgency }),
        2 => (0..60_usize).prop_map(Op::Cancel),
        1 => (0..60_usize).prop_map(Op::Leak),
        1 => (1..400_u32).prop_map(Op::Pause),
        1 => (0..3_usize).prop_map(Op::Plan),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_gate_does_what_a_naive_model_does(
        ops in proptest::collection::vec((op(), 0..60_u32), 1..60),
    ) {
        let strict = Settings::new().with_tolerance(Duration::ZERO);
        let mut sim = Sim::new(quotas()[0], strict);
        let mut model = Model::new();
        let mut now = Duration::ZERO;
        let mut leaked = Vec::new();
        for (op, wait) in ops {
            match op {
                Op::Enter { cost, urgency } => {
                    let ask = Ask::new(cost).with_priority(Priority::new(urgency));
                    let id = sim.enter(ask);
                    model.line.push((urgency, id, cost));
                }
                Op::Cancel(id) => {
                    if !leaked.contains(&id) {
                        sim.cancel(id);
                        model.line.retain(|(_, other, _)| *other != id);
                    }
                }
                Op::Leak(id) => {
                    // It keeps its place, and wastes its turn when somebody else comes by.
                    if let Some(waiter) = sim.take(id) {
                        std::mem::forget(waiter);
                        leaked.push(id);
                    }
                }
                Op::Pause(ms) => {
                    model.pause(now + ms * MS);
                    sim.gate.pause_until(sim.at(now + ms * MS));
                }
                Op::Plan(i) => {
                    model.quota = quotas()[i];
                    model.direct.set_plan(quotas()[i]);
                    sim.gate.set_plan(quotas()[i]);
                }
            }
            sim.run_ready();
            let end = now + wait * MS;
            if leaked.is_empty() {
                sim.run_until(end);
                model.run_until(&mut now, end);
                prop_assert_eq!(by_time(&sim.granted), by_time(&model.granted));
            } else {
                sim.run_until(end);
                now = end;
            }
        }
        // With leaks the times differ, but everybody else goes in the end.
        sim.run_until(now + Duration::from_secs(1000));
        prop_assert_eq!(sim.next_unfinished(), None);
        prop_assert!(sim.clock.now() > sim.at(now));
    }
}
