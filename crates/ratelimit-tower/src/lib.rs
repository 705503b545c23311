//! x

mod body;
pub mod client;
mod head;
pub mod key;
pub mod limit;
mod path;
pub mod retry;
pub mod throttle;

pub use body::GuardedBody;

/// Any error, as tower has it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
pub use head::Head;
