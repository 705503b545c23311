//! A body that is kept says what it would say if it were worded anew.

use std::time::Duration;

use http::Request;
use ratelimit_core::{Decision, ManualClock, Memory, Plan, Policy, Quota};

use super::*;
use crate::head::Head;
use crate::key::Addresses;
use crate::limit::Rejection;
use crate::limit::respond::{ErrorJson, ProblemJson, Refusal, Respond};

const NAMES: [&str; 3] = ["minute", "hour", r#"an "odd" \ name"#];

fn body_of(responder: &dyn Respond, rejection: &Rejection, wait: Option<u64>) -> Bytes {
    let request = Request::new(());
    let addresses = Addresses::default();
    let mut refusal = Refusal::new(rejection);
    if let Some(wait) = wait {
        refusal = refusal.with_wait(Duration::from_secs(wait));
    }
    let head = Head::new(&request, &addresses);
    responder.respond(&head, &refusal).into_body()
}

/// On a thread that has worded nothing.
fn worded_anew(responder: &dyn Respond, rejection: &Rejection, wait: Option<u64>) -> Bytes {
    std::thread::scope(|scope| {
        let other = scope.spawn(|| body_of(responder, rejection, wait));
        other.join().expect("a body")
    })
}

fn plan(policy: Policy) -> Plan {
    Plan::new("plan", [policy]).expect("a plan")
}

fn refusals() -> Vec<Rejection> {
    let memory = Memory::builder().clock(ManualClock::new()).build();
    let mut decisions: Vec<Decision> = Vec::new();
    for name in NAMES {
        let used_up = plan(Policy::sliding_log(name, Quota::per_minute(1)));
        let _ = memory.check_key("a", &used_up, 1);
        decisions.push(memory.check_key("a", &used_up, 1).into_owned());
        for (cost, limit) in [(11, 10), (11, 5), (12, 10)] {
            let small = plan(Policy::gcra(name, Quota::per_minute(limit)));
            decisions.push(memory.check_key("b", &small, cost).into_owned());
        }
        for limit in [1, 2] {
            let cap = plan(Policy::concurrency(name, limit));
            let held = memory.reserve_key(&("c", limit, name), &cap, 1).ok();
            let also = memory.reserve_key(&("c", limit, name), &cap, 1).ok();
            let refused = memory.reserve_key(&("c", limit, name), &cap, 1);
            decisions.push(refused.expect_err("a full cap").into_owned());
            drop((held, also));
        }
    }
    assert!(decisions.iter().all(|decision| !decision.is_allowed()));
    decisions.into_iter().map(Rejection::Limited).collect()
}

#[test]
fn a_body_kept_is_the_body_worded_anew() {
    let refusals = refusals();
    let responders: [&dyn Respond; 2] = [&ProblemJson, &ErrorJson];
    let waits = [None, Some(1), Some(2), Some(7), Some(7 + KEPT as u64)];
    // One responder after the other, or each would take the places of the other.
    for responder in responders {
        for rejection in refusals.iter().chain(&refusals) {
            for wait in waits {
                let anew = worded_anew(responder, rejection, wait);
                for _ in 0..2 {
                    assert_eq!(body_of(responder, rejection, wait), anew);
                }
            }
        }
    }
}

#[test]
fn a_body_is_worded_once_and_never_taken_for_another() {
    let first = Saying {
        form: Form::Problem,
        reason: Reason::Rate,
        numbers: [Some(7), None],
    };
    let form = Form::Error;
    let reason = Reason::Quota;
    let with = |numbers| Saying { numbers, ..first };
    let all = [
        (first, "minute"),
        (first, "hour"),
        (Saying { form, ..first }, "minute"),
        (Saying { reason, ..first }, "minute"),
        (with([Some(7), Some(1)]), "minute"),
        (with([Some(7 + KEPT as u64), None]), "minute"),
    ];
    for round in 0..2 {
        for (saying, name) in all {
            let text = Bytes::from(format!("{round} {saying:?} {name}"));
            assert_eq!(body(saying, name, || text.clone()), text);
            let again = || -> Bytes { unreachable!("it was worded") };
            assert_eq!(body(saying, name, again), text);
        }
    }
}
