//! Another quota for the same caller: what was spent stays spent, and changing yields nothing.

#![allow(clippy::unwrap_used, reason = "what should not be, fails the test")]

mod oracle;

use num_bigint::BigInt;
use num_rational::BigRational;
use oracle::{
    DAY, Move, Wait, cases, moves, ns, plan, quota, quotas_with_burst, secs, stopped_store,
    window_of,
};
use proptest::prelude::*;
use ratelimit_core::{
    Algorithm, Clock, Decision, Direct, ManualClock, Memory, Plan, Policy, Quota,
};

const RATES: [fn(&'static str, Quota) -> Policy; 4] = [
    Policy::gcra,
    Policy::sliding_log,
    Policy::sliding_counter,
    Policy::fixed_window,
];

fn algorithm(plan: &Plan) -> Algorithm {
    plan.policies()[0].algorithm()
}

fn is_of_a_window(policy: &Policy) -> bool {
    matches!(
        policy.algorithm(),
        Algorithm::SlidingCounter | Algorithm::FixedWindow
    )
}

/// One caller whose plan changes, in a store and alone, side by side.
struct Caller {
    memory: Memory,
    direct: Direct,
    clock: ManualClock,
}

impl Caller {
    fn new(first: &Plan) -> Self {
        let (memory, clock) = stopped_store();
        let direct = Direct::with_clock(first.clone(), clock.clone());
        Self {
            memory,
            direct,
            clock,
        }
    }

    #[track_caller]
    fn check(&self, plan: &Plan, cost: u32) -> Decision {
        self.direct.set_plan(plan.clone());
        let direct = self.direct.check(cost);
        let keyed = self.memory.check_key("me", plan, cost).into_owned();
        assert_eq!(format!("{direct:?}"), format!("{keyed:?}"));
        keyed
    }
}

#[test]
fn sixty_spent_of_sixty_leave_540_of_600() {
    let (starter, enterprise) = (
        Plan::from(Quota::per_minute(60)),
        Plan::from(Quota::per_minute(600)),
    );
    let caller = Caller::new(&starter);
    assert_eq!(caller.check(&starter, 60).remaining(), 0);
    assert_eq!(caller.check(&enterprise, 0).remaining(), 540);
    assert!(caller.check(&enterprise, 540).is_allowed());
    assert!(!caller.check(&enterprise, 1).is_allowed());
}

#[test]
fn a_hundred_spent_of_240_leave_nothing_of_60_for_41_seconds() {
    let (large, small) = (
        Plan::from(Quota::per_minute(240)),
        Plan::from(Quota::per_minute(60)),
    );
    let caller = Caller::new(&large);
    assert_eq!(caller.check(&large, 100).remaining(), 140);
    let refused = caller.check(&small, 1);
    assert_eq!(
        (refused.remaining(), refused.retry_after()),
        (0, Some(secs(41)))
    );
    caller.clock.advance(secs(41) - ns(1));
    assert!(!caller.check(&small, 1).is_allowed());
    caller.clock.advance(ns(1));
    assert!(caller.check(&small, 1).is_allowed());
}

#[test]
fn ten_seconds_before_an_upgrade_count_at_the_old_rate() {
    let (starter, enterprise) = (
        Plan::from(Quota::per_minute(60)),
        Plan::from(Quota::per_minute(600)),
    );
    let caller = Caller::new(&starter);
    assert!(caller.check(&starter, 60).is_allowed());
    caller.clock.advance(secs(10));
    assert_eq!(caller.check(&enterprise, 0).remaining(), 550);
}

#[test]
fn a_refusal_after_a_downgrade_ends_the_time_at_the_old_rate() {
    let (large, small) = (
        Plan::from(Quota::per_minute(600)),
        Plan::from(Quota::per_minute(60)),
    );
    let caller = Caller::new(&large);
    assert!(caller.check(&large, 600).is_allowed());
    for left in (0..=540).rev() {
        let refused = caller.check(&small, 1);
        assert_eq!(refused.retry_after(), Some(secs(left + 1)));
        caller.clock.advance(secs(1));
    }
    assert!(caller.check(&small, 1).is_allowed());
}

#[test]
fn another_burst_alone_moves_nothing() {
    let caller = Caller::new(&Plan::from(Quota::per_minute(60)));
    let bursts = [60, 100, 7, 3_000_000, 60].map(|b| Plan::from(Quota::per_minute(60).burst(b)));
    assert!(caller.check(&bursts[0], 37).is_allowed());
    caller.clock.advance(ns(1_234_567_891));
    let before = caller.check(&bursts[0], 0).reset_after();
    for plan in &bursts {
        for _ in 0..20 {
            assert_eq!(caller.check(plan, 0).reset_after(), before);
        }
    }
}

#[test]
fn another_limit_keeps_what_was_spent_whatever_the_algorithm() {
    for policy in RATES {
        let starter = plan([policy("p", Quota::per_minute(60))]);
        let enterprise = plan([policy("p", Quota::per_minute(600))]);
        let caller = Caller::new(&starter);
        for _ in 0..3 {
            assert!(caller.check(&starter, 20).is_allowed());
        }
        assert_eq!(caller.check(&enterprise, 0).remaining(), 540);
        assert_eq!(caller.check(&starter, 0).remaining(), 0);
        assert!(caller.check(&enterprise, 540).is_allowed());
        assert_eq!(caller.check(&starter, 0).remaining(), 0);
        assert_eq!(caller.check(&enterprise, 0).remaining(), 0);
    }
}

#[test]
fn another_algorithm_under_the_same_name_is_another_state_that_is_found_again() {
    for from in RATES {
        for to in RATES {
            let from = plan([from("p", Quota::per_minute(60))]);
            let to = plan([to("p", Quota::per_minute(100))]);
            if algorithm(&from) == algorithm(&to) {
                continue;
            }
            let caller = Caller::new(&from);
            for _ in 0..20 {
                assert!(caller.check(&from, 1).is_allowed());
                assert!(caller.check(&to, 2).is_allowed());
            }
            assert_eq!(caller.check(&from, 0).remaining(), 40);
            assert_eq!(caller.check(&to, 0).remaining(), 60);
            caller.clock.advance(ns(DAY));
            assert_eq!(caller.check(&from, 0).remaining(), 60);
        }
    }
}

#[test]
fn another_window_of_counters_and_of_fixed_windows_is_another_state_that_is_found_again() {
    for policy in [Policy::sliding_counter, Policy::fixed_window] {
        let minute = plan([policy("p", Quota::per_minute(60))]);
        let hour = plan([policy("p", Quota::per_hour(600))]);
        let caller = Caller::new(&minute);
        assert!(caller.check(&minute, 50).is_allowed());
        assert!(caller.check(&hour, 590).is_allowed());
        assert_eq!(caller.check(&minute, 0).remaining(), 10);
        assert_eq!(caller.check(&hour, 0).remaining(), 10);
        caller.clock.advance(secs(120));
        assert_eq!(caller.check(&minute, 0).remaining(), 60);
        assert_eq!(caller.check(&hour, 0).remaining(), 10);
    }
}

#[test]
fn a_visit_to_another_algorithm_frees_nothing_of_the_hour() {
    let hour = plan([Policy::gcra("p", Quota::per_hour(60))]);
    let second = plan([Policy::fixed_window("p", Quota::per_second(100))]);
    let caller = Caller::new(&hour);
    let mut admitted = 0;
    for _ in 0..5 {
        while caller.check(&hour, 1).is_allowed() {
            admitted += 1;
        }
        let _ = caller.check(&second, 1);
        caller.clock.advance(secs(1));
        let _ = caller.check(&second, 1);
    }
    assert_eq!(admitted, 60);
}

#[test]
fn a_visit_to_a_shorter_window_frees_nothing_of_the_hour() {
    for policy in RATES {
        let hour = plan([policy("p", Quota::per_hour(600))]);
        let minute = plan([policy("p", Quota::per_minute(60))]);
        let caller = Caller::new(&hour);
        caller.clock.advance(secs(1));
        let mut admitted = 0;
        for _ in 0..5 {
            while caller.check(&hour, 1).is_allowed() {
                admitted += 1;
            }
            let _ = caller.check(&minute, 1);
            caller.clock.advance(secs(121));
            let _ = caller.check(&minute, 1);
        }
        // A bucket flows at the minute's rate while the minute's plan holds.
        let most = if algorithm(&hour) == Algorithm::Gcra {
            600 + 4 * 121
        } else {
            600
        };
        assert!(admitted <= most, "{admitted} of {most}, {hour:?}");
    }
}

#[test]
fn a_visit_to_a_rate_frees_no_permit_of_a_cap() {
    let cap = plan([Policy::concurrency("p", 1)]);
    let rate = plan([Policy::gcra("p", Quota::per_hour(60))]);
    let (memory, clock) = stopped_store();
    let held = memory.reserve_key("me", &cap, 1).unwrap();
    assert!(memory.check_key("me", &rate, 60).is_allowed());
    assert!(memory.reserve_key("me", &cap, 1).is_err(), "two at once");
    drop(held);
    assert!(memory.reserve_key("me", &cap, 1).is_ok());

    let direct = Direct::with_clock(cap.clone(), clock);
    let held = direct.reserve(1).unwrap();
    direct.set_plan(rate);
    direct.set_plan(cap);
    assert!(direct.reserve(1).is_err(), "two at once");
    drop(held);
    assert!(direct.reserve(1).is_ok());
}

#[test]
fn a_log_that_is_over_for_a_shorter_window_is_not_forgotten_for_the_longer_one() {
    let clock = ManualClock::new();
    let limiter = oracle::store().capacity(1).clock(clock.clone()).build();
    let hour = plan([Policy::sliding_log("p", Quota::per_hour(60))]);
    let minute = plan([Policy::sliding_log("p", Quota::per_minute(60))]);
    assert!(limiter.check_key("me", &hour, 60).is_allowed());
    assert!(!limiter.check_key("me", &minute, 1).is_allowed());
    clock.advance(secs(61));
    // As the store grows, it forgets what is worth nothing.
    for other in 0..1_000u32 {
        assert!(limiter.check_key(&other, &minute, 1).is_allowed());
    }
    assert_eq!(limiter.stats().evicted, 0);
    assert_eq!(limiter.peek_key("me", &hour, 0).remaining(), 0);
}

#[test]
fn a_policy_that_leaves_the_plan_for_a_while_is_remembered() {
    let minute = Policy::gcra("minute", Quota::per_minute(60));
    let both = plan([
        minute.clone(),
        Policy::fixed_window("day", Quota::per_day(100)),
    ]);
    let one = plan([minute]);
    let caller = Caller::new(&both);
    assert!(caller.check(&both, 40).is_allowed());
    assert!(caller.check(&one, 10).is_allowed());
    let stands = caller.check(&both, 0);
    assert!(stands.policies().map(|p| p.remaining()).eq([10, 60]));
}

/// How many of one unit are admitted in `steps` steps of `pause`, under these plans in turn.
fn admitted(plans: &[&Plan], pause: u64, steps: usize) -> usize {
    let caller = Caller::new(plans[0]);
    let takes_all = |plan: &Plan| {
        (0..)
            .take_while(|_| caller.check(plan, 1).is_allowed())
            .count()
    };
    let step = |i: usize| {
        let admitted = takes_all(plans[i % plans.len()]);
        caller.clock.advance(ns(pause));
        admitted
    };
    (0..steps).map(step).sum()
}

#[test]
fn flip_flopping_yields_no_more_than_the_one_at_once_and_then_the_better_of_the_two() {
    let pairs = [
        (quota(20, 10_000_000_000), quota(10, 10_000_000_000)),
        (quota(20, 10_000_000_000), quota(90, 60_000_000_000)),
        (quota(7, 1_000_000_007), quota(13, 1_999_999_993)),
        (quota(1, 3_000_000_000), quota(30, 90_000_000_000)),
    ];
    for policy in RATES {
        for (one, two) in pairs {
            // Another window of these is another state: whoever flips has what each of them grants.
            let apart = one.window() != two.window() && is_of_a_window(&policy("p", one));
            let quotas = [one, two];
            let (one, two) = (plan([policy("p", one)]), plan([policy("p", two)]));
            for pause in [0, 100_000_000, 333_333_333, 1_000_000_000, 5_000_000_000] {
                let steps = 400;
                let passed = u128::from(pause) * steps as u128;
                let windows = |q: Quota| usize::try_from(passed / q.window().as_nanos()).unwrap();
                let alone = quotas.map(|q| q.limit() as usize * (windows(q) + 2));
                let largest = quotas
                    .map(|q| q.limit() as usize)
                    .into_iter()
                    .max()
                    .unwrap();
                let most = match pause {
                    _ if apart => alone.into_iter().sum(),
                    0 => largest,
                    _ => largest + alone.into_iter().max().unwrap(),
                };
                for turns in [
                    &[&one, &two][..],
                    &[&two, &one],
                    &[&one, &one, &two],
                    &[&two, &two, &one],
                ] {
                    let flipped = admitted(turns, pause, steps);
                    assert!(
                        flipped <= most,
                        "{flipped} of {most}, {one:?} {two:?} {pause}"
                    );
                }
            }
        }
    }
}

fn whole(number: impl Into<BigInt>) -> BigRational {
    BigRational::from_integer(number.into())
}

fn per_nano(quota: Quota) -> BigRational {
    BigRational::new(quota.limit().into(), window_of(quota).into())
}

/// A bucket in exact fractions, which flows at the quota of the check before.
struct Exact {
    level: BigRational,
    at: u64,
    quota: Quota,
    /// What rounding may have kept: a nanosecond of flow for each change.
    slack: BigRational,
}

impl Exact {
    fn turn(&mut self, now: u64, quota: Quota) {
        let flowed = whole(now - self.at) * per_nano(self.quota);
        self.level = (&self.level - flowed).max(whole(0));
        self.at = now;
        if (quota.limit(), quota.window()) != (self.quota.limit(), self.quota.window()) {
            self.slack += per_nano(quota);
        }
        self.quota = quota;
    }

    fn fits(&self, cost: u32) -> bool {
        &self.level + whole(cost) <= whole(self.quota.burst_size())
    }

    fn must_fit(&self, cost: u32) -> bool {
        &self.level + whole(cost) + &self.slack <= whole(self.quota.burst_size())
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn quotas_in_any_order_never_yield_more_than_an_exact_bucket(
        quotas in prop::collection::vec(quotas_with_burst(), 2..=3),
        moves in moves(40),
        turns in prop::collection::vec(0..3usize, 40),
    ) {
        let plans: Vec<_> = quotas.iter().map(|q| Plan::from(*q)).collect();
        let caller = Caller::new(&plans[0]);
        let mut exact = Exact {
            level: whole(0),
            at: caller.clock.now().as_nanos(),
            quota: quotas[0],
            slack: whole(0),
        };
        let mut last: Option<Decision> = None;
        for (Move { wait, cost }, turn) in moves.into_iter().zip(turns) {
            let which = turn % quotas.len();
            let quota = quotas[which];
            let wait: Wait = wait;
            caller.clock.advance(ns(wait.nanos(quota, last.as_ref())));
            exact.turn(caller.clock.now().as_nanos(), quota);
            let cost = cost.units(quota, u64::from(quota.burst_size()) / 2);
            let decision = caller.check(&plans[which], cost);
            if decision.is_allowed() {
                prop_assert!(exact.fits(cost), "minted: {:?}", decision);
                exact.level += whole(cost);
            } else {
                prop_assert!(!exact.must_fit(cost), "lost: {:?}", decision);
            }
            let remaining = decision.remaining();
            let left = u32::try_from(remaining).unwrap();
            prop_assert!(remaining == 0 || exact.fits(left), "minted: {:?}", decision);
            let more = left.checked_add(1);
            prop_assert!(!more.is_some_and(|m| exact.must_fit(m)), "lost: {:?}", decision);
            last = Some(decision);
        }
    }
}
