//! What opens and closes a gate while somebody waits.

use std::time::Duration;

use super::sim::Sim;
use crate::wait::{Ask, News, RefusalReason, Settings};
use crate::{Plan, Policy, Quota};

const MS: Duration = Duration::from_millis(1);

fn one() -> Ask {
    Ask::new(1)
}

fn sim(quota: Quota) -> Sim {
    Sim::new(quota, Settings::new())
}

fn capped(cap: u32) -> Plan {
    let rate = Policy::gcra("rate", Quota::per_second(100));
    Plan::new("capped", [rate, Policy::concurrency("cap", cap)]).unwrap()
}

#[test]
fn a_pause_holds_those_who_wait_and_then_lets_them_go_one_at_a_time() {
    let mut sim = sim(Quota::per_second(10).burst(2));
    sim.enter_all((0..5).map(|_| one()));
    sim.run_until(50 * MS);
    sim.gate.pause_until(sim.at(5000 * MS));
    sim.gate.pause_until(sim.at(4000 * MS)); // the longer one stays
    assert_eq!(sim.gate.paused_until(), Some(sim.at(5000 * MS)));
    sim.run_until(10_000 * MS);
    // The bucket of two is full by 5000, and yet there is no burst.
    assert_eq!(sim.times(), [0, 0, 5000, 5100, 5200]);
    assert_eq!(sim.ids(), [0, 1, 2, 3, 4]);
}

#[test]
fn a_pause_refuses_at_once_whom_it_makes_late() {
    let mut sim = sim(Quota::per_second(10).burst(1));
    let deadline = sim.at(1000 * MS);
    sim.enter_all([one(), one().with_deadline(deadline), one()]);
    sim.run_until(50 * MS);
    sim.gate.pause_until(sim.at(5000 * MS));
    sim.run_ready();
    assert_eq!(sim.refused.len(), 1);
    assert_eq!(sim.refused[0].1.could_go_at(), Some(sim.at(5000 * MS)));
    sim.run_until(10_000 * MS);
    assert_eq!(sim.times(), [0, 5000]);
}

#[test]
fn a_pause_that_is_lifted_lets_them_go_at_once() {
    let mut sim = sim(Quota::per_second(10).burst(2));
    sim.enter_all((0..3).map(|_| one()));
    sim.gate.pause_until(sim.at(5000 * MS));
    sim.run_until(1000 * MS);
    sim.gate.resume();
    sim.run_ready();
    assert_eq!(sim.times(), [0, 0, 1000]);
}

#[test]
fn a_learnt_pace_spreads_what_is_left_until_it_ends() {
    let mut sim = sim(Quota::per_second(100));
    sim.enter(one());
    sim.gate.set_pace(100 * MS, sim.at(350 * MS));
    sim.enter_all((0..6).map(|_| one()));
    sim.run_until(1000 * MS);
    assert_eq!(sim.times(), [0, 100, 200, 300, 350, 350, 350]);
}

#[test]
fn a_pace_is_never_faster_than_the_plan() {
    let mut sim = sim(Quota::per_second(10).burst(1));
    sim.gate.set_pace(MS, sim.at(10_000 * MS));
    sim.enter_all((0..3).map(|_| one()));
    sim.run_until(1000 * MS);
    assert_eq!(sim.times(), [1, 101, 201]);
}

#[test]
fn a_pace_that_is_corrected_again_and_again_starves_nobody() {
    let mut sim = sim(Quota::per_second(100));
    sim.enter_all([one()]);
    sim.gate.set_pace(100 * MS, sim.at(10_000 * MS));
    sim.enter(one());
    for step in 1..10 {
        sim.run_until(step * 10 * MS);
        sim.gate.set_pace(100 * MS, sim.at(10_000 * MS));
        sim.run_ready();
    }
    sim.run_until(1000 * MS);
    assert_eq!(sim.times(), [0, 100]);
}

#[test]
fn a_costly_send_uses_as_much_of_the_pace() {
    let mut sim = sim(Quota::per_second(100));
    sim.gate.set_pace(100 * MS, sim.at(10_000 * MS));
    sim.enter_all([Ask::new(3), one(), one()]);
    sim.run_until(1000 * MS);
    assert_eq!(sim.times(), [100, 400, 500]);
}

