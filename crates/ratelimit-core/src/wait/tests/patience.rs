//! Nobody starves, and the urgent hardly notice.

use std::time::Duration;

use super::sim::Sim;
use crate::wait::{Ask, Priority, Settings};
use crate::{Plan, Policy, Quota};

const SECOND: Duration = Duration::from_secs(1);
/// One a second, with no burst.
const STEADY: Quota = Quota::per_second(1).burst(1);

fn urgent() -> Ask {
    Ask::new(1).with_priority(Priority::URGENT)
}

fn background() -> Ask {
    Ask::new(1).with_priority(Priority::BACKGROUND)
}

fn went_at(sim: &Sim, id: usize) -> Option<u32> {
    let went = sim.granted.iter().find(|(who, _)| *who == id);
    went.map(|(_, at)| u32::try_from(at.as_secs()).unwrap())
}

/// Urgent callers take every turn that they are let.
fn flood(sim: &mut Sim, seconds: u32) {
    let start = sim.now();
    for second in 0..seconds {
        sim.enter_all([urgent(), urgent()]);
        sim.run_until(start + (second + 1) * SECOND);
    }
}

#[test]
fn a_steady_stream_of_urgent_callers_starves_nobody() {
    let mut sim = Sim::new(STEADY, Settings::new());
    sim.enter(urgent());
    let normal = sim.enter(Ask::new(1));
    let patient = sim.enter(background());
    flood(&mut sim, 200);
    let (normal, patient) = (went_at(&sim, normal), went_at(&sim, patient));
    assert!((30..=33).contains(&normal.unwrap()), "{normal:?}");
    assert!((70..=73).contains(&patient.unwrap()), "{patient:?}");
}

#[test]
fn without_an_end_of_patience_priority_is_all() {
    let settings = Settings::new().with_patience(Duration::MAX);
    let mut sim = Sim::new(STEADY, settings);
    sim.enter(urgent());
    let normal = sim.enter(Ask::new(1));
    flood(&mut sim, 500);
    assert_eq!(went_at(&sim, normal), None);
}

#[test]
fn an_urgent_caller_goes_after_one_impatient_one_at_most_however_many_they_are() {
    let mut sim = Sim::new(STEADY, Settings::new());
    sim.enter_all((0..500).map(|_| Ask::new(1)));
    sim.run_until(100 * SECOND); // all of them lost patience long ago
    let mut longest = 0;
    for round in 0..20 {
        let id = sim.enter(urgent());
        let came = 100 + 5 * round;
        sim.run_until((came + 5) * SECOND);
        longest = longest.max(went_at(&sim, id).unwrap() - came);
    }
    assert!(longest <= 2, "{longest} s");
    // A quarter of the turns is theirs even when as many urgent ones come as can go.
    let before = sim.granted.len();
    let first = sim.enter(urgent());
    flood(&mut sim, 100);
    let patient = sim.granted[before..].iter().filter(|(id, _)| *id < 500);
    assert_eq!(patient.count(), 25);
    assert!(went_at(&sim, first).is_some());
}

#[test]
fn the_one_who_lost_patience_first_goes_first() {
    let mut sim = Sim::new(STEADY, Settings::new());
    sim.enter(urgent());
    let old = sim.enter(background());
    flood(&mut sim, 50);
    // Its patience ends at 80 s, that of the one in the background at 70 s.
    let normal = sim.enter(Ask::new(1));
    flood(&mut sim, 50);
    assert!(went_at(&sim, old).unwrap() < went_at(&sim, normal).unwrap());
}

#[test]
fn a_deadline_that_only_patience_can_meet_is_not_refused() {
    let mut sim = Sim::new(STEADY, Settings::new());
    sim.enter_all((0..100).map(|_| urgent()));
    // By priority it would go after 100 s.
    let deadline = sim.at(40 * SECOND);
    let id = sim.enter(Ask::new(1).with_deadline(deadline));
    sim.run_until(60 * SECOND);
    assert!(sim.refused.is_empty());
    assert!((30..=33).contains(&went_at(&sim, id).unwrap()));
    let soon = Ask::new(1).with_deadline(sim.at(70 * SECOND));
    let id = sim.enter(soon);
    let at = sim.refused.iter().find(|(who, _)| *who == id).unwrap().1;
    assert!(at.could_go_at().unwrap() <= sim.at(91 * SECOND));
}

#[test]
fn patience_lets_nobody_pass_his_peers() {
    let mut sim = Sim::new(STEADY, Settings::new());
    sim.enter_all((0..100).map(|_| Ask::new(1)));
    // Long before, its patience and that of those before it is over.
    let id = sim.enter(Ask::new(1).with_deadline(sim.at(90 * SECOND)));
    assert_eq!(sim.refused[0].0, id);
    assert_eq!(sim.refused[0].1.could_go_at(), Some(sim.at(100 * SECOND)));
}

#[test]
fn each_unit_counts_by_itself() {
    let plan = Plan::new(
        "both",
        [
            Policy::gcra("requests", Quota::per_second(10).burst(1)),
            Policy::gcra("tokens", Quota::per_second(100).burst(100)).with_unit("tokens"),
        ],
    );
    let settings = Settings::new().with_tolerance(Duration::ZERO);
    let mut sim = Sim::new(plan.unwrap(), settings);
    let tokens = crate::Unit::new("tokens");
    let of = |n| {
        let spend = crate::adapt::Spend::new(1).with_unit(tokens, n).unwrap();
        Ask::new(1).with_spend(spend)
    };
    sim.enter_all([of(100), of(50), of(50), of(0)]);
    // What none of the tokens are for is not held up by them, but stands in line.
    sim.run_until(10 * SECOND);
    assert_eq!(sim.times(), [0, 500, 1000, 1100]);
    let late = of(100).with_deadline(sim.at(10_000 * SECOND / 1000));
    sim.enter(late);
    assert_eq!(sim.granted.len(), 5);
    let refused = of(50).with_deadline(sim.at(10_100 * SECOND / 1000));
    let id = sim.enter(refused);
    let at = sim.refused.iter().find(|(who, _)| *who == id).unwrap().1;
    assert_eq!(at.could_go_at(), Some(sim.at(10_500 * SECOND / 1000)));
}
