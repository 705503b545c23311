//! Several policies, and several subjects, are taken together or not at all.

#![allow(clippy::unwrap_used, reason = "what should not be, fails the test")]

mod oracle;

use std::convert::Infallible;

use oracle::{
    BY_DAY, DAY, MINUTE, Pair, SECOND, cases, ns, plan, quota, secs, stopped_store, store,
};
use proptest::prelude::*;
use ratelimit_core::{
    Check, DecisionRef, Key, Limiter, ManualClock, Memory, MemoryTicket, Permit, Plan, Policy,
    Quota, Reason, Subject, WhenFull,
};

const MINUTELY: Quota = Quota::per_minute(60);

type Answer<'p> = (DecisionRef<'p>, Option<MemoryTicket>);

fn done<'p>(check: Check<'p, Memory>) -> Answer<'p> {
    match check {
        Check::Done(Ok(verdict)) => (verdict.decision, verdict.ticket),
        Check::Done(Err(error)) => match error {},
        Check::Wait(_) => unreachable!("memory answers at once"),
    }
}

fn key(limiter: &Memory, name: impl AsRef<[u8]>) -> Key {
    limiter.hasher().sink().text(name).key()
}

fn check<'p>(limiter: &Memory, subjects: &[(Key, &'p Plan)], cost: u32) -> Answer<'p> {
    let subjects: Vec<_> = subjects.iter().map(subject).collect();
    done(limiter.check(&subjects, cost.into()))
}

fn peek<'p>(limiter: &Memory, subjects: &[(Key, &'p Plan)], cost: u32) -> DecisionRef<'p> {
    let subjects: Vec<_> = subjects.iter().map(subject).collect();
    done(limiter.peek(&subjects, cost.into())).0
}

fn subject<'a>(&(key, plan): &(Key, &'a Plan)) -> Subject<'a> {
    Subject { key, plan }
}

fn remaining(decision: &DecisionRef<'_>) -> Vec<u64> {
    decision.policies().map(|p| p.remaining()).collect()
}

fn one_of_each(limit: u32, window: u64) -> Plan {
    let quota = quota(limit, window);
    plan([
        Policy::gcra("gcra", quota),
        Policy::sliding_log("log", quota),
        Policy::sliding_counter("counter", quota),
        Policy::fixed_window("window", quota),
        Policy::concurrency("cap", 5),
    ])
}

#[test]
fn a_refusal_charges_no_policy_and_names_the_one_that_binds() {
    let tight = plan([
        Policy::gcra("second", Quota::per_second(10)),
        Policy::sliding_log("minute", Quota::per_minute(20)),
        Policy::fixed_window("day", Quota::per_day(22)),
        Policy::concurrency("cap", 100),
    ]);
    let pair = Pair::new(tight);
    assert!(pair.check(10).is_allowed());
    let before = remaining(&pair.peek(0));
    let refused = pair.check(1);
    assert_eq!(refused.binding().name(), "second");
    assert_eq!(refused.retry_after(), Some(ns(SECOND / 10)));
    assert_eq!(remaining(&refused), before);
    assert_eq!(remaining(&pair.peek(0)), before);
    pair.clock.advance(secs(1));
    assert!(pair.check(10).is_allowed());
    let refused = pair.check(1);
    assert_eq!(refused.binding().name(), "minute");
    assert_eq!(refused.retry_after(), Some(secs(59)));
    pair.clock.advance(secs(60));
    assert!(pair.check(2).is_allowed());
    let refused = pair.check(1);
    assert_eq!(refused.binding().name(), "day");
    assert_eq!(refused.reason(), Some(Reason::Rate));
    let impossible = pair.check(11);
    assert_eq!(impossible.binding().name(), "second");
    assert_eq!(impossible.reason(), Some(Reason::CostExceedsLimit));
    assert_eq!(impossible.retry_after(), None);
}

