//! What there is to see of a gate.

use std::sync::Arc;
use std::time::Duration;

use super::Gate;
use crate::adapt::Outlook;
use crate::time::Timestamp;

impl Gate {
    /// What an [adaptive](Self::adaptive) gate knows about each limit; nothing of any other gate.
    #[must_use]
    pub fn outlook(&self) -> Vec<Outlook> {
        self.with(|queue, now| queue.outlook(now))
    }

    /// How many refusals in a row did not say how long to stay away ([`Pass::answered`](crate::wait::Pass::answered)). Those of
    /// requests that were under way together count as one.
    #[must_use]
    pub fn silent_refusals(&self) -> u32 {
        self.lock().silent_refusals()
    }

    /// How many wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.lock().waiting()
    }

    /// The end of a pause that is on.
    #[must_use]
    pub fn paused_until(&self) -> Option<Timestamp> {
        let until = self.with(|queue, now| queue.paused_until(now))?;
        Some(Timestamp::from_nanos(until))
    }

    /// Whether nothing is used, held, awaited or learnt: to forget such a gate loses nothing.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.with(|queue, now| queue.is_idle(now))
    }

    /// Whether there are other handles of this gate: clones, or waiters and passes that it gave out.
    /// What they may yet bring about (an answer that asks for a pause) is lost on a gate that was
    /// forgotten.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        Arc::strong_count(&self.0) > 1
    }

    /// The present instant on the gate's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The wall time at an instant of the gate's clock, since the Unix epoch. For reading and printing.
    #[must_use]
    pub fn unix(&self, at: Timestamp) -> Duration {
        self.0.clock.unix(at)
    }
}
