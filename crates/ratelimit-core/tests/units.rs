//! Several things counted at once: each policy takes what it counts, together or not at all.

use proptest::prelude::*;
use ratelimit_core::{
    Check, Cost, Limiter, ManualClock, Memory, Outcome, Plan, Policy, Quota, Reason, Settlement,
    Subject, Unit,
};

fn llm() -> Plan {
    Plan::new(
        "llm",
        [
            Policy::gcra("requests", Quota::per_minute(60)),
            Policy::fixed_window("tokens", Quota::per_minute(1_000)).with_unit("tokens"),
            Policy::sliding_log("credits", Quota::per_day(5)).with_unit("credits"),
            Policy::concurrency("at-once", 3),
        ],
    )
    .expect("a plan")
}

fn store() -> Memory {
    Memory::builder().clock(ManualClock::new()).build()
}

/// What remains of requests, tokens, credits and permits.
fn left(store: &Memory, plan: &Plan) -> Vec<u64> {
    let state = store.peek_key("me", plan, 0);
    state.policies().map(|policy| policy.remaining()).collect()
}

#[test]
fn each_policy_takes_what_it_counts() {
    let (store, plan) = (store(), llm());
    let named = [(Unit::new("tokens"), 400), (Unit::new("credits"), 0)];
    let cost = Cost::from(1).with_units(&named);
    assert!(store.check_key("me", &plan, cost).is_allowed());
    assert_eq!(left(&store, &plan), [59, 600, 5, 3]);
    // A bare number is the cost in every unit.
    assert!(store.check_key("me", &plan, 2).is_allowed());
    assert_eq!(left(&store, &plan), [57, 598, 3, 3]);
}

#[test]
fn what_does_not_fit_in_one_unit_is_taken_in_none_and_the_refusal_speaks_of_that_unit() {
    let (store, plan) = (store(), llm());
    let much = [(Unit::new("tokens"), 999)];
    assert!(
        store
            .check_key("me", &plan, Cost::from(1).with_units(&much))
            .is_allowed()
    );
    let before = left(&store, &plan);
    let refused = store.check_key("me", &plan, Cost::from(1).with_units(&much));
    assert_eq!(refused.reason(), Some(Reason::Rate));
    assert_eq!((refused.binding().name(), refused.cost()), ("tokens", 999));
    assert_eq!(left(&store, &plan), before);
    let never = [(Unit::new("tokens"), 1_001)];
    let refused = store.check_key("me", &plan, Cost::from(1).with_units(&never));
    assert_eq!(refused.reason(), Some(Reason::CostExceedsLimit));
    assert_eq!(refused.cost(), 1_001);
}

#[test]
fn each_unit_is_settled_in_its_own_way_and_permits_come_back_whatever_is_said() {
    let (store, plan) = (store(), llm());
    let (tokens, credits) = (Unit::new("tokens"), Unit::new("credits"));
    let cost = [(tokens, 500)];
    let reserve = || {
        store
            .reserve_key("me", &plan, Cost::from(1).with_units(&cost))
            .expect("it fits")
    };
    let ends = [(tokens, Outcome::Actual(120)), (credits, Outcome::Cancel)];
    reserve().end(Settlement::from(Outcome::Keep).with_units(&ends));
    assert_eq!(left(&store, &plan), [59, 880, 5, 3]);
    // What was used beyond the estimate is owed.
    let debt = [(tokens, Outcome::Actual(900))];
    reserve().end(Settlement::from(Outcome::Keep).with_units(&debt));
    assert_eq!(left(&store, &plan), [58, 0, 4, 3]);
}

#[test]
fn the_usual_check_counts_in_the_unit_of_its_policy_too() {
    let store = store();
    let plan = Policy::gcra("tokens", Quota::per_minute(100)).with_unit("tokens");
    let plan = Plan::try_from(plan).expect("a plan");
    let cost = [(Unit::new("tokens"), 40)];
    for remaining in [60, 20] {
        let decision = store.check_key("me", &plan, Cost::from(1).with_units(&cost));
        assert_eq!((decision.remaining(), decision.cost()), (remaining, 40));
    }
    let refused = store.check_key("me", &plan, Cost::from(1).with_units(&cost));
    assert_eq!((refused.is_allowed(), refused.cost()), (false, 40));
}

