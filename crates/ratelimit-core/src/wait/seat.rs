//! A place in line that outlives the send.

use std::sync::atomic::{AtomicU64, Ordering};

/// The place that a request had which was sent, and refused: whoever has it stands before all those of
/// its priority that came later, and is as old as it was. From [`Pass::seat`](super::Pass::seat), for
/// [`Gate::enter_again`](super::Gate::enter_again); there is one for each pass.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a seat that is dropped is given up"]
pub struct Seat {
    /// Another gate numbers its own.
    pub(super) gate: u64,
    pub(super) at: Arrival,
}

/// When somebody came: its number in the gate, and the instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    pub(super) seq: u64,
    pub(super) came: u64,
}

/// A number that no other gate has.
pub(super) fn next_gate() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
