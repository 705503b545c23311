//! How many requests are under way, for whoever waits for them to end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts requests. Clones count together.
#[derive(Clone, Debug, Default)]
pub(super) struct InFlight(Arc<AtomicUsize>);

/// A request that is under way until this is dropped.
#[derive(Debug)]
pub(super) struct Underway(InFlight);

impl InFlight {
    // Nothing hangs on the number but a message, so no order is needed.
    pub(super) fn begin(&self) -> Underway {
        self.0.fetch_add(1, Ordering::Relaxed);
        Underway(self.clone())
    }

    pub(super) fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}
