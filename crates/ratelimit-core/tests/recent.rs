//! Checks by an instant that is a little old: nobody is refused for it, and little is gained by it.

#![allow(clippy::unwrap_used, reason = "what should not be, fails the test")]

use ratelimit_core::{Clock, ManualClock, Memory, Plan, Policy, Quota, Timestamp};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

const TICK: Duration = Duration::from_millis(10);

/// Ticks every 10 ms; counts how often it is asked for more.
#[derive(Clone, Default)]
struct Ticking {
    clock: ManualClock,
    measured: Arc<AtomicU64>,
}

impl Ticking {
    fn measured(&self) -> u64 {
        self.measured.load(Ordering::Relaxed)
    }
}

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        self.measured.fetch_add(1, Ordering::Relaxed);
        self.clock.now()
    }

    fn recent(&self) -> Timestamp {
        let now = self.clock.now().as_nanos();
        Timestamp::from_nanos(now - now % 10_000_000)
    }

    fn unix(&self, at: Timestamp) -> Duration {
        self.clock.unix(at)
    }
}

fn limiter() -> (Memory, Ticking) {
    let clock = Ticking::default();
    (Memory::builder().clock(clock.clone()).build(), clock)
}

#[test]
fn whoever_waits_as_told_is_admitted_wherever_the_last_tick_was() {
    for offset in (0..10_000_000).step_by(1_234_567) {
        let (limiter, clock) = limiter();
        let plan = Plan::from(Quota::per_second(3));
        clock.clock.advance(Duration::from_nanos(offset));
        while limiter.check_key("a", &plan, 1).is_allowed() {}
        for _ in 0..50 {
            let refused = limiter.check_key("a", &plan, 1);
            clock.clock.advance(refused.retry_after().unwrap());
            assert!(limiter.check_key("a", &plan, 1).is_allowed());
        }
    }
}

#[test]
fn a_refusal_that_ends_within_a_tick_is_measured() {
    let (limiter, clock) = limiter();
    let plan = Plan::from(Quota::per_second(1));
    assert!(limiter.check_key("a", &plan, 1).is_allowed());
    clock.clock.advance(Duration::from_millis(995));
    let refused = limiter.check_key("a", &plan, 1);
    assert_eq!(refused.retry_after(), Some(Duration::from_millis(5)));
    clock
        .clock
        .advance(Duration::from_millis(5) - Duration::from_nanos(1));
    assert!(!limiter.check_key("a", &plan, 1).is_allowed());
    clock.clock.advance(Duration::from_nanos(1));
    assert!(limiter.check_key("a", &plan, 1).is_allowed());
}

#[test]
fn who_comes_twice_within_a_tick_is_told_no_more_than_the_whole_wait() {
    let (limiter, clock) = limiter();
    let plan = Plan::from(Quota::per_minute(1));
    clock.clock.advance(Duration::from_millis(7));
    assert!(limiter.check_key("a", &plan, 1).is_allowed());
    let refused = limiter.check_key("a", &plan, 1);
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(60)));
    assert_eq!(clock.measured(), 1);
}

#[test]
fn a_rest_gains_at_most_what_flows_in_a_tick() {
    let (limiter, clock) = limiter();
    let plan = Plan::from(Quota::per_second(100));
    let drain = || {
        let admitted = |_: &i32| limiter.check_key("a", &plan, 1).is_allowed();
        (0..).take_while(admitted).count()
    };
    // From rest, at the end of a tick.
    assert!(limiter.check_key("a", &plan, 1).is_allowed());
    clock
        .clock
        .advance(Duration::from_secs(5) + TICK - Duration::from_nanos(1));
    let mut admitted = drain();
    for _ in 0..1_000 {
        clock.clock.advance(Duration::from_micros(3_100));
        admitted += drain();
    }
    // Exactly: a burst of 100, and 100 a second for 3.1 seconds.
    let gained = admitted - (100 + 310);
    assert!(gained <= 1, "gained {gained}");
}

#[test]
fn a_bucket_that_fills_in_less_than_a_second_is_always_measured() {
    let (limiter, clock) = limiter();
    let interval = Plan::from(Quota::per_second(1000).burst(1));
    assert!(limiter.check_key("a", &interval, 1).is_allowed());
    clock.clock.advance(Duration::from_millis(5));
    assert!(limiter.check_key("a", &interval, 1).is_allowed());
    clock.clock.advance(Duration::from_micros(999));
    assert!(!limiter.check_key("a", &interval, 1).is_allowed());
}

#[test]
fn what_is_exact_by_definition_is_always_measured() {
    let quota = Quota::per_minute(60);
    let exact = [
        Policy::sliding_log("exact", quota),
        Policy::fixed_window("aligned", quota),
    ];
    for policy in exact {
        let (limiter, clock) = limiter();
        let plan = Plan::new("plan", [policy]).unwrap();
        for checks in 1..5 {
            assert!(limiter.check_key("a", &plan, 1).is_allowed());
            assert_eq!(clock.measured(), checks);
        }
    }
}

#[test]
fn the_usual_check_asks_for_no_more_than_a_tick() {
    let (limiter, clock) = limiter();
    let plan = Plan::from(Quota::per_minute(60));
    // A newcomer, whose place has to be found, is measured.
    while limiter.check_key("a", &plan, 1).is_allowed() {}
    let _ = limiter.check_key("a", &plan, 1);
    assert_eq!(clock.measured(), 1);
}

/// A clock that asks a limiter before it says what time it is, as one does that is kept by the limiter's own user.
#[derive(Clone, Default)]
struct Asking(Arc<Asked>);

#[derive(Default)]
struct Asked {
    clock: ManualClock,
    limiter: OnceLock<(Memory, Plan)>,
    is_asking: AtomicBool,
}

impl Clock for Asking {
    fn now(&self) -> Timestamp {
        if let Some((limiter, plan)) = self.0.limiter.get() {
            if !self.0.is_asking.swap(true, Ordering::SeqCst) {
                let _ = limiter.check_key("a", plan, 1);
                self.0.is_asking.store(false, Ordering::SeqCst);
            }
        }
        self.0.clock.now()
    }

    fn unix(&self, at: Timestamp) -> Duration {
        self.0.clock.unix(at)
    }
}

#[test]
fn no_foreign_clock_is_asked_under_a_lock() {
    let minute = Quota::per_minute(60);
    let of = |policies: Vec<Policy>| Plan::new("plan", policies).unwrap();
    let plans = [
        of(vec![Policy::gcra("p", minute)]),
        of(vec![Policy::fixed_window("p", minute)]),
        of(vec![Policy::sliding_log("p", minute)]),
        of(vec![Policy::sliding_counter("p", minute)]),
        of(vec![Policy::gcra("p", minute), Policy::gcra("q", minute)]),
    ];
    for plan in plans {
        let clock = Asking::default();
        let limiter = Memory::builder().clock(clock.clone()).build();
        assert!(limiter.check_key("a", &plan, 1).is_allowed());
        assert!(clock.0.limiter.set((limiter.clone(), plan.clone())).is_ok());
        let (done, answer) = mpsc::channel();
        std::thread::spawn(move || {
            let allowed = (0..3).all(|_| limiter.check_key("a", &plan, 1).is_allowed());
            done.send(allowed).unwrap();
        });
        let answer = answer.recv_timeout(Duration::from_secs(60));
        assert!(answer.expect("an answer: a clock was asked under a lock"));
    }
}
