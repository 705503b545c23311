//! x

pub mod limit;
pub mod retry;
pub mod throttle;
