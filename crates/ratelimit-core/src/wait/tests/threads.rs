//! Threads that park until they are woken: a wake-up that is lost would hang them for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Wake, Waker};
use std::thread::{self, Thread};

use crate::wait::{Ask, Gate, Pass, Progress, Settings};
use crate::{Plan, Policy};

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
