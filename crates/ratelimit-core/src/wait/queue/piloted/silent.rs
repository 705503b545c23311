//! Refusals that do not say how long to stay away.

use crate::adapt::Verdict;

/// Refusals in a row that did not say how long to stay away.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Silent {
    pub(super) count: u32,
    /// The last of them: those of requests that were sent before are the same story.
    since: u64,
}

impl Silent {
    pub(super) fn hear(&mut self, verdict: Verdict, sent: u64, now: u64) {
        if sent < self.since {
            return;
        }
        match verdict {
            Verdict::Refused { wait: None } => {
                self.count = self.count.saturating_add(1);
                self.since = now;
            }
            _ => self.count = 0,
        }
    }
}