#[test]
fn subjects_are_taken_together_or_not_at_all() {
    let limiter = store().capacity(10_000).clock(ManualClock::new()).build();
    let (token, address) = (one_of_each(100, MINUTE), one_of_each(50, MINUTE));
    // Among so many pairs some share a shard and most do not.
    for i in 0..400u32 {
        let (a, b) = (
            key(&limiter, format!("t{i}")),
            key(&limiter, format!("a{i}")),
        );
        let both = [(a, &token), (b, &address)];
        let (decision, ticket) = check(&limiter, &both, 30);
        assert_eq!(remaining(&decision), [70, 70, 70, 70, 4, 20, 20, 20, 20, 4]);
        let (refused, none) = check(&limiter, &both, 30);
        assert_eq!(refused.reason(), Some(Reason::Rate));
        assert!(none.is_none());
        assert_eq!(remaining(&refused), remaining(&decision));
        limiter.settle(ticket.unwrap(), ratelimit_core::Outcome::Keep.into());
        assert_eq!(
            remaining(&peek(&limiter, &both, 0)),
            [70, 70, 70, 70, 5, 20, 20, 20, 20, 5]
        );
    }
}

#[test]
fn many_policies_of_two_subjects_that_share_an_empty_shard_are_all_counted() {
    let policies = |prefix: &str| {
        let policy = |i| Policy::gcra(format!("{prefix}{i}"), MINUTELY);
        plan((0..8).map(policy))
    };
    let (one, two) = (policies("a"), policies("b"));
    for i in 0..500u32 {
        let limiter = store().clock(ManualClock::new()).capacity(10_000).build();
        let both = [
            (key(&limiter, format!("x{i}")), &one),
            (key(&limiter, format!("y{i}")), &two),
        ];
        let _ = check(&limiter, &both, 7);
        assert_eq!(remaining(&peek(&limiter, &both, 0)), [53; 16], "{i}");
    }
}

#[test]
fn a_policy_that_is_new_to_a_key_never_takes_the_place_of_its_sibling() {
    let (limiter, clock) = stopped_store();
    let second = Policy::gcra("second", Quota::per_second(10));
    let short = plan([second.clone()]);
    let both = plan([Policy::gcra("day", Quota::per_day(5)), second]);
    for i in 0..50u32 {
        assert!(limiter.check_key(&i, &short, 1).is_allowed());
    }
    // The keys' states are worth nothing any more, so their slots are there to be used again.
    clock.advance(secs(10));
    for i in 0..50u32 {
        assert!(limiter.check_key(&i, &both, 1).is_allowed());
        assert_eq!(remaining(&limiter.peek_key(&i, &both, 0)), [4, 9]);
    }
}

#[test]
fn in_a_full_store_a_new_policy_does_not_evict_its_sibling() {
    let limiter = store().clock(ManualClock::new()).capacity(1).build();
    let second = Policy::gcra("second", Quota::per_second(1000));
    let short = plan([second.clone()]);
    let both = plan([Policy::gcra("day", Quota::per_day(5)), second]);
    let full = Plan::from(Quota::per_day(1));
    assert!(limiter.check_key("me", &short, 1).is_allowed());
    for i in 0..10_000u32 {
        let _ = limiter.check_key(&i, &full, 1);
    }
    assert_eq!(
        limiter.peek_key("me", &short, 0).remaining(),
        1000,
        "evicted"
    );
    // Now nothing but used-up keys: neither policy finds a place, or both do.
    let admitted = (0..100).filter(|_| limiter.check_key("me", &both, 1).is_allowed());
    assert!(admitted.count() <= 5);
}

#[test]
fn one_key_in_two_plans_is_charged_once_for_a_policy_that_both_name() {
    let (limiter, _) = stopped_store();
    let one = plan([
        Policy::gcra("minute", MINUTELY),
        Policy::gcra("b", MINUTELY),
    ]);
    let two = plan([
        Policy::gcra("minute", MINUTELY),
        Policy::gcra("c", MINUTELY),
    ]);
    for i in 0..100u32 {
        let me = key(&limiter, i.to_string());
        let both = [(me, &one), (me, &two)];
        let (decision, _) = check(&limiter, &both, 10);
        assert_eq!(remaining(&decision), [50; 4], "as it stands afterwards");
        assert_eq!(remaining(&peek(&limiter, &both, 0)), [50; 4]);
        let (decision, _) = check(&limiter, &both, 50);
        assert!(decision.is_allowed());
        assert!(!check(&limiter, &both, 1).0.is_allowed());
    }
}

