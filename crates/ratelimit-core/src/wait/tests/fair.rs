//! Who goes when, and who holds up whom.

use std::task::Waker;
use std::time::Duration;

use super::sim::Sim;
use crate::wait::{Ask, Priority, Progress, Refusal, RefusalReason, Settings};
use crate::{Plan, Policy, Quota};

const MS: Duration = Duration::from_millis(1);
/// One every 10 ms, with no burst.
const STEADY: Quota = Quota::per_second(100).burst(1);

fn steady() -> Sim {
    Sim::new(STEADY, Settings::new())
}

fn one() -> Ask {
    Ask::new(1)
}

#[test]
fn first_in_is_first_out_each_exactly_at_its_turn() {
    let mut sim = steady();
    sim.enter_all((0..6).map(|_| one()));
    sim.run_until(1000 * MS);
    assert_eq!(sim.ids(), [0, 1, 2, 3, 4, 5]);
    assert_eq!(sim.times(), [0, 10, 20, 30, 40, 50]);
}

#[test]
fn a_newcomer_does_not_overtake() {
    let mut sim = steady();
    sim.enter_all([one(), one()]);
    sim.run_until(9 * MS);
    assert!(sim.gate.try_pass(1).is_none());
    sim.enter(one());
    sim.run_until(100 * MS);
    assert_eq!(sim.times(), [0, 10, 20]);
}

#[test]
fn a_cancelled_waiter_frees_its_place_at_once() {
    let mut sim = steady();
    sim.enter_all((0..5).map(|_| one()));
    sim.run_until(5 * MS);
    sim.cancel(1);
    sim.cancel(2);
    sim.run_until(100 * MS);
    assert_eq!(sim.ids(), [0, 3, 4]);
    assert_eq!(sim.times(), [0, 10, 20]);
}

#[test]
fn what_was_granted_but_never_seen_is_given_back() {
    let mut sim = steady();
    sim.enter_all((0..3).map(|_| one()));
    let unseen = sim.take(1);
    sim.clock.advance(10 * MS);
    sim.gate.pump(); // grants the one that nobody polls
    assert_eq!(sim.gate.waiting(), 1);
    sim.clock.advance(5 * MS);
    drop(unseen);
    sim.run_ready();
    assert_eq!(sim.times(), [0, 15]);
}

#[test]
fn a_leaked_waiter_wedges_nobody() {
    let mut sim = steady();
    sim.enter_all((0..5).map(|_| one()));
    std::mem::forget(sim.take(1));
    sim.run_until(1000 * MS);
    assert_eq!(sim.ids(), [0, 2, 3, 4]);
    // The leaked one had its turn when the next one's timer fired, dated back by the tolerance.
    assert_eq!(sim.times(), [0, 28, 38, 48]);
}

#[test]
fn a_waiter_that_is_not_polled_any_more_wedges_nobody() {
    let mut sim = steady();
    sim.enter_all((0..5).map(|_| one()));
    let idle = sim.take(1);
    sim.run_until(1000 * MS);
    assert_eq!(sim.times(), [0, 28, 38, 48]);
    drop(idle);
}

#[test]
fn a_large_cost_is_not_starved_by_small_ones() {
    let mut sim = Sim::new(Quota::per_second(100).burst(10), Settings::new());
    sim.enter(Ask::new(10));
    sim.enter(Ask::new(10));
    sim.enter_all((0..3).map(|_| one()));
    sim.run_until(1000 * MS);
    assert_eq!(sim.ids(), [0, 1, 2, 3, 4]);
    assert_eq!(sim.times(), [0, 100, 110, 120, 130]);
}

#[test]
fn the_urgent_go_first_and_others_keep_their_order() {
    let mut sim = steady();
    sim.enter_all((0..4).map(|_| one()));
    sim.run_until(5 * MS);
    sim.enter(one().with_priority(Priority::BACKGROUND));
    sim.enter(one().with_priority(Priority::URGENT));
    sim.enter(one());
    sim.run_until(1000 * MS);
    assert_eq!(sim.ids(), [0, 5, 1, 2, 3, 6, 4]);
    assert_eq!(sim.times(), [0, 10, 20, 30, 40, 50, 60]);
}

#[test]
fn a_cost_above_capacity_fails_at_once() {
    let mut sim = Sim::new(Quota::per_second(100).burst(10), Settings::new());
    sim.enter(Ask::new(11));
    let (_, refusal) = sim.refused[0];
    assert_eq!(refusal.reason(), RefusalReason::CostExceedsLimit);
    assert_eq!(refusal.could_go_at(), None);
}

#[test]
fn a_deadline_that_cannot_be_met_fails_at_once_and_says_when_it_could_have_gone() {
    let mut sim = steady();
    sim.enter_all((0..4).map(|_| one()));
    let late = one().with_deadline(sim.at(39 * MS));
    sim.enter(late);
    let expected = Refusal::new(RefusalReason::Deadline, Some(sim.at(40 * MS).as_nanos()));
    assert_eq!(sim.refused, [(4, expected)]);
    let in_time = one().with_deadline(sim.at(40 * MS));
    sim.enter(in_time);
    sim.run_until(1000 * MS);
    assert_eq!(sim.times(), [0, 10, 20, 30, 40]);
}

