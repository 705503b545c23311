//! What leaves while no answer comes was there already: what was left, and what is renewed meanwhile.

use std::time::Duration;

use proptest::prelude::*;
use ratelimit_core::Timestamp;
use ratelimit_core::adapt::{
    Answer, Leave, Pace, Pilot, Reset, SendId, Spend, Steering, Told, Verdict,
};

use crate::case::{Case, any_case};
use crate::{MINUTE, SECOND, cases};

const ONE: Spend = Spend::new(1);
/// The beginning, and the server's clock then.
const START: u64 = 1_000 * SECOND;
const UNIX: u64 = 1_700_000_000;

proptest! {
    #![proptest_config(cases(40))]

    /// Answers stop for a while, and requests go on arriving.
    #[test]
    fn nothing_is_refused_while_no_answer_comes(
        case in any_case(MINUTE), from in 0..200u64, lasts in 1..300u64,
    ) {
        let part = |percent: u64| case.window / 100 * percent;
        let silence = Some((part(from), part(from + lasts)));
        let case = Case { silence, ..case.without_faults() };
        let outcome = crate::world::run(&case);
        prop_assert_eq!(outcome.refused, 0, "{:?}", outcome);
    }
}

proptest! {
    #![proptest_config(cases(200))]

    /// Of one answer nobody knows what kind of limiter it comes from, so nothing is renewed before its reset.
    #[test]
    fn no_more_leaves_than_was_left_less_what_is_under_way(
        limit in 1..=300u64, used in 0..=300u64, reset in 2..=60u64, waiting in 1..=400usize,
        eager in any::<bool>(), seed in any::<u64>(),
    ) {
        let left = limit.saturating_sub(used);
        let pace = if eager { Pace::Eager } else { Pace::Even };
        let mut pilot = Pilot::new(Steering::new().with_pace(pace).with_seed(seed));
        let others = opened(&mut pilot, waiting.min(8));
        tell(&mut pilot, others[0], limit, left, reset);
        let under_way = others.len() - 1;
        let count = departures(&mut pilot, START + (reset - 1) * SECOND, waiting);
        let most = usize::try_from(left).unwrap().saturating_sub(under_way);
        prop_assert!(count <= most, "{} left, {} under way, {} sent", left, under_way, count);
    }
}

/// So many requests under way, all sent before any limit was known.
fn opened(pilot: &mut Pilot, count: usize) -> Vec<SendId> {
    let now = Timestamp::from_nanos(START);
    for _ in 0..count {
        let id = pilot.sent(now, &ONE);
        pilot.answered(id, now, &answer(&[]));
    }
    (0..count).map(|_| pilot.sent(now, &ONE)).collect()
}

fn tell(pilot: &mut Pilot, id: SendId, limit: u64, left: u64, reset: u64) {
    let told = Told::new(1)
        .with_limit(limit)
        .with_remaining(left)
        .with_reset(Reset::At(Duration::from_secs(UNIX + reset)));
    pilot.answered(id, Timestamp::from_nanos(START), &answer(&[told]));
}

fn answer(told: &[Told]) -> Answer<'_> {
    Answer::new(Verdict::Served)
        .with_date(Duration::from_secs(UNIX))
        .with_told(told)
}

/// Sends all that may leave until `end`, and counts it.
fn departures(pilot: &mut Pilot, end: u64, waiting: usize) -> usize {
    let mut now = START;
    let mut count = 0;
    while now < end && count < waiting {
        match pilot.leave(Timestamp::from_nanos(now), &ONE, waiting - count) {
            Leave::Now => {
                pilot.sent(Timestamp::from_nanos(now), &ONE);
                count += 1;
            }
            Leave::At(later) => {
                assert!(later.as_nanos() > now);
                now = later.as_nanos();
            }
            _ => break,
        }
    }
    count
}
