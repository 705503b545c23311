//! The bodies of responses: that of an inner service with what it holds, and those that are made here.

mod guarded;
mod whole;

pub use guarded::GuardedBody;
pub(crate) use guarded::Seen;
pub use whole::WholeBody;
