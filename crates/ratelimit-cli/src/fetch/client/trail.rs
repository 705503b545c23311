//! What becomes of one item on its way: how often it was sent, and how long it was on the wire.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::fetch::progress::Tally;

/// Travels with a request, through all tries.
#[derive(Clone)]
pub(in crate::fetch) struct Trail {
    state: Arc<Mutex<State>>,
    tally: Arc<Tally>,
}

#[derive(Default)]
struct State {
    tries: u32,
    on_wire: Option<Instant>,
    spent: Duration,
}

/// Held while a request is being sent, or its answer read.
pub(super) struct OnWire(Trail);

impl Trail {
    /// Of an item of which nothing was sent yet.
    pub(in crate::fetch) fn new(tally: Arc<Tally>) -> Self {
        Self {
            state: Arc::default(),
            tally,
        }
    }

    /// How often it was sent.
    pub(in crate::fetch) fn tries(&self) -> u32 {
        self.state().tries
    }

    /// How long it was being sent or answered.
    pub(in crate::fetch) fn spent(&self) -> Duration {
        self.state().spent
    }

    /// Whether it is being sent or answered just now.
    pub(in crate::fetch) fn is_on_wire(&self) -> bool {
        self.state().on_wire.is_some()
    }

    pub(super) fn sent(&self) -> OnWire {
        self.state().tries += 1;
        self.tally.sent();
        self.answered()
    }

    /// The answer is being read.
    pub(super) fn answered(&self) -> OnWire {
        self.state().on_wire = Some(Instant::now());
        self.tally.on_wire(true);
        OnWire(self.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here can panic half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OnWire {
    fn drop(&mut self) {
        self.0.tally.on_wire(false);
        let mut state = self.0.state();
        if let Some(since) = state.on_wire.take() {
            state.spent += since.elapsed();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn time_on_the_wire_adds_up() {
        let trail = Trail::new(Arc::new(Tally::new()));
        for _ in 0..2 {
            let head = trail.sent();
            assert!(trail.is_on_wire());
            tokio::time::advance(Duration::from_secs(1)).await;
            drop(head);
            assert!(!trail.is_on_wire());
            tokio::time::advance(Duration::from_secs(9)).await;
        }
        let body = trail.answered();
        tokio::time::advance(Duration::from_secs(3)).await;
        drop(body);
        assert_eq!((trail.tries(), trail.spent()), (2, Duration::from_secs(5)));
    }
}
