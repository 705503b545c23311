//! Timers: how often they fire, and what becomes of those that fire late.

use std::task::Waker;
use std::time::Duration;

use super::sim::Sim;
use crate::Quota;
use crate::wait::{Ask, Progress, Settings};

const MS: Duration = Duration::from_millis(1);

fn one() -> Ask {
    Ask::new(1)
}

#[test]
fn timers_that_tick_once_a_millisecond_do_not_halve_a_fast_rate() {
    let fast = Quota::per_second(2000).burst(1);
    let mut sim = Sim::new(fast, Settings::new());
    sim.tick = MS;
    sim.enter_all((0..2001).map(|_| one()));
    sim.run_until(1000 * MS);
    assert_eq!(sim.granted.len(), 2001);
    assert_eq!(sim.times().last(), Some(&1000));
    let strict = Settings::new().with_tolerance(Duration::ZERO);
    let mut sim = Sim::new(fast, strict);
    sim.tick = MS;
    sim.enter_all((0..2001).map(|_| one()));
    sim.run_until(1000 * MS);
    assert_eq!(sim.granted.len(), 1001);
}

#[test]
fn no_more_is_caught_up_than_the_tolerance() {
    let mut sim = Sim::new(Quota::per_second(1000).burst(1), Settings::new());
    sim.tick = 100 * MS; // a runtime that stands still for long
    sim.enter_all((0..20).map(|_| one()));
    sim.run_until(100 * MS);
    assert_eq!(sim.times(), [0, 100, 100, 100]);
}

#[test]
fn a_sliding_log_is_never_dated_before_the_send() {
    let log = crate::Policy::sliding_log("log", Quota::new(1, 10 * MS).unwrap());
    let plan = crate::Plan::try_from(log).unwrap();
    let mut sim = Sim::new(plan, Settings::new());
    sim.tick = 3 * MS;
    sim.enter_all((0..4).map(|_| one()));
    sim.run_until(100 * MS);
    assert_eq!(sim.times(), [0, 12, 24, 36]);
}

#[test]
fn each_waiter_is_polled_about_once_for_its_turn() {
    let mut sim = Sim::new(Quota::per_second(1000).burst(1), Settings::new());
    sim.enter_all((0..1000).map(|_| one()));
    let entered = sim.polls;
    sim.run_until(1000 * MS);
    assert_eq!(sim.granted.len(), 1000);
    assert_eq!(sim.polls - entered, 999);
}

#[test]
fn a_change_of_plan_does_not_make_everybody_spin() {
    let mut sim = Sim::new(Quota::per_second(1000).burst(1), Settings::new());
    sim.enter_all((0..1000).map(|_| one()));
    sim.run_until(100 * MS);
    sim.gate.set_plan(Quota::per_second(100).burst(1));
    sim.run_until(1100 * MS);
    sim.gate.set_plan(Quota::per_second(1000).burst(1));
    sim.gate.pause_until(sim.at(2000 * MS));
    sim.run_until(3000 * MS);
    assert_eq!(sim.granted.len(), 1000);
    assert!(sim.polls < 6000, "{} polls", sim.polls);
}

#[test]
fn grants_that_were_not_polled_for_long_are_not_all_sent_at_once() {
    let mut sim = Sim::new(Quota::per_second(10).burst(1), Settings::new());
    sim.enter(one());
    let mut idle: Vec<_> = (0..5).map(|_| sim.gate.enter(&one()).unwrap()).collect();
    for _ in 0..5 {
        sim.clock.advance(100 * MS);
        sim.gate.pump(); // somebody else's poll
    }
    assert_eq!(sim.gate.waiting(), 0); // all five have their grant
    sim.clock.advance(1000 * MS);
    let go = |waiter: &mut crate::wait::Waiter| {
        matches!(waiter.poll(Waker::noop()), Progress::Granted(_))
    };
    assert!(go(&mut idle[0]));
    assert!(idle[1..].iter_mut().all(|waiter| !go(waiter)));
}

#[test]
fn a_grant_that_was_seen_late_by_itself_costs_nothing_more() {
    let mut sim = Sim::new(Quota::per_second(10).burst(1), Settings::new());
    sim.enter(one());
    let mut waiter = sim.gate.enter(&one()).unwrap();
    sim.clock.advance(100 * MS);
    sim.gate.pump();
    sim.clock.advance(50 * MS);
    assert!(matches!(waiter.poll(Waker::noop()), Progress::Granted(_)));
    sim.enter(one());
    sim.run_until(1000 * MS);
    assert_eq!(sim.times(), [0, 250]);
}

#[test]
fn a_minimal_interval_is_kept_whatever_the_burst_allows() {
    let settings = Settings::new().with_min_interval(500 * MS);
    let mut sim = Sim::new(Quota::per_minute(60), settings);
    sim.enter_all([Ask::new(5), one(), one()]);
    let late = one().with_deadline(sim.at(1499 * MS));
    sim.enter(late);
    assert_eq!(sim.refused[0].1.could_go_at(), Some(sim.at(1500 * MS)));
    sim.run_until(5000 * MS);
    assert_eq!(sim.times(), [0, 500, 1000]);
}

#[test]
fn headroom_leaves_a_part_of_the_limit() {
    let settings = Settings::new().with_percent_of_limit(90);
    let mut sim = Sim::new(Quota::per_second(100).burst(1), settings);
    sim.enter_all((0..200).map(|_| one()));
    sim.run_until(1001 * MS);
    assert_eq!(sim.granted.len(), 91);
    sim.gate.set_plan(Quota::per_second(10).burst(1));
    sim.run_until(2001 * MS);
    assert_eq!(sim.granted.len(), 100);
}
