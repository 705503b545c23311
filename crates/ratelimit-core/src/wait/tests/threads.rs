//! Threads that park until they are woken: a wake-up that is lost would hang them for ever.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use crate::wait::{Ask, Gate, Pass, Progress, Settings, Waiter};
use crate::{ManualClock, Plan, Policy, Quota};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn pass(gate: &Gate) -> Pass {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut waiter = gate.enter(&Ask::new(1)).unwrap();
    loop {
        match waiter.poll(&waker) {
            Progress::Granted(pass) => return pass,
            Progress::Wait(_) => thread::park(),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn no_wake_up_is_lost_and_no_more_pass_than_may() {
    const CAP: u32 = 2;
    let plan = Plan::try_from(Policy::concurrency("cap", CAP)).unwrap();
    let gate = Gate::new(plan, Settings::new());
    let inside = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for round in 0..500 {
                    // Some give up, in whatever state they are then.
                    if round % 3 == 0 {
                        let mut waiter = gate.enter(&Ask::new(1)).unwrap();
                        drop(waiter.poll(Waker::noop()));
                    }
                    let pass = pass(&gate);
                    assert!(inside.fetch_add(1, Ordering::SeqCst) < CAP);
                    thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                    drop(pass);
                }
            });
        }
    });
    assert!(gate.is_idle());
}

/// A task whose waker owns other waiters of the gate: when the last handle of it goes, so do they.
struct Owner(#[allow(dead_code, reason = "held to be dropped")] Mutex<Vec<Waiter>>);

impl Wake for Owner {
    fn wake(self: Arc<Self>) {}
}

/// One that waits, and whose waker only the gate has now; with it goes another that waits.
fn owned() -> (Gate, Waiter, Pass) {
    let gate = Gate::with_clock(Quota::per_second(1), Settings::new(), ManualClock::new());
    let pass = gate.try_pass(1).unwrap();
    let mut first = gate.enter(&Ask::new(1)).unwrap();
    let other = gate.enter(&Ask::new(1)).unwrap();
    let waker = Waker::from(Arc::new(Owner(Mutex::new(vec![other]))));
    assert!(matches!(first.poll(&waker), Progress::Wait(_)));
    (gate, first, pass)
}

fn ends(run: impl FnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel();
    thread::spawn(move || {
        run();
        let _ = done.send(());
    });
    let ended = ended.recv_timeout(Duration::from_secs(20));
    assert!(ended.is_ok(), "the gate waits for itself");
}

#[test]
fn a_waker_that_ends_with_its_waiter_may_use_the_gate() {
    ends(|| {
        let (gate, first, _pass) = owned();
        drop(first);
        assert_eq!(gate.waiting(), 0);
    });
}

#[test]
fn a_waker_that_another_replaces_may_use_the_gate() {
    ends(|| {
        let (gate, mut first, _pass) = owned();
        assert!(matches!(first.poll(Waker::noop()), Progress::Wait(_)));
        assert_eq!(gate.waiting(), 1);
    });
}
