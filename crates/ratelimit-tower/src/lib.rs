//! x

mod body;
pub mod limit;
pub mod retry;
pub mod throttle;

pub use body::GuardedBody;
