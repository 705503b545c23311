//! Waiting for one's turn: the same plan that a server refuses by lets a client out in order.
//!
//! A [`Gate`] is a limiter with a line before it. Who asks is granted at once, or takes a place by
//! priority and order of arrival. There is no background task, no timer and no async runtime here: a
//! [`Waiter`] is told *when* to poll again, and any [`Waker`](std::task::Waker) will do.
//!
//! Whoever polls first lets everybody go whose turn has come, in order. So a waiter that is cancelled
//! frees its place at once; one that is leaked, or sits in a future that nobody polls, gets its turn
//! and wastes it, but holds up nobody (where permits are counted, for seconds, and for half a minute at most where many
//! wait: one that is granted and not seen is taken back, which those who wait look for); and one whose cost is large is not overtaken by smaller ones.
//! Pauses, a pace learnt from a server's answers, another plan and permits that come back move the
//! turns of those who wait already.
//!
//! Priorities are not for ever: who has waited for long takes every fourth turn
//! ([`Settings::with_patience`]). Who was sent, and refused by the server, stands again where it stood
//! ([`Gate::enter_again`]).
//!
//! An [adaptive](Gate::adaptive) gate has a [`Pilot`](crate::adapt::Pilot) beside its plan, if it has one
//! at all: who goes, goes when both let it. It is told of each answer ([`Pass::answered`]), and an answer
//! wakes those that may go because of it.
//!
//! Dangers:
//! - Nobody is granted without somebody who polls. That is so by itself as long as every waiter is
//!   polled at the instant that it was told.
//! - A [`Pass`] dates from its grant. One that is seen late is asked for again, as long as it was not
//!   seen; but what is sent long after its pass was taken arrives when nobody expects it.
//! - With a pilot, the turn of whoever is not the first in line is known as far as the server's limit is: a deadline
//!   that what is left, and a limit for each window, cannot meet is refused at once. Before the first answer, and
//!   where others use the limit too, it is found out at the deadline.
//! - A line may grow for as long as callers come faster than the rate: bound it, and give each caller
//!   a deadline. A deadline that cannot be met is refused at once.
//!
//! # Example
//!
//! ```
//! use ratelimit_core::wait::{Ask, Gate, Progress, Settings};
//! use ratelimit_core::{ManualClock, Quota};
//! use std::task::Waker;
//! use std::time::Duration;
//!
//! let clock = ManualClock::new();
//! let one_a_second = Quota::per_second(1);
//! let gate = Gate::with_clock(one_a_second, Settings::new(), clock.clone());
//!
//! let mut first = gate.enter(&Ask::new(1))?;
//! let mut second = gate.enter(&Ask::new(1))?;
//! assert!(matches!(first.poll(Waker::noop()), Progress::Granted(_)));
//! let Progress::Wait(Some(until)) = second.poll(Waker::noop()) else {
//!     unreachable!("the second goes a second later");
//! };
//! assert_eq!(until.saturating_since(gate.now()), Duration::from_secs(1));
//!
//! // Who cannot go in time is told so at once, and when it could have gone.
//! let soon = gate.now().saturating_add(Duration::from_millis(500));
//! let refusal = gate.enter(&Ask::new(1).with_deadline(soon)).unwrap_err();
//! let could_go = refusal.could_go_at().unwrap();
//! assert_eq!(could_go.saturating_since(gate.now()), Duration::from_secs(2));
//!
//! clock.advance(Duration::from_secs(1)); // a runtime would sleep
//! assert!(matches!(second.poll(Waker::noop()), Progress::Granted(_)));
//! # Ok::<(), ratelimit_core::wait::Refusal>(())
//! ```
//!
//! With [`Settings`] a gate keeps a distance between sends, uses only a part of the limit, or bounds
//! the line:
//!
//! ```
//! use ratelimit_core::wait::{Ask, Gate, RefusalReason, Settings};
//! use ratelimit_core::Quota;
//!
//! let gate = Gate::new(Quota::per_minute(10), Settings::new().with_percent_of_limit(50).with_max_waiting(0));
//! let passes: Vec<_> = (0..5).map(|_| gate.try_pass(1).unwrap()).collect();
//! assert!(gate.try_pass(1).is_none());
//! assert_eq!(gate.enter(&Ask::new(1)).unwrap_err().reason(), RefusalReason::Full);
//! assert_eq!(gate.enter(&Ask::new(6)).unwrap_err().reason(), RefusalReason::CostExceedsLimit);
//! ```

mod ask;
mod foresee;
mod gap;
mod gate;
mod headroom;
mod line;
mod news;
mod pass;
mod patience;
mod queue;
mod refusal;
mod seat;
mod settings;
#[cfg(test)]
mod tests;
mod ticket;
mod units;
mod waiter;

pub use ask::{Ask, Priority};
pub use gate::Gate;
pub use news::News;
pub use pass::Pass;
pub use refusal::{Refusal, RefusalReason};
pub use seat::Seat;
pub use settings::Settings;
pub use waiter::{Progress, Waiter};