#[test]
fn better_news_open_a_closed_gate() {
    let mut sim = sim(Quota::per_second(100));
    sim.gate.close_until(sim.at(60_000 * MS));
    sim.enter_all([one(), one()]);
    sim.run_until(1000 * MS);
    sim.gate.set_pace(100 * MS, sim.at(2000 * MS));
    sim.run_until(1150 * MS);
    sim.gate.clear_pace();
    sim.run_ready();
    assert_eq!(sim.times(), [1100, 1150]);
}

#[test]
fn a_closed_gate_opens_by_itself_at_the_reset() {
    let mut sim = sim(Quota::per_second(100));
    sim.enter(one());
    sim.gate.close_until(sim.at(700 * MS));
    sim.enter_all([one(), one()]);
    sim.run_until(10_000 * MS);
    assert_eq!(sim.times(), [0, 700, 700]);
}

#[test]
fn another_plan_moves_the_turns_of_those_who_wait() {
    let mut sim = sim(Quota::per_second(1).burst(1));
    sim.enter_all((0..4).map(|_| one()));
    sim.run_until(1000 * MS);
    sim.gate.set_plan(Quota::per_second(10).burst(1));
    sim.run_until(1500 * MS);
    assert_eq!(sim.times(), [0, 1000, 1100, 1200]);
}

#[test]
fn who_can_never_go_under_another_plan_is_refused_and_holds_up_nobody() {
    let mut sim = sim(Quota::per_second(10));
    sim.enter_all([Ask::new(10), Ask::new(10), one()]);
    sim.gate.set_plan(Quota::per_second(10).burst(5));
    sim.run_until(2000 * MS);
    assert_eq!(sim.refused[0].0, 1);
    assert_eq!(sim.refused[0].1.reason(), RefusalReason::CostExceedsLimit);
    assert_eq!(sim.ids(), [0, 2]);
}

#[test]
fn a_permit_is_held_until_it_is_released() {
    let mut sim = Sim::new(capped(2), Settings::new());
    sim.keeps_passes = true;
    sim.enter_all((0..4).map(|_| one()));
    sim.run_until(5000 * MS);
    assert_eq!(sim.ids(), [0, 1]);
    sim.passes.remove(&1);
    sim.run_ready();
    assert_eq!(sim.ids(), [0, 1, 2]);
    sim.passes.remove(&0).unwrap().settle(3);
    sim.run_until(5001 * MS);
    assert_eq!(sim.times(), [0, 0, 5000, 5000]);
}

#[test]
fn a_deadline_ends_the_wait_for_a_permit() {
    let mut sim = Sim::new(capped(1), Settings::new());
    sim.keeps_passes = true;
    let deadline = sim.at(300 * MS);
    sim.enter_all([one(), one().with_deadline(deadline)]);
    sim.run_until(299 * MS);
    assert!(sim.refused.is_empty());
    sim.run_until(300 * MS);
    assert_eq!(sim.refused[0].1.reason(), RefusalReason::Deadline);
    assert_eq!(sim.refused[0].1.could_go_at(), None);
}

#[test]
fn an_idle_gate_may_be_forgotten_and_no_other() {
    let mut sim = sim(Quota::per_second(10).burst(1));
    assert!(sim.gate.is_idle());
    sim.enter_all([one(), one()]);
    assert!(!sim.gate.is_idle());
    sim.run_until(199 * MS);
    assert!(!sim.gate.is_idle()); // a tenth of a second of quota is still used
    sim.run_until(200 * MS);
    assert!(sim.gate.is_idle());
    sim.gate.pause_until(sim.at(300 * MS));
    assert!(!sim.gate.is_idle());
    sim.run_until(1299 * MS);
    assert!(!sim.gate.is_idle()); // it re-opens slowly for a window
    sim.run_until(1300 * MS);
    assert!(sim.gate.is_idle());
    sim.gate.set_pace(MS, sim.at(1400 * MS));
    assert!(!sim.gate.is_idle());
}

#[test]
fn a_held_permit_keeps_its_gate() {
    let mut sim = Sim::new(capped(1), Settings::new());
    sim.keeps_passes = true;
    sim.enter(one());
    sim.run_until(60_000 * MS);
    assert!(!sim.gate.is_idle());
    sim.passes.clear();
    assert!(sim.gate.is_idle());
}