#[test]
fn who_waits_in_vain_after_others_came_first_is_told_at_its_deadline() {
    let mut sim = steady();
    let deadline = sim.at(15 * MS);
    sim.enter_all([one(), one().with_deadline(deadline)]);
    sim.enter(one().with_priority(Priority::URGENT));
    sim.run_until(10 * MS);
    // Its turn is known by now: at 20 ms.
    assert_eq!(sim.refused.len(), 1);
    let could = Some(sim.at(20 * MS));
    assert_eq!(sim.refused[0].1.could_go_at(), could);
}

#[test]
fn the_line_is_bounded_and_says_when_it_is_full() {
    let mut sim = Sim::new(STEADY, Settings::new().with_max_waiting(2));
    sim.enter_all((0..4).map(|_| one()));
    let refusal = sim.refused[0].1;
    assert_eq!(refusal.reason(), RefusalReason::Full);
    assert_eq!(refusal.could_go_at(), Some(sim.at(30 * MS)));
    sim.run_until(10 * MS);
    sim.enter(one());
    assert_eq!(sim.refused.len(), 1);
}

#[test]
fn all_policies_of_a_plan_bind_and_the_estimate_is_theirs() {
    let plan = Plan::new(
        "two",
        [
            Policy::sliding_log("log", Quota::per_second(2)),
            Policy::fixed_window("window", Quota::new(3, 5000 * MS).unwrap()),
        ],
    );
    let mut sim = Sim::new(plan.unwrap(), Settings::new());
    sim.enter_all((0..7).map(|_| one()));
    let last = one().with_deadline(sim.at(10_999 * MS));
    sim.enter(last);
    // The clock stands at the beginning of a window. 0, 0, 1000 | 5000, 5000, 6000 | 10000
    sim.run_until(10_000 * MS);
    assert_eq!(sim.times(), [0, 0, 1000, 5000, 5000, 6000, 10_000, 10_000]);
}

fn capped(cap: u32) -> Sim {
    let plan = Plan::try_from(Policy::concurrency("cap", cap));
    let mut sim = Sim::new(plan.unwrap(), Settings::new());
    sim.keeps_passes = true;
    sim
}

#[test]
fn a_leaked_waiter_gives_up_the_permit_that_it_never_saw() {
    let mut sim = capped(1);
    sim.enter_all((0..3).map(|_| one()));
    std::mem::forget(sim.take(1));
    sim.run_until(1000 * MS);
    sim.passes.clear(); // the permit goes to one that nobody polls
    sim.run_until(10_000 * MS);
    assert_eq!(sim.ids(), [0, 2]);
}

#[test]
fn a_heap_of_waiters_that_nobody_polls_holds_up_the_others_for_seconds_only() {
    let mut sim = capped(2);
    sim.enter_all((0..53).map(|_| one()));
    let idle: Vec<_> = (2..52).map(|id| sim.take(id)).collect();
    sim.passes.clear();
    sim.run_until(7000 * MS);
    assert_eq!(sim.ids(), [0, 1, 52]);
    // They have lost nothing but their turn: dropped, they leave no trace.
    drop(idle);
    sim.passes.clear();
    sim.run_until(60_000 * MS);
    assert!(sim.gate.is_idle());
}

#[test]
fn where_many_wait_each_looks_more_seldom() {
    let mut sim = capped(1);
    sim.enter_all((0..101).map(|_| one()));
    let entered = sim.polls;
    sim.run_until(600_000 * MS);
    assert_eq!(sim.ids(), [0]);
    let looks = sim.polls - entered;
    assert!((1900..2200).contains(&looks), "{looks}");
}

#[test]
fn who_has_waited_for_long_finds_within_half_a_minute_that_nobody_else_is_polled() {
    let mut sim = capped(1);
    sim.enter_all((0..62).map(|_| one()));
    sim.run_until(301_000 * MS);
    for id in 1..61 {
        std::mem::forget(sim.take(id));
    }
    sim.passes.clear();
    sim.run_until(332_000 * MS);
    assert_eq!(sim.ids(), [0, 61]);
}

#[test]
fn who_comes_late_for_its_permit_stands_in_line_again_where_it_was() {
    let mut sim = capped(1);
    sim.enter_all((0..3).map(|_| one()));
    let mut late = sim.take(1).unwrap();
    sim.run_until(1000 * MS);
    sim.passes.clear();
    sim.run_until(10_000 * MS);
    assert_eq!(sim.ids(), [0, 2]);
    let mut poll = || late.poll(Waker::noop());
    assert!(matches!(poll(), Progress::Wait(_)));
    sim.enter(one());
    sim.passes.clear();
    assert!(matches!(poll(), Progress::Granted(_)));
}
