//! A client that learns from a server's answers when it may send: the law behind
//! [`Gate::adaptive`](crate::wait::Gate::adaptive), as plain state without HTTP, a clock or an async runtime.
//!
//! A [`Pilot`] keeps account of what was sent, what is under way and what was answered. A server states a limit, what
//! is left of it and a reset, and not what kind of limiter it is. So the pilot takes it for all of them at once (a fixed
//! window, a sliding log, a sliding window in two counters, a token bucket), each with a *bound* on what it surely still
//! admits; lets nothing go that the strictest of them might refuse; and drops those that an answer contradicts. Strangers
//! can only make less be left, so whoever shows more than a kind allows is not of that kind.
//!
//! What is surely there is not spent at once. Alone, it is spent evenly over the window, or
//! ([`Pace::Eager`]) as it comes. Where others use the same quota, each client takes a share that grows while more is
//! left than a set-point, and shrinks in proportion to itself while less is left. All of them see the same number, so
//! their shares become equal without their knowing of each other.
//!
//! | where | what |
//! |---|---|
//! | `series`, `ledger`, `flight` | what was sent, answered and given back, by time; what is under way |
//! | `offset`, `sight` | the server's clock, as far as `Date` tells it; an answer on the local line of time |
//! | `model` | the four kinds: what contradicts them, and what they surely admit |
//! | `law` | shares, margins and set-points |
//! | `track` | one limit: its kinds, whether it is shared, what is sure, what is spent, when to find out |
//! | `silent` | a server that states nothing but `Retry-After` |
//!
//! Dangers:
//! - It believes what a server states. One whose headers are wrong, and not merely late, gets what it asks for.
//! - Times are whole numbers of nanoseconds; amounts are `f64`, exact below 2⁵³.
//! - A window that is not stated is taken for the shortest usual one (a second, a minute, 5 and 15 minutes, an hour, a
//!   day) that fits; until something contradicts it, that is a guess.
//! - Whoever sends past it (other code with the same key in this process) is a stranger to it: one pilot for each key.
//!
//! The shared law is F. P. Kelly's primal algorithm (F. P. Kelly, A. K. Maulloo, D. K. H. Tan, "Rate control for
//! communication networks", 1998), with what is left as the price.
//!
//! # Example
//!
//! ```
//! use ratelimit_core::adapt::{Answer, Leave, Pilot, Reset, Spend, Steering, Told, Verdict};
//! use ratelimit_core::Timestamp;
//! use std::time::Duration;
//!
//! let mut pilot = Pilot::new(Steering::new());
//! let start = Timestamp::from_nanos(1_000_000_000_000);
//! let one = Spend::new(1);
//!
//! // Nothing is known yet: one goes, and the others wait for its answer, but not for ever.
//! assert_eq!(pilot.leave(start, &one, 2), Leave::Now);
//! let id = pilot.sent(start, &one);
//! let in_five_seconds = start.saturating_add(Duration::from_secs(5));
//! assert_eq!(pilot.leave(start, &one, 1), Leave::At(in_five_seconds));
//!
//! // The answer: 1 of 60 a minute is left, for another 20 seconds.
//! let later = start.saturating_add(Duration::from_millis(80));
//! let told = [Told::new(1)
//!     .with_limit(60)
//!     .with_remaining(1)
//!     .with_reset(Reset::After(Duration::from_secs(20)))
//!     .with_window(Duration::from_secs(60))];
//! pilot.answered(id, later, &Answer::new(Verdict::Served).with_told(&told));
//! assert!(matches!(pilot.leave(later, &one, 1), Leave::At(_)));
//! assert!(pilot.outlook(later).next().unwrap().shared); // 58 were used by somebody else
//! ```

mod answer;
mod flight;
mod law;
mod ledger;
mod model;
mod offset;
mod outlook;
mod pilot;
mod series;
mod sight;
mod silent;
mod spend;
mod steering;
mod told;
mod track;

pub use answer::{Answer, Verdict};
pub use flight::SendId;
pub use outlook::Outlook;
pub use pilot::{Leave, Pilot};
pub use spend::Spend;
pub use steering::{Pace, Steering};
pub use told::{Reset, Told};
