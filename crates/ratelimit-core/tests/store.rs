//! The keyed store: bounded, and forgets nobody whom it matters to remember.

#![allow(clippy::unwrap_used, reason = "what should not be, fails the test")]

mod oracle;

use std::collections::HashMap;

use oracle::{BY_DAY, Bucket, DAY, Model, cases, ns, plan, quota, secs, store};
use proptest::prelude::*;
use ratelimit_core::{Clock, ManualClock, Memory, MemoryBuilder, Plan, Policy, Quota, WhenFull};

const RATES: [fn(&'static str, Quota) -> Policy; 4] = [
    Policy::gcra,
    Policy::sliding_log,
    Policy::sliding_counter,
    Policy::fixed_window,
];

fn stopped(builder: MemoryBuilder) -> Memory {
    builder.clock(ManualClock::new()).build()
}

#[test]
fn a_million_keys_in_a_store_for_a_million_are_all_remembered_in_40_bytes_each() {
    const KEYS: u32 = 1_000_000;
    let limiter = stopped(store());
    let once = Plan::from(Quota::per_day(1));
    for key in 0..KEYS {
        assert!(limiter.check_key(&key, &once, 1).is_allowed());
    }
    for key in 0..KEYS {
        assert!(!limiter.check_key(&key, &once, 1).is_allowed(), "{key}");
    }
    let stats = limiter.stats();
    assert_eq!((stats.slots, stats.evicted), (KEYS as usize, 0));
    assert!(stats.bytes <= 40 * KEYS as usize, "{}", stats.bytes);
}

#[test]
fn keys_with_many_policies_fit_where_room_was_made_for_them() {
    for policies in [1, 3, 8] {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let many = names[..policies]
            .iter()
            .map(|n| Policy::gcra(*n, Quota::per_day(1)));
        let many = plan(many);
        let keys = 40_000;
        let limiter = stopped(store().capacity(keys).policies_per_key(policies));
        for key in 0..keys {
            assert!(
                limiter.check_key(&key, &many, 1).is_allowed(),
                "{policies}: {key}"
            );
        }
        let stats = limiter.stats();
        assert_eq!((stats.slots, stats.evicted), (keys * policies, 0));
        let mean = stats.bytes / stats.slots;
        assert!(mean <= 48, "{policies}: {mean}");
    }
}

/// In a store for `capacity` keys exhausts a fifth as many, uses half of as many more, and lets a
/// flood of 20 times the capacity come. Who was forgotten?
fn forgotten(victims: &Plan, flood: &Plan, capacity: usize) -> (usize, usize) {
    let keys = capacity / 5;
    let limiter = stopped(store().capacity(capacity));
    let limit = victims.policies()[0].limit();
    for key in 0..keys {
        assert!(
            limiter
                .check_key(&("full", key), victims, limit)
                .is_allowed()
        );
        assert!(
            limiter
                .check_key(&("half", key), victims, limit / 2)
                .is_allowed()
        );
    }
    let bytes = limiter.stats().bytes;
    for key in 0..20 * capacity {
        let _ = limiter.check_key(&("flood", key), flood, 1);
    }
    let remaining = |who, key| limiter.peek_key(&(who, key), victims, 0).remaining();
    let full = (0..keys).filter(|k| remaining("full", *k) > 0).count();
    let half = (0..keys).filter(|k| remaining("half", *k) > u64::from(limit - limit / 2));
    assert!(limiter.stats().bytes <= bytes.max(capacity * 80 + 2_048 * 64));
    (full, half.count())
}

#[test]
fn a_flood_of_fresh_keys_forgets_no_exhausted_key() {
    let quotas = [
        (Quota::per_minute(60), Quota::per_minute(60)),
        (Quota::per_minute(60), Quota::per_day(1000)),
        (Quota::per_day(1000), Quota::per_minute(60)),
        (Quota::per_day(2), Quota::per_second(u32::MAX)),
        (Quota::per_minute(60), Quota::per_day(1)),
    ];
    for policy in RATES.into_iter().chain(BY_DAY) {
        for (victims, flood) in quotas {
            let (victims, flood) = (plan([policy("v", victims)]), plan([policy("f", flood)]));
            assert_eq!(
                forgotten(&victims, &flood, 600).0,
                0,
                "{victims:?} {flood:?}"
            );
        }
    }
}

#[test]
fn a_flood_of_fresh_keys_forgets_few_half_used_ones() {
    let quotas = [
        (Quota::per_minute(60), Quota::per_day(1000)),
        (Quota::per_day(1000), Quota::per_minute(60)),
    ];
    for (victims, flood) in quotas {
        let (full, half) = forgotten(&victims.into(), &flood.into(), 5_000);
        assert_eq!(full, 0);
        assert!(half <= 100, "{half} of 1,000");
    }
}

#[test]
fn a_flood_forgets_no_permit_that_is_held() {
    let limiter = stopped(store().capacity(1_000));
    let cap = plan([Policy::concurrency("cap", 100)]);
    let held: Vec<_> = (0..300)
        .map(|k| limiter.reserve_key(&k, &cap, 1).unwrap())
        .collect();
    let flood = Plan::from(Quota::per_day(1000));
    for key in 1_000..40_000 {
        let _ = limiter.check_key(&key, &flood, 1);
    }
    assert!((0..300).all(|k| limiter.peek_key(&k, &cap, 0).remaining() == 99));
    drop(held);
    assert!((0..300).all(|k| limiter.peek_key(&k, &cap, 0).remaining() == 100));
}

#[test]
fn every_newcomer_finds_a_place_in_a_store_that_is_full_of_hardly_used_keys() {
    for capacity in [1, 1_000, 30_000] {
        let limiter = stopped(store().capacity(capacity));
        let flood = Plan::from(Quota::per_day(1000));
        for key in 0..100_000u32 {
            let decision = limiter.check_key(&key, &flood, 1);
            assert!(decision.is_allowed(), "{capacity}: {key}, {decision:?}");
            assert_eq!(limiter.peek_key(&key, &flood, 0).remaining(), 999);
        }
    }
}

#[test]
fn expired_slots_are_used_again_without_growth_or_eviction() {
    let clock = ManualClock::new();
    let limiter = store().capacity(1_000).clock(clock.clone()).build();
    let mut bytes = 0;
    for policy in RATES {
        let minute = plan([policy("p", Quota::per_minute(2))]);
        for round in 0..40u32 {
            for key in 0..1_000u32 {
                assert!(limiter.check_key(&(round, key), &minute, 1).is_allowed());
            }
            clock.advance(secs(180));
            if round == 3 && bytes == 0 {
                bytes = limiter.stats().bytes;
            }
        }
    }
    let stats = limiter.stats();
    assert_eq!((stats.evicted, stats.unstored), (0, 0));
    assert!(stats.bytes <= bytes, "{} of {bytes}", stats.bytes);
}

#[test]
fn admitting_strangers_to_a_full_store_leaves_the_others_as_they_are() {
    for policy in RATES.into_iter().chain(BY_DAY) {
        let limiter = stopped(store().capacity(1).when_full(WhenFull::Admit));
        let once = plan([policy("p", Quota::per_day(1))]);
        for key in 0..10_000u32 {
            assert!(limiter.check_key(&key, &once, 1).is_allowed());
        }
        let stats = limiter.stats();
        assert_eq!(stats.slots as u64 + stats.unstored, 10_000);
        let refused = (0..10_000u32).filter(|k| !limiter.peek_key(k, &once, 1).is_allowed());
        assert_eq!(refused.count(), stats.slots);
    }
}

#[test]
fn growth_loses_nobody() {
    let limiter = stopped(store().capacity(300_000));
    let two = plan([
        Policy::gcra("a", Quota::per_day(2)),
        Policy::sliding_log("b", Quota::per_day(3)),
    ]);
    for key in 0..60_000u32 {
        assert!(limiter.check_key(&key, &two, 1).is_allowed());
        if key % 64 == 0 {
            let before = key / 2;
            let stands = limiter.peek_key(&before, &two, 0);
            assert!(stands.policies().map(|p| p.remaining()).eq([1, 2]));
        }
    }
    for key in 0..60_000u32 {
        let stands = limiter.peek_key(&key, &two, 0);
        assert!(stands.policies().map(|p| p.remaining()).eq([1, 2]));
    }
}

#[test]
fn thousands_of_quotas_in_one_store_keep_their_states_apart() {
    let clock = ManualClock::new();
    let limiter = store().capacity(10_000).clock(clock.clone()).build();
    let plan_of = |n: u32| {
        let quota = quota(1 + n % 9_973, 1_000_000_000 + u64::from(n) * 1_000_003);
        (quota, Plan::from(quota))
    };
    let mut models = HashMap::new();
    for n in 0..20_000u32 {
        let key = n % 5_000;
        // Each caller has its own quota, and those above 4,500 another one every time.
        let (quota, plan) = plan_of(if key < 4_500 { key } else { n });
        let cost = n % 3;
        clock.advance(ns(50_021));
        let now = clock.now().as_nanos();
        let decision = limiter.check_key(&key, &plan, cost);
        if key < 4_500 {
            let model = models.entry(key).or_insert_with(|| Bucket::new(quota));
            assert_eq!(decision.is_allowed(), model.fits(now, cost));
            if decision.is_allowed() {
                model.charge(now, u64::from(cost));
            }
            assert_eq!(decision.remaining(), model.remaining(now));
        }
    }
    for (key, model) in models {
        let (_, plan) = plan_of(key);
        let stands = limiter.peek_key(&key, &plan, 0);
        assert_eq!(stands.remaining(), model.remaining(clock.now().as_nanos()));
    }
}

#[test]
fn logs_of_one_entry_are_small_and_only_those_after_it_count_against_the_budget() {
    const KEYS: usize = 20_000;
    let clock = ManualClock::new();
    let limiter = store().capacity(KEYS).log_entries(1_000);
    let limiter = limiter.clock(clock.clone()).build();
    let log = plan([Policy::sliding_log("p", Quota::per_day(10))]);
    let mut rounds = Vec::new();
    for _ in 0..4 {
        for key in 0..KEYS {
            assert!(limiter.check_key(&key, &log, 1).is_allowed());
        }
        rounds.push(limiter.stats().log_bytes);
        clock.advance(secs(1));
    }
    // 32 bytes, and room for an eighth more.
    assert!(rounds[0] <= 37 * KEYS, "{}", rounds[0]);
    let beyond = rounds[3] - 32 * KEYS;
    assert!(beyond <= 5 * KEYS + 1_300 * (40 + 64), "{beyond}");
    assert!((0..KEYS).all(|key| limiter.peek_key(&key, &log, 0).remaining() == 6));
}

#[test]
fn a_log_that_was_long_gives_its_room_back_before_it_is_empty() {
    let clock = ManualClock::new();
    let limiter = store().clock(clock.clone()).build();
    let log = plan([Policy::sliding_log("p", Quota::per_minute(100_000))]);
    for _ in 0..20_000 {
        assert!(limiter.check_key("me", &log, 1).is_allowed());
        clock.advance(ns(1_000));
    }
    let long = limiter.stats().log_bytes;
    assert!(long >= 20_000 * 16);
    for _ in 0..10 {
        clock.advance(secs(10));
        assert!(limiter.check_key("me", &log, 1).is_allowed());
    }
    assert!(limiter.stats().log_bytes < 2_000);
}

#[test]
fn a_key_that_is_counted_under_twenty_policies_finds_room_for_all_of_them() {
    const KEYS: u32 = 2_000;
    let room = store().capacity(KEYS as usize).policies_per_key(20);
    let limiter = stopped(room);
    let named = |i| plan([Policy::gcra(format!("p{i}"), Quota::per_hour(1))]);
    let plans: Vec<_> = (0..20).map(named).collect();
    for key in 0..KEYS {
        for plan in &plans {
            assert!(limiter.check_key(&key, plan, 1).is_allowed());
        }
    }
    let stats = limiter.stats();
    assert_eq!((stats.slots, stats.evicted), (20 * KEYS as usize, 0));
}

#[test]
fn a_store_shared_by_clones_is_one_store() {
    let limiter = stopped(store());
    let once = Plan::from(Quota::per_day(1));
    assert!(limiter.clone().check_key("me", &once, 1).is_allowed());
    assert!(!limiter.clone().check_key("me", &once, 1).is_allowed());
    limiter.clone().reset_key("me", &once);
    assert!(limiter.check_key("me", &once, 1).is_allowed());
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn logs_beyond_their_budget_never_admit_too_many(
        moves in prop::collection::vec((0..6u32, 1..4u32, 0..400u64), 1..400),
        budget in 1..200usize,
    ) {
        let clock = ManualClock::new();
        let limiter = store().capacity(10).log_entries(budget).clock(clock.clone()).build();
        let (limit, window) = (50, 20_000_000_000);
        let plan = plan([Policy::sliding_log("p", quota(limit, window))]);
        let mut taken: HashMap<u32, Vec<(u64, u32)>> = HashMap::new();
        for (key, cost, pause) in moves {
            clock.advance(ns(pause * 1_000_000));
            let now = clock.now().as_nanos();
            let decision = limiter.check_key(&key, &plan, cost);
            let mine = taken.entry(key).or_default();
            if decision.is_allowed() {
                mine.push((now, cost));
                let used: u32 = mine.iter().filter(|(at, _)| at + window > now).map(|t| t.1).sum();
                prop_assert!(used <= limit);
            } else if let Some(wait) = decision.retry_after() {
                clock.advance(wait);
                prop_assert!(limiter.peek_key(&key, &plan, cost).is_allowed());
                clock.step_back(wait);
            }
        }
        // Merged or not, all is free after a window.
        clock.advance(ns(window));
        prop_assert!(taken.keys().all(|k| limiter.peek_key(k, &plan, 0).remaining() == 50));
    }

    /// Many keys in a crowded store, with several policies, refusals, resets and reservations: what is
    /// remembered is never less than what a model of each state allows, unless it was evicted.
    #[test]
    fn whatever_happens_in_a_crowded_store_nobody_is_admitted_more_than_the_policy(
        moves in prop::collection::vec((0..300u32, 0..4u32, 0..3u32, 0..2_000u64), 500..2_000),
    ) {
        let clock = ManualClock::new();
        let limiter = store().capacity(1).clock(clock.clone()).build();
        let names = ["a", "b", "c"];
        let one = |n: &&'static str| match *n {
            "a" => Policy::sliding_log("a", quota(3, DAY)),
            "b" => Policy::gcra("b", quota(3, DAY)),
            _ => Policy::fixed_window("c", quota(3, DAY)),
        };
        let plans: Vec<_> = (1..8usize).map(|set| {
            plan(names.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1).map(|(_, n)| one(n)))
        }).collect();
        let mut taken: HashMap<(u32, &str), u64> = HashMap::new();
        for (key, plan, cost, pause) in moves {
            clock.advance(ns(pause));
            let plan = &plans[(plan + key) as usize % plans.len()];
            // Evictions forgive; without them every state is exact.
            let before = limiter.stats().evicted;
            let decision = limiter.check_key(&key, plan, cost);
            if limiter.stats().evicted > before {
                return Ok(());
            }
            if decision.is_allowed() {
                for policy in plan.policies() {
                    let name = names.iter().find(|n| **n == policy.name()).unwrap();
                    let taken = taken.entry((key, name)).or_default();
                    *taken += u64::from(cost);
                    prop_assert!(*taken <= 3, "{} has {}", key, taken);
                }
            }
            for status in decision.policies() {
                let name = names.iter().find(|n| **n == status.name()).unwrap();
                let taken = taken.get(&(key, *name)).copied().unwrap_or_default();
                prop_assert_eq!(status.remaining(), 3 - taken);
            }
        }
    }
}
