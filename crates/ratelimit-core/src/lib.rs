//! Rate limits as values: policy + state + clock → decision.
//!
//! The same algorithms serve both ends of the wire. A server asks "may this request in?"
//! ([`Memory::check_key`]); a client asks "when may this request out?" ([`wait::Gate`]). Nothing here
//! knows HTTP or an async runtime; time is a parameter of every algorithm.
//!
//! | you want | take |
//! |---|---|
//! | how much, how often | [`Quota`]: `Quota::per_minute(60)`, `"100/1m;burst=120".parse()` |
//! | how it is counted, under a name | [`Policy`]: token bucket, sliding log or counter, fixed window, calendar, concurrency |
//! | a day or a month as people count them | [`Calendar`]: months from the 31st in Berlin (feature `calendar`) |
//! | requests and tokens, or credits, at once | [`Policy::with_unit`], [`Cost`], [`Settlement`] |
//! | what binds one caller (a tier) | [`Plan`]: several policies, taken together or not at all |
//! | many callers | [`Memory`]: bounded, no background thread, no key in the clear |
//! | a restart that gives nothing away | [`Memory::write_snapshot`], [`MemoryBuilder::restore`] |
//! | one caller, or everybody together | [`Direct`] |
//! | to wait instead of being refused | [`wait::Gate`] |
//! | a limiter of your own behind the tower layers | [`Limiter`] |
//! | tests | [`ManualClock`] |
//!
//! ```
//! use ratelimit_core::{Memory, Plan, Policy, Quota, Reason};
//!
//! let limiter = Memory::new();
//! let plan = Plan::new("starter", [
//!     Policy::sliding_log("minute", Quota::per_minute(60)),
//!     Policy::concurrency("at-once", 2),
//! ])?;
//!
//! let first = limiter.reserve_key("alice", &plan, 1).expect("nothing is used yet");
//! let second = limiter.reserve_key("alice", &plan, 1).expect("two may be in flight");
//! let refused = limiter.reserve_key("alice", &plan, 1).unwrap_err();
//! assert_eq!(refused.reason(), Some(Reason::Concurrency));
//! drop(first); // Its permit is free again; what it cost stays spent.
//! assert_eq!(limiter.check_key("alice", &plan, 1).remaining(), 57);
//! # drop(second);
//! # Ok::<(), ratelimit_core::PlanError>(())
//! ```
//!
//! # What it promises
//! A refusal charges nothing, anywhere. [`DecisionRef::retry_after`] and [`DecisionRef::remaining`] are
//! exact. A rate is exact in the long run: 7 a minute is 7 a minute after a year. The quota comes in at
//! each check, so a caller whose plan changes keeps what was spent. Memory is bounded whatever the keys.
//!
//! # Features
//! `calendar` makes calendars, of the time zones that the system knows; `calendar-bundled` also of those that
//! are then built in, for systems that know none. Without them there is no way to make a [`Calendar`].
//!
//! # Dangers
//! - A limiter lives in one process: two processes with a limit each admit twice the limit.
//! - [`Memory`] that is full of keys that are used up refuses newcomers, unless told otherwise
//!   ([`WhenFull`]).

pub mod adapt;
mod algorithm;
mod calendar;
mod clock;
mod decision;
mod direct;
mod few;
mod key;
mod keyed;
mod limiter;
mod meter;
mod plan;
mod policy;
mod quota;
mod tally;
mod time;
mod unit;
pub mod wait;

pub use algorithm::Algorithm;
pub use calendar::{Calendar, CalendarError, CalendarPeriod};
pub use clock::{Clock, ManualClock, StdClock};
pub use decision::{Decision, DecisionRef, Glance, PolicyStatus, Reason};
pub use direct::{Direct, DirectReservation};
pub use key::{Key, KeyHasher, KeySink, Scope};
pub use keyed::{
    Memory, MemoryBuilder, MemoryReservation, MemoryTicket, SnapshotError, Stats, WhenFull,
};
pub use limiter::{Check, Limiter, MAX_SUBJECTS, Outcome, Permit, Subject, Verdict};
pub use plan::{MAX_POLICIES, Plan, PlanError};
pub use policy::Policy;
pub use quota::{ParseQuotaError, Quota, QuotaError};
pub use time::Timestamp;
pub use unit::{Cost, PerUnit, Settlement, Unit};
