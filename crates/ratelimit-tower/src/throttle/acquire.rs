//! A waiter with a timer of its own.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use ratelimit_core::wait::{Pass, Progress, Waiter};
use ratelimit_core::{Clock, Timestamp};
use tokio::time::{Sleep, sleep_until};

use super::error::Refused;
use crate::client::TokioClock;

pin_project! {
    /// Waits for a pass.
    ///
    /// The timer is made at the first wait, because a `Sleep` outside of a runtime panics, and most
    /// requests never wait.
    pub(super) struct Acquire {
        waiter: Waiter,
        #[pin]
        sleep: Option<Sleep>,
    }
}

impl Acquire {
    pub(super) fn new(waiter: Waiter) -> Self {
        Self {
            waiter,
            sleep: None,
        }
    }

    pub(super) fn poll(
        self: Pin<&mut Self>,
        clock: &TokioClock,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Pass, Refused>> {
        let mut this = self.project();
        loop {
            match this.waiter.poll(cx.waker()) {
                Progress::Granted(pass) => return Poll::Ready(Ok(pass)),
                Progress::Refused(refusal) => {
                    return Poll::Ready(Err(Refused::new(&refusal, clock.now())));
                }
                Progress::Wait(until) => {
                    if !fires(this.sleep.as_mut(), until, clock, cx) {
                        return Poll::Pending;
                    }
                }
                // Whatever else it may be one day: the waker was left with it.
                _ => return Poll::Pending,
            }
        }
    }
}

/// Sets the timer and polls it: a timer that was reset and not polled wakes nobody.
fn fires(
    mut sleep: Pin<&mut Option<Sleep>>,
    until: Option<Timestamp>,
    clock: &TokioClock,
    cx: &mut Context<'_>,
) -> bool {
    // Without an instant, or with one beyond all that a timer can count, only a waker helps.
    let Some(at) = until.and_then(|at| clock.instant(at)) else {
        sleep.set(None);
        return false;
    };
    match sleep.as_mut().as_pin_mut() {
        Some(timer) if timer.deadline() == at => {}
        Some(timer) => timer.reset(at),
        None => sleep.set(Some(sleep_until(at))),
    }
    match sleep.as_pin_mut() {
        Some(timer) => timer.poll(cx).is_ready(),
        None => false,
    }
}