#[test]
fn one_key_in_two_plans_must_fit_both_quotas_of_a_policy_that_both_name() {
    let make: [fn(&'static str, Quota) -> Policy; 4] = [
        Policy::gcra,
        Policy::sliding_log,
        Policy::sliding_counter,
        Policy::fixed_window,
    ];
    for (a, first) in make.into_iter().enumerate() {
        for (b, second) in make.into_iter().enumerate() {
            let (limiter, clock) = stopped_store();
            let one = plan([first("p", Quota::per_minute(100))]);
            let two = plan([second("p", Quota::per_minute(60))]);
            let me = key(&limiter, "me");
            let both = [(me, &one), (me, &two)];
            for left in (0..6u64).rev() {
                // Also when the state comes from either plan alone.
                let alone = [(me, if left % 2 == 0 { &one } else { &two })];
                assert!(check(&limiter, &alone, 0).0.is_allowed());
                let (decision, _) = check(&limiter, &both, 10);
                assert!(decision.is_allowed(), "{a} {b} {decision:?}");
                assert_eq!(remaining(&decision), [left * 10 + 40, left * 10], "{a} {b}");
                let stands = peek(&limiter, &both, 0);
                assert_eq!(remaining(&stands), remaining(&decision), "{a} {b}");
            }
            assert!(!check(&limiter, &both, 1).0.is_allowed(), "{a} {b}");
            // Nobody else's log is touched by it.
            let other = limiter.check_key("other", &one, 100);
            assert!(other.is_allowed() && other.remaining() == 0);
            assert_eq!(remaining(&peek(&limiter, &both, 0)), [40, 0], "{a} {b}");
            clock.advance(ns(DAY));
            assert_eq!(remaining(&peek(&limiter, &both, 0)), [100, 60]);
        }
    }
}

#[test]
fn a_peek_under_another_plan_changes_nothing() {
    let make: [fn(&'static str, Quota) -> Policy; 4] = [
        Policy::gcra,
        Policy::sliding_log,
        Policy::sliding_counter,
        Policy::fixed_window,
    ];
    for mine in make {
        for theirs in make {
            let mine = plan([mine("p", Quota::per_minute(60))]);
            let theirs = plan([theirs("p", Quota::per_second(600))]);
            let ((seen, seen_clock), (unseen, clock)) = (stopped_store(), stopped_store());
            for (limiter, clock) in [(&seen, &seen_clock), (&unseen, &clock)] {
                assert!(limiter.check_key("me", &mine, 40).is_allowed());
                clock.advance(secs(7));
                assert!(limiter.check_key("me", &mine, 20).is_allowed());
            }
            for _ in 0..70 {
                let _ = seen.peek_key("me", &theirs, 1);
                seen_clock.advance(secs(1));
                clock.advance(secs(1));
                let (a, b) = (
                    seen.peek_key("me", &mine, 1),
                    unseen.peek_key("me", &mine, 1),
                );
                assert_eq!(format!("{a:?}"), format!("{b:?}"));
            }
        }
    }
}

#[test]
fn a_check_without_a_reservation_only_looks_at_a_cap() {
    let pair = Pair::new(plan([
        Policy::concurrency("cap", 2),
        Policy::gcra("p", MINUTELY),
    ]));
    assert_eq!(remaining(&pair.check(1)), [2, 59]);
    let (a, b) = (
        pair.direct.reserve(1).unwrap(),
        pair.memory.reserve_key("key", &pair.plan, 1).unwrap(),
    );
    assert_eq!(remaining(a.decision()), [1, 58]);
    assert_eq!(remaining(b.decision()), [1, 58]);
    assert_eq!(remaining(&pair.check(1)), [1, 57]);
    let more = (
        pair.direct.reserve(1).unwrap(),
        pair.memory.reserve_key("key", &pair.plan, 1).unwrap(),
    );
    let refused = pair.check(1);
    assert_eq!(refused.reason(), Some(Reason::Concurrency));
    assert_eq!(
        (refused.retry_after(), refused.binding().name()),
        (None, "cap")
    );
    drop(more);
    assert!(pair.check(1).is_allowed());
}

#[test]
fn what_remains_is_said_of_rates_and_caps_stand_beside_it() {
    let plan = plan([
        Policy::gcra("rate", Quota::per_minute(100)),
        Policy::concurrency("cap", 1),
    ]);
    let pair = Pair::new(plan.clone());
    let held = pair.memory.reserve_key("key", &plan, 1).unwrap();
    let direct = pair.direct.reserve(1).unwrap();
    for decision in [held.decision(), direct.decision()] {
        assert_eq!(decision.remaining(), 99);
        assert_eq!(remaining(decision), [99, 0]);
    }
    let full = pair.check(1);
    assert_eq!(
        (full.reason(), full.retry_after()),
        (Some(Reason::Concurrency), None)
    );
    // When a rate refuses too, it is the one whose time is known.
    let both = pair.check(100);
    assert_eq!(both.reason(), Some(Reason::Rate));
    assert_eq!(both.retry_after(), Some(ns(600_000_000)));
}

#[test]
fn a_cost_of_nothing_charges_nothing_and_evicts_nobody() {
    let limiter = store().clock(ManualClock::new()).capacity(1).build();
    let half = Plan::from(Quota::per_day(2));
    for i in 0..10_000u32 {
        let _ = limiter.check_key(&i, &half, 1);
    }
    let evicted = limiter.stats().evicted;
    for i in 10_000..20_000u32 {
        let decision = limiter.check_key(&i, &half, 0);
        assert!(decision.is_allowed() && decision.remaining() == 2);
    }
    assert_eq!(limiter.stats().evicted, evicted);
}

#[test]
fn what_nobody_remembers_is_refused_or_admitted_as_was_chosen() {
    let full = Plan::from(Quota::per_minute(1));
    for when_full in [WhenFull::Refuse, WhenFull::Admit] {
        let clock = ManualClock::new();
        let limiter = store().capacity(1).clock(clock.clone());
        let limiter = limiter.when_full(when_full).build();
        let (mut admitted, mut refused) = (0, None);
        for i in 0..20_000u32 {
            clock.advance(ns(1000));
            let decision = limiter.check_key(&i, &full, 1);
            match decision.reason() {
                None => admitted += 1,
                reason => {
                    assert_eq!(reason, Some(Reason::StoreFull));
                    refused = Some((i, decision.retry_after().unwrap()));
                }
            }
        }
        match when_full {
            WhenFull::Refuse => {
                assert!((1_000..3_000).contains(&admitted), "{admitted}");
                assert_eq!(limiter.stats().unstored, 0);
                let (who, wait) = refused.unwrap();
                clock.advance(wait - ns(1));
                let early = limiter.peek_key(&who, &full, 1);
                assert_eq!(early.reason(), Some(Reason::StoreFull));
                assert_eq!(early.retry_after(), Some(ns(1)));
                clock.advance(ns(1));
                assert!(limiter.check_key(&who, &full, 1).is_allowed());
            }
            _ => {
                assert_eq!(admitted, 20_000);
                let stats = limiter.stats();
                assert_eq!(stats.slots as u64 + stats.unstored, 20_000);
            }
        }
    }
}

#[test]
fn a_full_store_tells_a_plan_of_many_policies_when_all_of_them_find_a_place() {
    let clock = ManualClock::new();
    let limiter = store().capacity(1).clock(clock.clone()).build();
    let minute = Plan::from(Quota::per_minute(1));
    for i in 0..20_000u32 {
        clock.advance(ns(1000));
        let _ = limiter.check_key(&i, &minute, 1);
    }
    let three = ["a", "b", "c"].map(|name| Policy::gcra(name, Quota::per_day(3)));
    let three = plan(three);
    for i in 0..20u32 {
        let me = format!("me{i}");
        while let Some(wait) = limiter.peek_key(&me, &three, 1).retry_after() {
            clock.advance(wait - ns(1));
            assert!(!limiter.peek_key(&me, &three, 1).is_allowed());
            clock.advance(ns(1));
            assert!(limiter.peek_key(&me, &three, 1).is_allowed(), "{i}");
        }
        assert!(limiter.check_key(&me, &three, 1).is_allowed());
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_plan_admits_what_all_its_policies_admit(
        limits in prop::collection::vec((0..5usize, 1..30u32, 1..100u64), 1..=8),
        moves in prop::collection::vec((0..3u32, 0..60_000u64), 1..60),
    ) {
        const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let policies: Vec<_> = limits.iter().zip(NAMES).map(|(&(algorithm, limit, tenths), name)| {
            let quota = quota(limit, tenths * SECOND / 10);
            match algorithm {
                0 => Policy::gcra(name, quota),
                1 => Policy::sliding_log(name, quota),
                2 => Policy::sliding_counter(name, quota),
                3 => Policy::fixed_window(name, quota),
                _ => BY_DAY.unwrap_or(Policy::fixed_window)(name, quota),
            }
        }).collect();
        let together = Pair::new(plan(policies.clone()));
        let clock = &together.clock;
        let alone: Vec<_> = policies.into_iter().map(|policy| {
            ratelimit_core::Direct::with_clock(Plan::try_from(policy).unwrap(), clock.clone())
        }).collect();
        for (cost, wait) in moves {
            clock.advance(ns(wait * 1_000_000 / 7));
            let each: Vec<_> = alone.iter().map(|l| l.peek(cost)).collect();
            let decision = together.check(cost);
            let fits = each.iter().all(DecisionRef::is_allowed);
            prop_assert_eq!(decision.is_allowed(), fits);
            if fits {
                for limiter in &alone {
                    prop_assert!(limiter.check(cost).is_allowed());
                }
            } else if let Some(wait) = decision.retry_after() {
                let latest = each.iter().filter_map(DecisionRef::retry_after).max();
                prop_assert_eq!(Some(wait), latest);
                clock.advance(wait);
                prop_assert!(together.peek(cost).is_allowed());
                clock.step_back(ns(1));
                prop_assert!(!together.peek(cost).is_allowed());
                clock.step_back(wait - ns(1));
            } else {
                prop_assert_eq!(decision.reason(), Some(Reason::CostExceedsLimit));
            }
            let stands: Vec<_> = alone.iter().map(|l| l.peek(0).remaining()).collect();
            prop_assert_eq!(remaining(&decision), stands);
        }
    }
}

#[test]
fn a_permit_is_settled_once_and_gives_back_what_was_not_used() {
    let (limiter, _) = stopped_store();
    let plan = plan([Policy::gcra("p", MINUTELY), Policy::concurrency("cap", 1)]);
    let me = key(&limiter, "me");
    let subject = [Subject {
        key: me,
        plan: &plan,
    }];
    let reserve = |cost: u32| {
        let (_, ticket) = done(limiter.reserve(&subject, cost.into()));
        Permit::new(limiter.clone(), ticket.unwrap())
    };
    reserve(10).settle(3);
    assert_eq!(remaining(&peek(&limiter, &[(me, &plan)], 0)), [57, 1]);
    reserve(10).cancel();
    assert_eq!(remaining(&peek(&limiter, &[(me, &plan)], 0)), [57, 1]);
    drop(reserve(10));
    assert_eq!(remaining(&peek(&limiter, &[(me, &plan)], 0)), [47, 1]);
    let held = reserve(1);
    let (refused, _) = check(&limiter, &[(me, &plan)], 1);
    assert_eq!(refused.reason(), Some(Reason::Concurrency));
    let answer: Result<_, Infallible> = match limiter.reset(&subject) {
        Check::Done(answer) => answer,
        Check::Wait(_) => unreachable!("memory answers at once"),
    };
    let stands = answer.unwrap().decision.into_owned();
    assert_eq!(remaining(&stands), [60, 0]);
    drop(held);
    assert_eq!(remaining(&peek(&limiter, &[(me, &plan)], 0)), [60, 1]);
}
