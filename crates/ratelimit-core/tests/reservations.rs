//! What is reserved is settled once: refunds mint nothing, debt is carried, permits come back.

#![allow(clippy::unwrap_used, reason = "what should not be, fails the test")]

mod oracle;

use std::time::Duration;

use oracle::{
    Bucket, Counter, Log, MINUTE, Model, Pair, SECOND, Windows, cases, ns, plan, quota, quotas,
    quotas_with_burst, secs, stopped_store, store, window_of,
};
use proptest::prelude::*;
use ratelimit_core::{Direct, ManualClock, Memory, Plan, Policy, Quota, Reason};

const MINUTELY: Quota = Quota::per_minute(60);
const RATES: [fn(&'static str, Quota) -> Policy; 4] = [
    Policy::gcra,
    Policy::sliding_log,
    Policy::sliding_counter,
    Policy::fixed_window,
];

/// A limiter with one caller, of either kind.
trait One {
    fn take(&self, plan: &Plan, cost: u32) -> bool;
    fn hold(&self, plan: &Plan, cost: u32) -> Option<Box<dyn FnOnce(u32)>>;
    fn left(&self, plan: &Plan) -> u64;
    fn forget(&self, plan: &Plan);
}

impl One for Memory {
    fn take(&self, plan: &Plan, cost: u32) -> bool {
        self.check_key("me", plan, cost).is_allowed()
    }

    fn hold(&self, plan: &Plan, cost: u32) -> Option<Box<dyn FnOnce(u32)>> {
        let reservation = self.reserve_key("me", plan, cost).ok()?;
        let permit = reservation.into_permit();
        Some(Box::new(move |actual| {
            if let Some(permit) = permit {
                permit.settle(actual);
            }
        }))
    }

    fn left(&self, plan: &Plan) -> u64 {
        self.peek_key("me", plan, 0)
            .policies()
            .next()
            .unwrap()
            .remaining()
    }

    fn forget(&self, plan: &Plan) {
        self.reset_key("me", plan);
    }
}

/// The plan of a `Direct` changes by itself.
impl One for Direct {
    fn take(&self, plan: &Plan, cost: u32) -> bool {
        self.set_plan(plan.clone());
        self.check(cost).is_allowed()
    }

    fn hold(&self, plan: &Plan, cost: u32) -> Option<Box<dyn FnOnce(u32)>> {
        self.set_plan(plan.clone());
        let reservation = self.reserve(cost).ok()?;
        Some(Box::new(move |actual| reservation.settle(actual)))
    }

    fn left(&self, _: &Plan) -> u64 {
        self.peek(0).policies().next().unwrap().remaining()
    }

    fn forget(&self, _: &Plan) {
        self.reset();
    }
}

/// Runs a story on a limiter of each kind, under each algorithm.
fn each(story: impl Fn(&dyn One, &ManualClock, fn(&'static str, Quota) -> Policy)) {
    for policy in RATES {
        let (memory, clock) = stopped_store();
        story(&memory, &clock, policy);
        let clock = ManualClock::new();
        let plan = Plan::try_from(policy("p", MINUTELY)).unwrap();
        story(&Direct::with_clock(plan, clock.clone()), &clock, policy);
    }
}

fn minutely(policy: fn(&'static str, Quota) -> Policy) -> Plan {
    plan([policy("p", MINUTELY)])
}

#[test]
fn what_was_not_used_is_all_given_back_a_little_later() {
    each(|limiter, clock, policy| {
        let plan = minutely(policy);
        for wait in [0, 1, 1000, SECOND / 1000, SECOND / 2] {
            let settle = limiter.hold(&plan, 10).unwrap();
            assert_eq!(limiter.left(&plan), 50);
            clock.advance(ns(wait));
            settle(0);
            assert_eq!(limiter.left(&plan), 60, "after {wait} ns");
        }
    });
}

#[test]
fn a_refund_gives_back_nothing_that_flowed_back_by_itself() {
    let pair = Pair::new(MINUTELY);
    let (direct, keyed) = (
        pair.direct.reserve(30).unwrap(),
        pair.memory.reserve_key("key", &pair.plan, 30).unwrap(),
    );
    pair.clock.advance(secs(20));
    assert_eq!(pair.check(50).remaining(), 0);
    direct.cancel();
    keyed.cancel();
    // Twenty of the thirty had flowed back: only ten were still in use.
    assert_eq!(pair.peek(0).remaining(), 10);
}

#[test]
fn debt_is_carried() {
    each(|limiter, _, policy| {
        let plan = minutely(policy);
        limiter.hold(&plan, 1).unwrap()(100);
        assert_eq!(limiter.left(&plan), 0);
        assert!(!limiter.take(&plan, 1));
    });
    let pair = Pair::new(MINUTELY);
    pair.direct.reserve(1).unwrap().settle(100);
    pair.memory
        .reserve_key("key", &pair.plan, 1)
        .unwrap()
        .settle(100);
    assert_eq!(pair.check(1).retry_after(), Some(secs(41)));
    assert_eq!(pair.check(0).retry_after(), Some(secs(40)));
    assert_eq!(pair.check(1).reset_after(), secs(100));
}

#[test]
fn a_dropped_reservation_keeps_the_charge() {
    let pair = Pair::new(plan([
        Policy::gcra("p", MINUTELY),
        Policy::concurrency("c", 1),
    ]));
    drop(pair.direct.reserve(20));
    drop(pair.memory.reserve_key("key", &pair.plan, 20));
    assert_eq!(pair.peek(0).remaining(), 40);
    assert!(pair.check(40).is_allowed());
}

#[test]
fn a_refund_after_a_reset_mints_nothing() {
    each(|limiter, clock, policy| {
        for wait in [0, 1] {
            let plan = minutely(policy);
            limiter.forget(&plan);
            let settle = limiter.hold(&plan, 60).unwrap();
            limiter.forget(&plan);
            clock.advance(ns(wait));
            assert!(limiter.take(&plan, 60));
            settle(0);
            assert_eq!(limiter.left(&plan), 0);
            assert!(!limiter.take(&plan, 1));
        }
    });
}

#[test]
fn a_refund_after_hundreds_of_resets_mints_nothing() {
    for resets in [255, 256, 512, 65_536] {
        each(|limiter, _, policy| {
            let plan = minutely(policy);
            let settle = limiter.hold(&plan, 60).unwrap();
            for _ in 0..resets {
                limiter.forget(&plan);
            }
            assert!(limiter.take(&plan, 60));
            settle(0);
            assert_eq!(limiter.left(&plan), 0, "after {resets} resets");
        });
    }
}

#[test]
fn refunds_find_their_states_in_a_store_that_grew_meanwhile() {
    let limiter = store().clock(ManualClock::new()).build();
    let plan = Plan::from(MINUTELY);
    let hold = |key: u32| limiter.reserve_key(&key, &plan, 60).unwrap();
    let held: Vec<_> = (0..500).map(hold).collect();
    for key in 500..20_000u32 {
        assert!(limiter.check_key(&key, &plan, 1).is_allowed());
    }
    held.into_iter()
        .for_each(ratelimit_core::MemoryReservation::cancel);
    assert!((0..500u32).all(|key| limiter.peek_key(&key, &plan, 0).remaining() == 60));
}

#[test]
fn debt_after_a_reset_is_charged() {
    each(|limiter, _, policy| {
        let plan = minutely(policy);
        let settle = limiter.hold(&plan, 10).unwrap();
        limiter.forget(&plan);
        settle(30);
        assert_eq!(limiter.left(&plan), 40);
    });
}

#[test]
fn a_refund_to_a_key_that_was_evicted_meanwhile_mints_nothing() {
    for policy in RATES {
        let limiter = store().clock(ManualClock::new()).capacity(1).build();
        let plan = minutely(policy);
        let mut evicted = 0;
        for round in 0..20u32 {
            let me = format!("me{round}");
            let held = limiter.reserve_key(&me, &plan, 30);
            let Ok(held) = held else { continue };
            for i in 0..2_000u32 {
                let _ = limiter.check_key(&(round, i), &plan, 40);
            }
            if limiter.peek_key(&me, &plan, 0).remaining() != 60 {
                continue;
            }
            evicted += 1;
            let taken = limiter.check_key(&me, &plan, 45).is_allowed();
            held.cancel();
            let stands = limiter.peek_key(&me, &plan, 0).remaining();
            assert!(!taken || stands <= 15, "{stands}");
        }
        assert!(evicted > 0);
    }
}

#[test]
fn debt_of_a_key_that_was_evicted_is_remembered() {
    let limiter = store().clock(ManualClock::new()).capacity(1).build();
    let plan = Plan::from(MINUTELY);
    let held = limiter.reserve_key("me", &plan, 1).unwrap();
    for i in 0..5_000u32 {
        let _ = limiter.check_key(&i, &plan, 30);
    }
    assert_eq!(limiter.peek_key("me", &plan, 0).remaining(), 60, "evicted");
    held.settle(51);
    assert_eq!(limiter.peek_key("me", &plan, 0).remaining(), 10);
}

#[test]
fn a_refund_across_a_tier_change_is_whole_where_the_state_knows_what_it_was() {
    for policy in &RATES[1..] {
        let large = plan([policy("p", Quota::per_minute(600))]);
        let small = minutely(*policy);
        let (limiter, clock) = stopped_store();
        for (before, after) in [(&large, &small), (&small, &large)] {
            limiter.reset_key("me", before);
            let settle = limiter.hold(before, 60).unwrap();
            assert!(limiter.take(after, 0));
            clock.advance(ns(1000));
            settle(0);
            assert_eq!(limiter.left(after), u64::from(after.policies()[0].limit()));
        }
    }
}

/// The story on a limiter of each kind that begins with a bucket of 600 a minute.
fn each_from_fast(story: impl Fn(&dyn One, &ManualClock, &Plan)) {
    let fast = Plan::from(Quota::per_minute(600));
    let (memory, clock) = stopped_store();
    story(&memory, &clock, &fast);
    let clock = ManualClock::new();
    story(
        &Direct::with_clock(fast.clone(), clock.clone()),
        &clock,
        &fast,
    );
}

#[test]
fn a_bucket_whose_rate_changed_meanwhile_gives_nothing_back() {
    each_from_fast(|limiter, _, fast| {
        let slow = Plan::from(MINUTELY);
        let settle = limiter.hold(fast, 60).unwrap();
        assert!(limiter.take(&slow, 0));
        settle(0);
        assert_eq!(limiter.left(&slow), 0);
    });
}

#[test]
fn a_bucket_whose_burst_alone_changed_gives_everything_back() {
    each_from_fast(|limiter, _, fast| {
        let bursty = Plan::from(Quota::per_minute(600).burst(700));
        let settle = limiter.hold(fast, 600).unwrap();
        assert!(limiter.take(&bursty, 100));
        settle(0);
        assert_eq!(limiter.left(&bursty), 600);
    });
}

#[test]
fn a_bucket_that_was_fast_for_a_while_gives_back_nothing_that_flowed_back_then() {
    each_from_fast(|limiter, clock, fast| {
        let slow = Plan::from(Quota::per_hour(60));
        let settle = limiter.hold(&slow, 60).unwrap();
        assert!(limiter.take(fast, 0));
        clock.advance(secs(6));
        // All 60 have flowed back, and are spent again.
        assert!(limiter.take(&slow, 60));
        settle(0);
        assert_eq!(limiter.left(&slow), 0);
    });
}

#[test]
fn a_refund_after_a_downgrade_counts_what_flowed_back_before_it() {
    let fast = Plan::from(Quota::per_minute(600));
    let slow = Plan::from(MINUTELY);
    let (memory, clock) = stopped_store();
    let story = |limiter: &dyn One, clock: &ManualClock| {
        let settle = limiter.hold(&fast, 600).unwrap();
        clock.advance(secs(30));
        // 300 have flowed back, and are spent again.
        assert!(limiter.take(&fast, 300));
        assert!(!limiter.take(&slow, 1));
        settle(0);
        assert_eq!(limiter.left(&slow), 0);
        clock.advance(secs(240));
        assert!(
            !limiter.take(&slow, 1),
            "300 at one a second, and a burst of 60"
        );
    };
    story(&memory, &clock);
    let clock = ManualClock::new();
    story(&Direct::with_clock(fast.clone(), clock.clone()), &clock);
}

#[test]
fn a_refund_goes_to_the_window_that_it_was_taken_in() {
    for policy in [Policy::fixed_window, Policy::sliding_counter] {
        let (minute, hour) = (
            plan([policy("p", MINUTELY)]),
            plan([policy("p", Quota::per_hour(60))]),
        );
        let (memory, clock) = stopped_store();
        let direct = Direct::with_clock(hour.clone(), clock.clone());
        for limiter in [&memory as &dyn One, &direct] {
            let early = limiter.hold(&minute, 60).unwrap();
            clock.advance(secs(180));
            assert!(limiter.take(&hour, 60));
            let late = limiter.hold(&minute, 60).unwrap();
            assert!(!limiter.take(&hour, 1));
            early(0);
            late(10);
            assert!(!limiter.take(&hour, 1), "60 were spent within the hour");
            assert!(limiter.take(&minute, 50));
            assert!(!limiter.take(&minute, 1));
        }
    }
}

#[test]
fn tickets_of_a_rate_and_of_a_cap_of_one_name_do_not_meet() {
    let rate = plan([Policy::gcra("p", MINUTELY)]);
    let cap = plan([Policy::concurrency("p", 1)]);
    let (memory, clock) = stopped_store();
    let direct = Direct::with_clock(rate.clone(), clock);
    for limiter in [&memory as &dyn One, &direct] {
        let units = limiter.hold(&rate, 60).unwrap();
        let permit = limiter.hold(&cap, 1).unwrap();
        units(10);
        assert!(
            limiter.hold(&cap, 1).is_none(),
            "a rate's ticket let go of a permit"
        );
        assert!(limiter.take(&rate, 50));
        permit(0);
        assert!(!limiter.take(&rate, 1), "a permit gave back units");
        assert!(limiter.hold(&cap, 1).is_some());
    }
}

#[test]
fn a_cap_that_left_the_plan_and_came_back_does_not_count_permits_twice() {
    let cap = plan([Policy::concurrency("cap", 1)]);
    let none = plan([Policy::gcra("p", MINUTELY)]);
    let (memory, clock) = stopped_store();
    let direct = Direct::with_clock(cap.clone(), clock);
    for limiter in [&memory as &dyn One, &direct] {
        let former = limiter.hold(&cap, 1).unwrap();
        assert!(limiter.take(&none, 1));
        assert!(limiter.hold(&cap, 1).is_none(), "two at once");
        former(0);
        assert!(limiter.hold(&cap, 1).is_some());
    }
}

#[test]
fn a_log_whose_newest_units_were_given_back_is_empty_when_the_others_leave() {
    let (limiter, clock) = stopped_store();
    let plan = minutely(Policy::sliding_log);
    assert!(limiter.check_key("me", &plan, 5).is_allowed());
    clock.advance(secs(10));
    limiter.reserve_key("me", &plan, 5).unwrap().cancel();
    let decision = limiter.peek_key("me", &plan, 0);
    assert_eq!(decision.reset_after(), secs(50));
    assert_eq!(decision.remaining(), 55);
}

#[test]
fn permits_come_back_exactly_once_whatever_becomes_of_the_rest() {
    let plan = plan([
        Policy::concurrency("cap", 3),
        Policy::gcra("p", Quota::per_second(1000)),
    ]);
    let (memory, clock) = stopped_store();
    let direct = Direct::with_clock(plan.clone(), clock);
    for limiter in [&memory as &dyn One, &direct] {
        for actual in [0, 1, 5, 100] {
            let held: Vec<_> = (0..3).map(|_| limiter.hold(&plan, 5).unwrap()).collect();
            assert!(limiter.hold(&plan, 5).is_none());
            limiter.forget(&plan);
            assert!(limiter.hold(&plan, 5).is_none(), "a reset keeps permits");
            for (left, settle) in (1..).zip(held) {
                settle(actual);
                assert_eq!(limiter.left(&plan), left);
            }
        }
    }
}

#[test]
fn a_full_cap_is_a_refusal_without_a_time() {
    let pair = Pair::new(plan([Policy::concurrency("cap", 2)]));
    let held = (
        pair.direct.reserve(1).unwrap(),
        pair.direct.reserve(7).unwrap(),
    );
    let keyed = [1, 7].map(|cost| pair.memory.reserve_key("key", &pair.plan, cost).unwrap());
    let refused = pair.check(1);
    assert_eq!(refused.reason(), Some(Reason::Concurrency));
    assert_eq!((refused.remaining(), refused.retry_after()), (0, None));
    assert_eq!(refused.reset_after(), Duration::ZERO);
    drop((held, keyed));
    assert_eq!(pair.peek(1).remaining(), 2);
}

/// A pause in thousandths of a window, a cost, and for a reservation what was really used and how many
/// charges later that is known.
type Story = (u64, u32, Option<(u32, usize)>);

/// Reservations, checks and settlements at any time; the model is told only what was really used,
/// at the time when it was taken. The limiter may never have more left than the model.
fn nets_out<M: Model>(quota: Quota, exact: bool, moves: &[Story]) {
    let pair = Pair::new(Plan::try_from(M::policy("p", quota)).unwrap());
    let mut taken: Vec<(u64, u64)> = Vec::new();
    let mut open = Vec::new();
    for &(wait, cost, reserve) in moves {
        let wait = u128::from(window_of(quota)) * u128::from(wait) / 1000;
        pair.clock.advance(ns(u64::try_from(wait).unwrap()));
        let cost = cost.min(M::most(quota));
        if let Some((actual, after)) = reserve {
            if let (Ok(direct), Ok(keyed)) = (
                pair.direct.reserve(cost),
                pair.memory.reserve_key("key", &pair.plan, cost),
            ) {
                let permit = keyed.into_permit().unwrap();
                open.push((taken.len() + after, taken.len(), actual, direct, permit));
                taken.push((pair.now(), u64::from(cost)));
            }
        } else if pair.check(cost).is_allowed() {
            taken.push((pair.now(), u64::from(cost)));
        }
        let (due, rest): (Vec<_>, _) = open.into_iter().partition(|o| o.0 <= taken.len());
        open = rest;
        for (_, which, actual, direct, keyed) in due {
            let before = taken[which].1;
            taken[which].1 = before.min(u64::from(actual));
            direct.settle(actual);
            keyed.settle(actual);
            if u64::from(actual) > before {
                taken.push((pair.now(), u64::from(actual) - before));
            }
        }
        let mut model = M::new(quota);
        for &(at, units) in &taken {
            model.charge(at, units);
        }
        let (left, truth) = (pair.peek(0).remaining(), model.remaining(pair.now()));
        assert!(left <= truth, "minted: {left} left, not {truth}");
        assert!(!exact || left == truth, "lost: {left} left, not {truth}");
    }
}

fn stories() -> impl Strategy<Value = Vec<Story>> {
    let wait = prop_oneof![2 => Just(0), 2 => 0..50u64, 1 => 0..1500u64];
    let story = (wait, 0..20u32, prop::option::of((0..30u32, 0..5usize)));
    prop::collection::vec(story, 1..40)
}

fn small() -> impl Strategy<Value = Quota> {
    prop_oneof![
        (
            5..60u32,
            prop::sample::select(vec![SECOND, MINUTE, 997_000_001])
        )
            .prop_map(|(l, w)| quota(l, w)),
        quotas(),
    ]
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn refunds_of_a_bucket_never_mint(
        quota in prop_oneof![small(), quotas_with_burst()],
        moves in stories(),
    ) {
        nets_out::<Bucket>(quota, false, &moves);
    }

    #[test]
    fn refunds_of_a_log_are_exact(quota in small(), moves in stories()) {
        nets_out::<Log>(quota, true, &moves);
    }

    #[test]
    fn refunds_of_a_window_are_exact(quota in small(), moves in stories()) {
        nets_out::<Windows>(quota, true, &moves);
    }

    #[test]
    fn refunds_of_two_counters_are_exact(quota in small(), moves in stories()) {
        nets_out::<Counter>(quota, true, &moves);
    }

    #[test]
    fn a_lone_refund_of_a_bucket_is_exact_to_the_nanosecond(
        quota in quotas_with_burst(),
        before in 0..=1000u64,
        amount in 0..=1000u64,
        unused in 0..=1000u64,
        waits in (0..2000u64, 0..2000u64),
    ) {
        let pair = Pair::new(quota);
        let most = u64::from(quota.burst_size());
        let part = |of: u64, part: u64| u32::try_from(of * part / 1000).unwrap();
        let wait = |part: u64| ns(u64::try_from(quota.window().as_nanos() * u128::from(part) / 1000).unwrap());
        let mut model = Bucket::new(quota);
        let first = part(most, before);
        assert!(pair.check(first).is_allowed());
        model.charge(pair.now(), u64::from(first));
        pair.clock.advance(wait(waits.0));
        let cost = part(pair.peek(0).remaining(), amount);
        let actual = cost - part(u64::from(cost), unused);
        let direct = pair.direct.reserve(cost).unwrap();
        let keyed = pair.memory.reserve_key("key", &pair.plan, cost).unwrap();
        model.charge(pair.now(), u64::from(actual));
        pair.clock.advance(wait(waits.1));
        direct.settle(actual);
        keyed.settle(actual);
        let left = pair.peek(0).remaining();
        let now = pair.now();
        prop_assert!(left <= model.remaining(now));
        // Two nanoseconds later, nothing is lost.
        pair.clock.advance(ns(2));
        prop_assert!(pair.peek(0).remaining() >= model.remaining(now));
    }
}
