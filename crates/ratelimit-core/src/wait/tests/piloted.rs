//! A gate with a pilot: what holds for a plan holds here too.

use std::task::Waker;
use std::time::Duration;

use super::sim::Sim;
use crate::adapt::{Answer, Reset, Told, Verdict};
use crate::wait::{Ask, Priority, Progress, RefusalReason, Settings};

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

fn sim() -> Sim {
    Sim::adaptive(Settings::new())
}

fn one() -> Ask {
    Ask::new(1)
}

/// So much is left of sixty a minute, and it is renewed after this.
fn left(remaining: u64, after: Duration) -> Told {
    Told::new(1)
        .with_limit(60)
        .with_remaining(remaining)
        .with_reset(Reset::After(after))
        .with_window(60 * SECOND)
}

fn answer(sim: &mut Sim, id: usize, verdict: Verdict, told: &[Told]) {
    let mut pass = sim.passes.remove(&id).expect("it was granted");
    pass.answered(&Answer::new(verdict).with_told(told));
    drop(pass);
    sim.run_ready();
}

/// One went, and nothing was stated: from then on two may be under way.
fn begun() -> Sim {
    let mut sim = sim();
    let first = sim.enter(one());
    sim.run_until(10 * MS);
    answer(&mut sim, first, Verdict::Served, &[]);
    sim
}

#[test]
fn until_the_first_answer_one_goes_alone_and_the_answer_wakes_the_next() {
    let mut sim = sim();
    sim.enter_all((0..3).map(|_| one()));
    sim.run_until(300 * MS);
    assert_eq!(sim.ids(), [0]);
    answer(&mut sim, 0, Verdict::Served, &[]);
    assert_eq!(sim.times()[1], 300);
}

#[test]
fn a_pass_that_is_dropped_without_an_answer_lets_the_next_go() {
    let mut sim = sim();
    sim.enter_all([one(), one()]);
    sim.run_until(300 * MS);
    drop(sim.passes.remove(&0));
    sim.run_ready();
    assert_eq!(sim.ids(), [0, 1]);
}

#[test]
fn who_gives_up_frees_its_place_at_once_also_when_it_was_granted_meanwhile() {
    let mut sim = begun();
    sim.enter_all((0..4).map(|_| one()));
    assert_eq!(sim.ids(), [0, 1, 2]);
    let waits = sim.take(3).expect("it waits");
    drop(sim.passes.remove(&1)); // its place goes to one that does not look
    drop(waits);
    sim.run_ready();
    assert_eq!(sim.ids(), [0, 1, 2, 4]);
}

#[test]
fn leaked_waiters_wedge_nobody() {
    let mut sim = begun();
    sim.enter_all((0..6).map(|_| one()));
    assert_eq!(sim.ids(), [0, 1, 2]);
    for id in [3, 4] {
        std::mem::forget(sim.take(id));
    }
    let end = sim.now();
    drop((sim.passes.remove(&1), sim.passes.remove(&2)));
    sim.run_until(end + 6 * SECOND);
    assert_eq!(
        sim.ids(),
        [0, 1, 2, 5, 6],
        "what they were granted is taken back"
    );
}

#[test]
fn what_is_used_up_is_waited_for_and_a_deadline_before_that_fails_at_once() {
    let mut sim = sim();
    let first = sim.enter(one());
    sim.run_until(10 * MS);
    answer(&mut sim, first, Verdict::Served, &[left(0, 30 * SECOND)]);
    let soon = one().with_deadline(sim.at(10 * SECOND));
    let late = sim.enter(soon);
    let refusal = sim
        .refused
        .iter()
        .find(|(id, _)| *id == late)
        .expect("in vain")
        .1;
    assert_eq!(refusal.reason(), RefusalReason::Deadline);
    let could = refusal.could_go_at().expect("the reset is known");
    assert!(could >= sim.at(25 * SECOND), "{could:?}");
    let waits = sim.enter(one());
    // Behind one that waits for the reset nobody goes earlier.
    let behind = sim.enter(soon);
    assert!(sim.refused.iter().any(|(id, _)| *id == behind));
    sim.run_until(29 * SECOND);
    assert_eq!(sim.ids(), [first]);
    sim.run_until(100 * SECOND);
    assert_eq!(sim.ids(), [first, waits]);
}

