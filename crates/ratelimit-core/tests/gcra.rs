//! A token bucket, held against a naive model of it.

#![allow(clippy::unwrap_used, reason = "what should not be, fails the test")]

mod oracle;

use oracle::{
    Bucket, LONGEST, MINUTE, MS, Pair, SECOND, cases, moves, ns, obeys, outlives_steps_back, quota,
    quotas_with_burst, secs,
};
use proptest::prelude::*;
use ratelimit_core::{Direct, ManualClock, Quota, Reason};

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn every_answer_is_exact(quota in quotas_with_burst(), moves in moves(50)) {
        obeys::<Bucket>(quota, &moves);
    }

    #[test]
    fn a_clock_that_steps_back_mints_nothing_and_blocks_for_no_longer_than_the_step(
        quota in quotas_with_burst(),
        moves in prop::collection::vec((moves(2), prop_oneof![Just(0), Just(0), 1..3_000u64]), 1..40),
    ) {
        let moves: Vec<_> = moves.iter().map(|(m, back)| (m[0], *back)).collect();
        outlives_steps_back::<Bucket>(quota, &moves);
    }
}

/// Polls at uneven times and takes whatever there is, until `polls` are over.
#[track_caller]
fn admits_exactly_the_rate(quota: Quota, polls: u64, longest_pause: u64) {
    let clock = ManualClock::new();
    let limiter = Direct::with_clock(quota, clock.clone());
    // So short that the bucket never stands full, which would be lost for good.
    let longest_pause = longest_pause / 4 * 3;
    let (mut admitted, mut passed, mut random) = (0u128, 0u64, 0x9e37_79b9_7f4a_7c15_u64);
    for _ in 0..=polls {
        let free = u32::try_from(limiter.peek(0).remaining()).unwrap();
        assert!(limiter.check(free).is_allowed());
        assert!(!limiter.check(1).is_allowed());
        admitted += u128::from(free);
        let flowed = u128::from(passed) * u128::from(quota.limit()) / quota.window().as_nanos();
        assert_eq!(admitted, u128::from(quota.burst_size()) + flowed);
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let pause = random % longest_pause;
        clock.advance(ns(pause));
        passed += pause;
    }
}

#[test]
fn seven_a_minute_are_seven_a_minute_after_a_year() {
    admits_exactly_the_rate(quota(7, MINUTE), 1_402_000, MINUTE);
}

#[test]
fn odd_and_fast_rates_are_exact_in_the_long_run() {
    admits_exactly_the_rate(quota(999_999_937, SECOND), 50_000, SECOND);
    admits_exactly_the_rate(quota(1500, SECOND), 50_000, SECOND);
    admits_exactly_the_rate(quota(240, MINUTE), 50_000, MINUTE);
    admits_exactly_the_rate(quota(7, MS), 50_000, MS);
    admits_exactly_the_rate(quota(u32::MAX, MS), 50_000, MS);
    admits_exactly_the_rate(quota(1, LONGEST).burst(2), 100, LONGEST);
    admits_exactly_the_rate(quota(3, SECOND).burst(2), 50_000, SECOND / 3);
}

#[test]
fn each_unit_of_seven_a_minute_polled_around_its_time_comes_exactly_then() {
    let clock = ManualClock::new();
    let limiter = Direct::with_clock(quota(7, MINUTE).burst(2), clock.clone());
    assert!(limiter.check(2).is_allowed());
    let mut passed = 0;
    for unit in 1..=2_000u64 {
        let due = (u128::from(unit * MINUTE)).div_ceil(7);
        let due = u64::try_from(due).unwrap();
        clock.advance(ns(due - passed - 2));
        assert!(!limiter.check(1).is_allowed());
        clock.advance(ns(1));
        assert!(!limiter.check(1).is_allowed());
        clock.advance(ns(1));
        assert!(limiter.check(1).is_allowed());
        passed = due;
    }
}

#[test]
fn a_host_that_was_suspended_for_years_finds_a_full_bucket_and_no_more() {
    let pair = Pair::new(Quota::per_minute(60).burst(100));
    assert!(pair.check(100).is_allowed());
    for _ in 0..10 {
        pair.clock.advance(ns(10 * LONGEST));
        let decision = pair.check(100);
        assert!(decision.is_allowed());
        assert_eq!(decision.retry_after(), None);
        assert_eq!(pair.check(1).retry_after(), Some(secs(1)));
    }
}

#[test]
fn a_cost_above_the_burst_is_never_admitted_and_charges_nothing() {
    // 213,505 passed a bucket of one a day with a burst of ten elsewhere, where a product wrapped.
    let pair = Pair::new(Quota::per_day(1).burst(10));
    for cost in [11, 213_505, 213_504, u32::MAX, 1 << 31] {
        let refused = pair.check(cost);
        assert_eq!(refused.reason(), Some(Reason::CostExceedsLimit));
        assert_eq!(refused.retry_after(), None);
    }
    assert!(pair.check(10).is_allowed());
}
