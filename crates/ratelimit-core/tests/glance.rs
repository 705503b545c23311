//! A glance answers what a check answers, or charges nothing.

#![allow(clippy::unwrap_used, reason = "what should not be, fails the test")]

use std::time::Duration;

use proptest::prelude::*;
use ratelimit_core::{
    Check, DecisionRef, Limiter, ManualClock, Memory, Plan, Policy, Quota, Subject,
};

fn store(clock: &ManualClock) -> Memory {
    Memory::builder().clock(clock.clone()).build()
}

fn check<'p>(store: &Memory, subject: &Subject<'p>, cost: u32) -> DecisionRef<'p> {
    match store.check(std::slice::from_ref(subject), cost.into()) {
        Check::Done(Ok(verdict)) => verdict.decision,
        Check::Done(Err(never)) => match never {},
        Check::Wait(_) => unreachable!("memory answers at once"),
    }
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let quota = (1_u32..20, 1_u64..10_000)
        .prop_map(|(limit, millis)| Quota::new(limit, Duration::from_millis(millis)).unwrap());
    (quota, 0..4).prop_map(|(quota, algorithm)| match algorithm {
        0 => Policy::gcra("rate", quota),
        1 => Policy::sliding_log("rate", quota),
        2 => Policy::sliding_counter("rate", quota),
        _ => Policy::fixed_window("rate", quota),
    })
}

proptest! {
    #[test]
    fn a_glance_answers_what_a_check_answers(
        policy in any_policy(),
        steps in prop::collection::vec((0_u64..3_000, 0_u64..3, 0_u32..25), 1..60),
    ) {
        let (clock, plan) = (ManualClock::new(), Plan::new("plan", [policy]).unwrap());
        let (glanced, checked) = (store(&clock), store(&clock));
        for (millis, name, cost) in steps {
            clock.advance(Duration::from_millis(millis));
            let subject = |store: &Memory| Subject { key: store.hasher().key(&name), plan: &plan };
            let (at_glance, at_check) = (subject(&glanced), subject(&checked));
            let expected = check(&checked, &at_check, cost);
            let Some(glance) = glanced.glance(&at_glance, cost.into()) else {
                // What it does not answer it has not charged either.
                let answer = check(&glanced, &at_glance, cost);
                prop_assert_eq!(format!("{answer:?}"), format!("{expected:?}"));
                continue;
            };
            prop_assert_eq!(glance.is_allowed(), expected.is_allowed());
            prop_assert_eq!(glance.retry_after(), expected.retry_after());
            prop_assert_eq!(glance.now(), expected.now());
            prop_assert_eq!(format!("{:?}", glance.status()), format!("{:?}", expected.binding()));
            prop_assert_eq!(format!("{:?}", glance.decision()), format!("{expected:?}"));
            prop_assert_eq!(format!("{:?}", glance.to_decision()), format!("{expected:?}"));
        }
    }
}

#[test]
fn a_known_key_is_answered_at_a_glance() {
    let store = store(&ManualClock::new());
    let plan = Plan::from(Quota::per_minute(2));
    let subject = Subject {
        key: store.hasher().key("alice"),
        plan: &plan,
    };
    assert!(store.glance(&subject, 1.into()).is_none());
    assert!(check(&store, &subject, 1).is_allowed());
    assert_eq!(
        store.glance(&subject, 1.into()).map(|g| g.is_allowed()),
        Some(true)
    );
    assert_eq!(
        store.glance(&subject, 1.into()).map(|g| g.is_allowed()),
        Some(false)
    );
}

#[test]
fn what_has_several_policies_or_a_permit_to_hold_is_not() {
    let store = store(&ManualClock::new());
    let cap = Plan::new("cap", [Policy::concurrency("held", 1)]).unwrap();
    let minute = Policy::gcra("minute", Quota::per_minute(2));
    let day = Policy::fixed_window("day", Quota::per_day(10));
    let two = Plan::new("two", [minute, day]).unwrap();
    for plan in [&cap, &two] {
        let subject = Subject {
            key: store.hasher().key("alice"),
            plan,
        };
        for _ in 0..5 {
            assert!(store.glance(&subject, 1.into()).is_none());
        }
        assert!(check(&store, &subject, 1).is_allowed());
        assert!(store.glance(&subject, 1.into()).is_none());
    }
}
