//! Who was refused by the server stands again where it stood.

use std::task::Waker;
use std::time::Duration;

use crate::wait::{Ask, Gate, Pass, Priority, Progress, RefusalReason, Settings, Waiter};
use crate::{Clock, ManualClock, Quota};

const SECOND: Duration = Duration::from_secs(1);
const STEADY: Quota = Quota::per_second(1).burst(1);

fn gate(settings: Settings) -> (Gate, ManualClock) {
    let clock = ManualClock::new();
    (Gate::with_clock(STEADY, settings, clock.clone()), clock)
}

fn poll(waiter: &mut Waiter) -> Option<Pass> {
    match waiter.poll(Waker::noop()) {
        Progress::Granted(pass) => Some(pass),
        Progress::Refused(refusal) => panic!("{refusal}"),
        Progress::Wait(_) => None,
    }
}

#[test]
fn who_was_refused_goes_before_those_that_queued_behind_it() {
    let (gate, clock) = gate(Settings::new());
    let mut first = gate.try_pass(1).unwrap();
    let mut others: Vec<_> = (0..3).map(|_| gate.enter(&Ask::new(1)).unwrap()).collect();
    let seat = first.seat().unwrap();
    assert!(first.seat().is_none(), "one seat for one pass");
    drop(first);
    gate.pause_until(gate.now().saturating_add(30 * SECOND));
    let mut again = gate.enter_again(&Ask::new(1), seat).unwrap();
    let urgent = Ask::new(1).with_priority(Priority::URGENT);
    let mut urgent = gate.enter(&urgent).unwrap();
    clock.advance(30 * SECOND);
    assert!(others.iter_mut().all(|waiter| poll(waiter).is_none()));
    assert!(poll(&mut again).is_none());
    assert!(poll(&mut urgent).is_some(), "it keeps its priority");
    clock.advance(SECOND);
    assert!(others.iter_mut().all(|waiter| poll(waiter).is_none()));
    assert!(poll(&mut again).is_some());
    clock.advance(SECOND);
    assert!(poll(&mut others[0]).is_some());
}

#[test]
fn it_keeps_its_age() {
    let (gate, clock) = gate(Settings::new());
    let mut first = gate.try_pass(1).unwrap();
    clock.advance(20 * SECOND);
    let younger = gate.try_pass(1).unwrap();
    let urgent = Ask::new(1).with_priority(Priority::URGENT);
    let mut flood: Vec<_> = (0..60).map(|_| gate.enter(&urgent).unwrap()).collect();
    let seat = first.seat().unwrap();
    let mut again = gate.enter_again(&Ask::new(1), seat).unwrap();
    drop((first, younger));
    // Thirty seconds after it came for the first time its patience ends, not after it came again.
    for second in 21..=33 {
        clock.advance(SECOND);
        let went = poll(&mut again).is_some();
        flood.retain_mut(|waiter| poll(waiter).is_none());
        if went {
            assert!(second >= 30);
            return;
        }
    }
    panic!("it is not older than it looks");
}

#[test]
fn a_full_line_or_a_long_pause_does_not_turn_it_away() {
    let settings = Settings::new()
        .with_max_waiting(1)
        .with_longest_pause(SECOND);
    let (gate, _clock) = gate(settings);
    let mut first = gate.try_pass(1).unwrap();
    let _other = gate.enter(&Ask::new(1)).unwrap();
    let full = gate.enter(&Ask::new(1)).unwrap_err();
    assert_eq!(full.reason(), RefusalReason::Full);
    let seat = first.seat().unwrap();
    drop(gate.enter_again(&Ask::new(1), seat).unwrap());
    gate.pause_until(gate.now().saturating_add(5 * SECOND));
    let paused = gate.enter(&Ask::new(1)).unwrap_err();
    assert_eq!(paused.reason(), RefusalReason::Paused);
}

#[test]
fn the_seat_of_another_gate_counts_for_nothing() {
    let (other, _) = gate(Settings::new());
    let (gate, clock) = gate(Settings::new());
    let seat = other.try_pass(1).unwrap().seat().unwrap();
    drop(gate.try_pass(1));
    let mut waits = gate.enter(&Ask::new(1)).unwrap();
    let mut foreign = gate.enter_again(&Ask::new(1), seat).unwrap();
    clock.advance(SECOND);
    assert!(poll(&mut foreign).is_none());
    assert!(poll(&mut waits).is_some());
    assert_eq!(clock.now(), gate.now());
}

#[test]
fn a_gate_knows_its_own_seats() {
    let ((one, _), (other, _)) = (gate(Settings::new()), gate(Settings::new()));
    let seat = one.try_pass(1).unwrap().seat().unwrap();
    assert!(one.knows(&seat) && !other.knows(&seat));
}
