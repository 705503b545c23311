//! A sliding window in two counters, held against a naive model of it.

#![allow(clippy::unwrap_used, reason = "what should not be, fails the test")]

mod oracle;

use oracle::{Counter, aligned_windows_outlive_steps_back, cases, moves, obeys, quotas};
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn every_answer_is_exact(quota in quotas(), moves in moves(50)) {
        obeys::<Counter>(quota, &moves);
    }

    #[test]
    fn a_clock_that_steps_back_mints_nothing_and_blocks_for_no_longer_than_the_step(
        quota in quotas(),
        moves in prop::collection::vec((moves(2), prop_oneof![Just(0), Just(0), 1..3_000u64]), 1..40),
    ) {
        let moves: Vec<_> = moves.iter().map(|(m, back)| (m[0], *back)).collect();
        aligned_windows_outlive_steps_back::<Counter>(quota, &moves);
    }
}
