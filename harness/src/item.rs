//! One piece of work.

use tokio::time::Instant;

/// What a worker wants done: the body of its requests.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Which one it is; the same in every try.
    pub id: u64,
    /// The units that it is taken to cost when it is sent.
    pub cost: u32,
    /// The units that it turns out to have cost.
    pub actual: u32,
    /// Whether it goes before those that are not.
    pub urgent: bool,
    /// When somebody began to want it.
    pub wanted: Instant,
}
