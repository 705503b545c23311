//! Admitted is never above the policy, however many ask at once.

#![allow(clippy::unwrap_used, reason = "what should not be, fails the test")]

mod oracle;

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;

use oracle::{plan, stopped_store};
use ratelimit_core::{Check, Direct, Limiter, ManualClock, Memory, Plan, Policy, Quota, Subject};

const THREADS: usize = 8;
const LIMIT: u32 = 1000;

fn all() -> Plan {
    let quota = Quota::per_day(LIMIT);
    plan([
        Policy::gcra("a", quota),
        Policy::sliding_log("b", quota),
        Policy::sliding_counter("c", quota),
        Policy::fixed_window("d", quota),
    ])
}

/// Each of eight threads asks `tries` times; how often it was told yes.
fn together(tries: usize, ask: impl Fn(usize) -> bool + Sync) -> usize {
    let start = Barrier::new(THREADS);
    let (start, ask) = (&start, &ask);
    let one = |thread| {
        move || {
            start.wait();
            (0..tries).filter(|_| ask(thread)).count()
        }
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|t| scope.spawn(one(t))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    })
}

#[test]
fn eight_threads_on_one_key_are_admitted_exactly_the_limit() {
    let alone = all().policies().to_vec();
    let plans = alone
        .into_iter()
        .map(|policy| plan([policy]))
        .chain([all()]);
    for plan in plans {
        let (memory, clock) = stopped_store();
        let admitted = together(300, |_| memory.check_key("key", &plan, 1).is_allowed());
        assert_eq!(admitted, LIMIT as usize);
        assert!(
            memory
                .peek_key("key", &plan, 0)
                .policies()
                .all(|p| p.remaining() == 0)
        );
        let direct = Direct::with_clock(plan.clone(), clock);
        assert_eq!(
            together(300, |_| direct.check(1).is_allowed()),
            LIMIT as usize
        );
    }
}

fn check(memory: &Memory, names: [&str; 2], plan: &Plan) -> bool {
    let subject = |name| Subject {
        key: memory.hasher().key(name),
        plan,
    };
    match memory.check(&names.map(subject), 1.into()) {
        Check::Done(Ok(verdict)) => verdict.decision.is_allowed(),
        _ => unreachable!("memory answers at once"),
    }
}

#[test]
fn two_keys_in_opposite_order_do_not_deadlock_and_are_taken_together() {
    let plan = all();
    for i in 0..8 {
        let (memory, _) = stopped_store();
        // Two to the same key: one lock, charged once.
        let (a, b) = (format!("a{i}"), format!("b{i}"));
        let admitted = together(300, |thread| match thread % 3 {
            0 => check(&memory, [&a, &b], &plan),
            1 => check(&memory, [&b, &a], &plan),
            _ => check(&memory, [&a, &a], &plan),
        });
        assert_eq!(admitted, LIMIT as usize);
        let left = |name: &str| memory.peek_key(name, &plan, 0).remaining();
        assert_eq!(left(&a), 0);
        assert!(left(&b) < u64::from(LIMIT));
    }
}

#[test]
fn no_more_are_in_flight_than_the_cap_and_every_permit_comes_back() {
    let plan = plan([
        Policy::concurrency("cap", 3),
        Policy::gcra("p", Quota::per_second(u32::MAX)),
    ]);
    let (memory, clock) = stopped_store();
    let direct = Direct::with_clock(plan.clone(), clock);
    let in_flight = AtomicU32::new(0);
    let held = |reservation: bool| {
        if reservation {
            assert!(in_flight.fetch_add(1, SeqCst) < 3, "more than the cap");
            thread::yield_now();
            in_flight.fetch_sub(1, SeqCst);
        }
        reservation
    };
    let admitted = together(2_000, |thread| {
        let reservation = memory.reserve_key("key", &plan, 1);
        let admitted = held(reservation.is_ok());
        match (reservation, thread % 3) {
            (Ok(reservation), 0) => reservation.settle(2),
            (Ok(reservation), 1) => reservation.cancel(),
            _ => {}
        }
        admitted
    });
    assert!(admitted > 0);
    let keyed = memory.peek_key("key", &plan, 0);
    assert_eq!(keyed.policies().next().unwrap().remaining(), 3);
    together(2_000, |_| {
        let reservation = direct.reserve(1);
        held(reservation.is_ok())
    });
    assert_eq!(direct.peek(0).policies().next().unwrap().remaining(), 3);
}

#[test]
fn a_cap_that_is_only_looked_at_refuses_nobody_while_no_permit_is_held() {
    let plan = plan([
        Policy::concurrency("cap", 1),
        Policy::gcra("p", Quota::per_second(u32::MAX)),
    ]);
    let (memory, clock) = stopped_store();
    let direct = Direct::with_clock(plan.clone(), clock);
    let all = THREADS * 1_000;
    assert_eq!(
        together(1_000, |_| memory.check_key("key", &plan, 1).is_allowed()),
        all
    );
    assert_eq!(together(1_000, |_| direct.check(1).is_allowed()), all);
}

#[test]
fn refunds_and_charges_of_many_threads_add_up() {
    let plan = Plan::from(Quota::per_day(100_000));
    let clock = ManualClock::new();
    let memory = Memory::builder().clock(clock.clone()).build();
    let direct = Direct::with_clock(plan.clone(), clock);
    together(500, |thread| {
        let actual = u32::try_from(thread).unwrap();
        memory.reserve_key("key", &plan, 5).unwrap().settle(actual);
        direct.reserve(5).unwrap().settle(actual);
        true
    });
    // 0 + 1 + … + 7 by each of 500.
    let left = 100_000 - 500 * 28;
    assert_eq!(memory.peek_key("key", &plan, 0).remaining(), left);
    assert_eq!(direct.peek(0).remaining(), left);
}