#[test]
fn requests_are_what_is_shown_where_they_are_counted() {
    let (store, plan) = (store(), llm());
    let cost = [(Unit::new("tokens"), 999)];
    let decision = store.check_key("me", &plan, Cost::from(1).with_units(&cost));
    assert_eq!(
        (decision.binding().name(), decision.remaining()),
        ("requests", 59)
    );
    let tokens = Policy::gcra("tokens", Quota::per_minute(9)).with_unit("tokens");
    let only = Plan::new("p", [tokens, Policy::concurrency("cap", 1)]).expect("a plan");
    assert_eq!(store.peek_key("me", &only, 1).binding().name(), "tokens");
}

#[test]
fn who_asks_for_none_of_a_unit_is_not_held_up_by_it() {
    let store = store();
    let tokens = Policy::gcra("tokens", Quota::per_minute(10)).with_unit("tokens");
    let runs = Policy::concurrency("runs", 1).with_unit("runs");
    let plan = Plan::new(
        "p",
        [Policy::gcra("requests", Quota::per_minute(9)), tokens, runs],
    );
    let plan = plan.expect("a plan");
    let (tokens, runs) = (Unit::new("tokens"), Unit::new("runs"));
    let run = [(tokens, 10), (runs, 1)];
    let running = store
        .reserve_key("me", &plan, Cost::from(1).with_units(&run))
        .expect("it fits");
    // The tokens are overdrawn, and the one run is under way.
    let debt = [(tokens, Outcome::Actual(25))];
    let another = store
        .reserve_key("me", &plan, Cost::from(1).with_units(&run))
        .expect_err("it is full");
    assert_eq!(another.binding().name(), "tokens");
    let look = [(tokens, 0), (runs, 0)];
    let looking = store
        .reserve_key("me", &plan, Cost::from(1).with_units(&look))
        .expect("it is spared");
    running.end(Settlement::from(Outcome::Keep).with_units(&debt));
    assert!(
        store
            .check_key("me", &plan, Cost::from(1).with_units(&look))
            .is_allowed()
    );
    assert!(
        !store
            .check_key("me", &plan, Cost::from(0).with_units(&[(runs, 0)]))
            .is_allowed()
    );
    assert_eq!(left(&store, &plan), [6, 0, 1]);
    // What was not estimated can be charged all the same.
    looking.end(Settlement::from(Outcome::Keep).with_units(&[(tokens, Outcome::Actual(60))]));
    let wait = store
        .peek_key("me", &plan, 0)
        .retry_after()
        .map(|wait| wait.as_secs());
    assert_eq!(wait, Some((25 + 60 - 10) * 6));
}

#[test]
fn a_bare_settlement_is_not_for_units_that_were_left_aside() {
    let (store, plan) = (store(), llm());
    let cost = [(Unit::new("tokens"), 500), (Unit::new("credits"), 0)];
    let taken = store.reserve_key("me", &plan, Cost::from(1).with_units(&cost));
    taken.expect("it fits").settle(2);
    assert_eq!(left(&store, &plan), [58, 998, 5, 3]);
}

#[test]
fn another_unit_is_another_state_and_requests_are_requests_however_they_are_called() {
    let store = store();
    let of = |unit: Option<&'static str>| {
        let minute = Policy::gcra("minute", Quota::per_minute(100));
        let policy = match unit {
            Some(unit) => minute.with_unit(unit),
            None => minute,
        };
        Plan::try_from(policy).expect("a plan")
    };
    assert!(store.check_key("me", &of(Some("tokens")), 100).is_allowed());
    assert_eq!(store.check_key("me", &of(None), 1).remaining(), 99);
    assert_eq!(
        store.check_key("me", &of(Some("requests")), 1).remaining(),
        98
    );
    let cost = [(Unit::new("requests"), 10)];
    let unnamed = of(None);
    let decision = store.check_key("me", &unnamed, Cost::from(1).with_units(&cost));
    assert_eq!((decision.remaining(), decision.cost()), (88, 10));
}

#[test]
fn two_plans_of_one_key_that_count_different_units_are_not_one_state() {
    let store = store();
    let cap =
        |unit| Plan::try_from(Policy::concurrency("runs", 1).with_unit(unit)).expect("a plan");
    let (a, b) = (cap("a"), cap("b"));
    let key = store.hasher().key("me");
    let subjects = [&a, &b].map(|plan| Subject { key, plan });
    let cost = [(Unit::new("a"), 0)];
    let reserve = || match store.reserve(&subjects, Cost::from(1).with_units(&cost)) {
        Check::Done(Ok(verdict)) => verdict.ticket,
        _ => unreachable!("memory answers at once"),
    };
    let held = reserve();
    assert!(held.is_some() && reserve().is_none());
}