#[test]
fn who_stands_too_far_back_for_his_deadline_fails_at_once() {
    let mut sim = sim();
    let first = sim.enter(one());
    sim.run_until(10 * MS);
    answer(&mut sim, first, Verdict::Served, &[left(59, 50 * SECOND)]);
    let soon = one().with_deadline(sim.at(20 * SECOND));
    sim.enter_all((0..200).map(|_| soon));
    let refused = sim.refused.len();
    assert!((80..=150).contains(&refused), "{refused} at once");
    for (_, refusal) in &sim.refused {
        assert_eq!(refusal.reason(), RefusalReason::Deadline);
        assert!(refusal.could_go_at().unwrap() > sim.at(20 * SECOND));
    }
}

#[test]
fn a_pause_shuts_it_for_everybody_and_what_it_was_told_is_no_way_round() {
    let mut sim = begun();
    sim.enter_all((0..4).map(|_| one()));
    sim.gate.pause_until(sim.at(30 * SECOND));
    let refused = Verdict::refused(30 * SECOND);
    answer(&mut sim, 1, refused, &[]);
    answer(&mut sim, 2, Verdict::Served, &[left(60, SECOND)]);
    sim.run_until(30 * SECOND - MS);
    assert_eq!(sim.ids(), [0, 1, 2]);
    sim.run_until(31 * SECOND);
    assert!(sim.ids().len() > 3);
}

#[test]
fn refusals_without_a_time_are_counted_one_for_each_burst() {
    let mut sim = begun();
    let silent = Verdict::refused(None);
    let of = sim.enter(one());
    let with = sim.enter(one());
    sim.run_until(20 * MS);
    answer(&mut sim, of, silent, &[]);
    answer(&mut sim, with, silent, &[]);
    assert_eq!(sim.gate.silent_refusals(), 1);
    let next = sim.enter(one());
    sim.run_until(SECOND);
    answer(&mut sim, next, silent, &[]);
    assert_eq!(sim.gate.silent_refusals(), 2);
    let next = sim.enter(one());
    sim.run_until(2 * SECOND);
    answer(&mut sim, next, Verdict::Served, &[]);
    assert_eq!(sim.gate.silent_refusals(), 0);
}

#[test]
fn the_urgent_go_first_and_one_that_waits_is_polled_seldom() {
    let mut sim = sim();
    sim.enter_all((0..50).map(|_| one()));
    let urgent = sim.enter(one().with_priority(Priority::URGENT));
    let polls = sim.polls;
    sim.run_until(4 * SECOND);
    assert!(
        sim.polls - polls <= 51,
        "nobody waits for a turn that nobody knows"
    );
    answer(&mut sim, 0, Verdict::Served, &[]);
    assert_eq!(sim.ids().len(), 3);
    assert!(sim.ids().contains(&urgent));
}

#[test]
fn what_it_knows_can_be_asked_and_is_kept_for_a_while() {
    let mut sim = sim();
    assert!(sim.gate.outlook().is_empty() && sim.gate.is_idle());
    let first = sim.enter(one());
    assert!(!sim.gate.is_idle());
    answer(&mut sim, first, Verdict::Served, &[left(59, 30 * SECOND)]);
    let outlook = sim.gate.outlook();
    assert_eq!((outlook[0].limit, outlook[0].remaining), (60, 59));
    assert!(!sim.gate.is_idle());
    sim.clock.advance(601 * SECOND);
    assert!(sim.gate.is_idle());
}

#[test]
fn a_gate_that_has_learnt_nothing_is_idle_at_once() {
    for (verdict, told, is_idle) in [
        (Verdict::Served, &[][..], true),
        (Verdict::Served, &[left(59, 30 * SECOND)], false),
        (Verdict::refused(None), &[], false),
    ] {
        let mut sim = sim();
        for _ in 0..3 {
            let id = sim.enter(one());
            assert!(!sim.gate.is_idle(), "its answer may say anything");
            answer(&mut sim, id, Verdict::Served, &[]);
        }
        let last = sim.enter(one());
        answer(&mut sim, last, verdict, told);
        assert_eq!(sim.gate.is_idle(), is_idle, "{verdict:?} {told:?}");
    }
}

#[test]
fn what_was_granted_and_not_seen_when_the_gate_shuts_waits_like_all_others() {
    let mut sim = begun();
    sim.enter_all([one(), one()]);
    let mut waits = sim.gate.enter(&one()).expect("there is room in the line");
    drop(sim.passes.remove(&1)); // its place is granted to the one that waits
    assert_eq!(sim.gate.waiting(), 0);
    sim.gate.pause_until(sim.at(30 * SECOND));
    match waits.poll(Waker::noop()) {
        Progress::Wait(Some(until)) => assert!(until <= sim.at(30 * SECOND)),
        other => panic!("{other:?}"),
    }
    sim.run_until(30 * SECOND);
    assert!(matches!(waits.poll(Waker::noop()), Progress::Granted(_)));
}