#[test]
fn debt_delays_those_who_wait_and_is_paid_back_by_time() {
    let mut sim = sim(Quota::per_second(10).burst(2));
    sim.keeps_passes = true;
    sim.enter_all([one(), one(), one()]);
    sim.passes.remove(&0).unwrap().settle(11); // ten more than was taken
    sim.run_until(10_000 * MS);
    assert_eq!(sim.times(), [0, 0, 1100]);
    sim.passes.clear();
    sim.run_until(60_000 * MS);
    assert!(sim.gate.is_idle());
}

#[test]
fn what_a_pass_did_not_use_lets_the_next_go_sooner() {
    let mut sim = sim(Quota::per_second(10));
    sim.keeps_passes = true;
    sim.enter_all([Ask::new(10), Ask::new(5)]);
    sim.run_until(100 * MS);
    sim.passes.remove(&0).unwrap().cancel();
    sim.run_ready();
    assert_eq!(sim.times(), [0, 100]);
}

#[test]
fn a_pause_of_a_second_does_not_cost_a_daily_plan_the_day() {
    let mut sim = sim(Quota::per_day(1000));
    sim.gate.pause_until(sim.at(1000 * MS));
    sim.enter_all((0..100).map(|_| one()));
    sim.run_until(600_000 * MS);
    assert_eq!(sim.times()[..3], [1000, 6000, 6000]);
    assert_eq!(sim.granted.len(), 100);
}

#[test]
fn after_a_long_pause_the_slow_start_lasts_a_minute_at_most() {
    let mut sim = sim(Quota::per_day(1000));
    sim.gate.pause_until(sim.at(3_600_000 * MS));
    sim.enter_all((0..3).map(|_| one()));
    sim.run_until(7_200_000 * MS);
    assert_eq!(sim.times(), [3_600_000, 3_660_000, 3_660_000]);
}

#[test]
fn a_pause_that_is_too_long_to_wait_for_refuses_everybody_until_its_rest_is_short_enough() {
    let settings = Settings::new().with_longest_pause(1000 * MS);
    let mut sim = Sim::new(Quota::per_second(10).burst(1), settings);
    sim.enter_all([one(), one()]);
    sim.gate.pause_until(sim.at(3000 * MS));
    sim.run_ready();
    sim.enter(one());
    sim.run_until(1999 * MS);
    sim.enter(one());
    for (_, refusal) in &sim.refused {
        assert_eq!(refusal.reason(), RefusalReason::Paused);
        assert_eq!(refusal.could_go_at(), Some(sim.at(3000 * MS)));
    }
    assert_eq!(sim.refused.len(), 3);
    sim.run_until(2000 * MS);
    sim.enter(one());
    sim.run_until(4000 * MS);
    assert_eq!(sim.times(), [0, 3000]);
}

#[test]
fn late_news_of_an_earlier_send_does_not_open_what_a_later_one_closed() {
    let mut sim = sim(Quota::per_second(100));
    sim.keeps_passes = true;
    sim.enter_all([one(), one(), one()]);
    let until = sim.at(1000 * MS);
    sim.passes[&1].tell(News::Closed { until });
    sim.enter(one());
    let every = 10 * MS;
    sim.passes[&0].tell(News::Open);
    sim.passes[&0].tell(News::Pace { every, until });
    sim.run_until(500 * MS);
    assert_eq!(sim.granted.len(), 3);
    sim.passes[&2].tell(News::Pace { every, until }); // sent later: it knows better
    sim.run_until(510 * MS);
    assert_eq!(sim.granted.len(), 4);
    let until = sim.at(2000 * MS);
    sim.passes[&0].tell(News::Closed { until }); // late, and stricter
    sim.enter(one());
    sim.run_until(1999 * MS);
    assert_eq!(sim.granted.len(), 4);
    sim.passes[&1].tell(News::Open); // still older than what the third said
    sim.gate.clear_pace(); // by hand, whatever the answers said
    sim.run_ready();
    assert_eq!(sim.granted.len(), 5);
}

#[test]
fn a_gate_knows_whether_somebody_else_has_a_handle_of_it() {
    let sim = sim(Quota::per_second(100));
    assert!(!sim.gate.is_shared());
    let pass = sim.gate.try_pass(1);
    assert!(sim.gate.is_shared());
    drop(pass);
    assert!(!sim.gate.is_shared());
}
