//! What is taken back never was, and what is lost may have been counted.

use proptest::prelude::*;
use ratelimit_core::Timestamp;
use ratelimit_core::adapt::{Leave, Pilot, SendId, Spend};

use crate::case::{Case, any_case};
use crate::cases;
use crate::steady::warmed_up;
use crate::{MINUTE, SECOND};

const ONE: Spend = Spend::new(1);

/// When each of the next departures may be, if no answer comes, and each goes at once.
fn departures(pilot: &mut Pilot, from: u64, count: usize) -> Vec<Leave> {
    let mut now = from;
    let mut list = Vec::new();
    while list.len() < count {
        let leave = pilot.leave(Timestamp::from_nanos(now), &ONE, 20);
        list.push(leave);
        match leave {
            Leave::Now => {
                pilot.sent(Timestamp::from_nanos(now), &ONE);
            }
            Leave::At(later) => now = later.as_nanos(),
            _ => break,
        }
    }
    list
}

/// How many leave within `span`.
fn leaving(pilot: &Pilot, from: u64, span: u64) -> usize {
    let mut pilot = pilot.clone();
    let mut now = from;
    let mut count = 0;
    while now < from + span && count < 10_000 {
        match pilot.leave(Timestamp::from_nanos(now), &ONE, 100) {
            Leave::Now => {
                pilot.sent(Timestamp::from_nanos(now), &ONE);
                count += 1;
            }
            Leave::At(later) => now = later.as_nanos(),
            _ => break,
        }
    }
    count
}

/// The next that may leave, sent.
fn send_next(pilot: &mut Pilot, now: &mut u64) -> Option<SendId> {
    for _ in 0..1000 {
        match pilot.leave(Timestamp::from_nanos(*now), &ONE, 20) {
            Leave::Now => return Some(pilot.sent(Timestamp::from_nanos(*now), &ONE)),
            Leave::At(later) => *now = later.as_nanos(),
            _ => return None,
        }
    }
    None
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn what_is_taken_back_at_once_never_was(case in any_case(MINUTE), answers in 0..200usize) {
        let case = Case { way: case.way.min(SECOND / 10), ..case.without_faults() };
        let (mut pilot, mut now) = warmed_up(&case, answers);
        let mut untouched = pilot.clone();
        if let Some(id) = send_next(&mut pilot, &mut now) {
            pilot.unsent(id, Timestamp::from_nanos(now));
            let (left, would_have) = (departures(&mut pilot, now, 30), departures(&mut untouched, now, 30));
            prop_assert_eq!(left, would_have);
        }
    }

    #[test]
    fn what_is_lost_holds_up_what_would_leave_if_it_had_never_been(
        case in any_case(MINUTE), answers in 200..260usize,
    ) {
        // More answers than it may send, so that the number of those under way holds nothing up.
        let limit = 5 + case.limit % 150;
        let way = case.way.min(SECOND / 10);
        let case = Case { limit, way, ..case.without_faults() };
        let (mut pilot, mut now) = warmed_up(&case, answers);
        let never_was = pilot.clone();
        if let Some(id) = send_next(&mut pilot, &mut now) {
            pilot.lost(id, Timestamp::from_nanos(now));
            // Not over an edge: there it may have been counted before or after it.
            let span = case.window / 20;
            let (with, without) = (leaving(&pilot, now, span), leaving(&never_was, now, span));
            prop_assert!(with <= without, "{} leave, and {} if it never was", with, without);
        }
    }

    #[test]
    fn an_answer_counts_once(case in any_case(MINUTE), answers in 1..100usize) {
        let (mut pilot, mut now) = warmed_up(&case.without_faults(), answers);
        if let Some(id) = send_next(&mut pilot, &mut now) {
            let at = Timestamp::from_nanos(now);
            pilot.lost(id, at);
            let before = departures(&mut pilot.clone(), now, 30);
            pilot.lost(id, at);
            pilot.unsent(id, at);
            prop_assert_eq!(departures(&mut pilot, now, 30), before);
        }
    }
}