#[test]
fn who_asks_for_none_passes_a_bucket_that_is_overdrawn_alone() {
    let store = store();
    let tokens = Policy::gcra("tokens", Quota::per_minute(10)).with_unit("tokens");
    let plan = Plan::try_from(tokens).expect("a plan");
    store
        .reserve_key("me", &plan, 10)
        .expect("it fits")
        .settle(25);
    let none = [(Unit::new("tokens"), 0)];
    let spared = store.check_key("me", &plan, Cost::from(1).with_units(&none));
    assert!(spared.is_allowed() && spared.binding().is_spared());
    assert!(!store.check_key("me", &plan, 0).is_allowed());
    assert!(Cost::from(1).with_units(&none).spares(&plan.policies()[0]));
}

#[test]
fn newcomers_that_leave_some_policies_aside_are_found_again_in_the_others() {
    let plan = llm();
    let (tokens, credits) = (Unit::new("tokens"), Unit::new("credits"));
    for capacity in [2_000, 20_000] {
        let store = Memory::builder()
            .clock(ManualClock::new())
            .capacity(capacity)
            .policies_per_key(4)
            .build();
        let known = 0..1_000u32;
        let aside = |key: u32| {
            let bit = |n: u32| u32::from(key >> n & 1 == 1);
            [
                (tokens, 7 * bit(0)),
                (credits, bit(1)),
                (Unit::REQUESTS, bit(2)),
            ]
        };
        for key in known.clone() {
            let cost = aside(key);
            let cost = Cost::from(1).with_units(&cost);
            assert!(store.check_key(&key, &plan, cost).is_allowed());
        }
        for key in known {
            let state = store.peek_key(&key, &plan, 0);
            let used: Vec<u64> = state.policies().map(|policy| policy.used()).collect();
            let [(_, tokens), (_, credits), (_, requests)] = aside(key);
            assert_eq!(
                used[..3],
                [requests, tokens, credits].map(u64::from),
                "{key}"
            );
        }
    }
}

#[test]
fn what_was_not_foreseen_is_owed_also_when_there_was_no_empty_place() {
    let store = Memory::builder()
        .clock(ManualClock::new())
        .capacity(1)
        .build();
    let plan = Plan::from(Quota::per_day(10));
    for key in 0..50_000 {
        assert!(store.check_key(&key, &plan, 5).is_allowed());
    }
    for key in 50_000..50_200 {
        // An estimate of nothing evicts nobody; what was used in the end does.
        let taken = store
            .reserve_key(&key, &plan, 0)
            .expect("it asks for nothing");
        taken.settle(10);
        assert!(!store.check_key(&key, &plan, 1).is_allowed());
    }
}

proptest! {
    /// A store that counts several units at once against one store for each.
    #[test]
    fn together_they_admit_what_each_of_them_admits(
        asks in prop::collection::vec((0..4u32, 0..300u32, 0..3u32, 0..500u32), 1..60),
    ) {
        let (tokens, credits) = (Unit::new("tokens"), Unit::new("credits"));
        let (store, plan) = (store(), llm());
        let mut used = [0u32; 3];
        for (requests, asked, credit, actual) in asks {
            let cost = [(tokens, asked), (credits, credit)];
            let fits = used[0] + requests <= 60
                && (asked == 0 || used[1] + asked <= 1_000)
                && used[2] + credit <= 5;
            let taken = store.reserve_key("me", &plan, Cost::from(requests).with_units(&cost));
            prop_assert_eq!(taken.is_ok(), fits);
            if let Ok(taken) = taken {
                let ends = [(tokens, Outcome::Actual(actual))];
                taken.end(Settlement::from(Outcome::Keep).with_units(&ends));
                used = [used[0] + requests, used[1] + actual, used[2] + credit];
            }
            let expected = [60 - used[0], 1_000u32.saturating_sub(used[1]), 5 - used[2], 3];
            prop_assert_eq!(left(&store, &plan), expected.map(u64::from));
        }
    }
}
