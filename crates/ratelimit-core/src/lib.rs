//! x
mod algorithm;
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
pub mod wait;

pub use algorithm::Algorithm;
pub use clock::{Clock, ManualClock, StdClock};
pub use decision::{Decision, DecisionRef, PolicyStatus, Reason};
pub use direct::{Direct, DirectReservation};
pub use key::{Key, KeyHasher, KeySink, Scope};
pub use keyed::{Memory, MemoryBuilder, MemoryReservation, MemoryTicket, Stats, WhenFull};
pub use limiter::{Check, Limiter, MAX_SUBJECTS, Outcome, Permit, Subject, Verdict};
pub use plan::{MAX_POLICIES, Plan, PlanError};
pub use policy::Policy;
pub use quota::{ParseQuotaError, Quota, QuotaError};
pub use time::Timestamp;
