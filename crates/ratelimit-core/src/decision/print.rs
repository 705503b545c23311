//! A decision in words, for logs and messages.

use std::fmt;

use super::{DecisionRef, Reason};

impl fmt::Debug for DecisionRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decision")
            .field("allowed", &self.is_allowed())
            .field("reason", &self.reason())
            .field("cost", &self.cost)
            .field("policy", &self.binding().name())
            .field("limit", &self.limit())
            .field("remaining", &self.remaining())
            .field("reset_after", &self.reset_after())
            .field("retry_after", &self.retry_after())
            .finish()
    }
}

impl fmt::Display for DecisionRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let binding = self.binding();
        let name = binding.name();
        match self.reason() {
            None => write!(f, "admitted, {} of {name:?} remaining", binding.remaining()),
            Some(Reason::CostExceedsLimit) => write!(
                f,
                "a cost of {} is more than policy {name:?} can ever grant",
                self.cost
            ),
            Some(Reason::Concurrency) => write!(
                f,
                "{} requests are in flight, as many as policy {name:?} allows",
                binding.limit()
            ),
            Some(Reason::StoreFull) => f.write_str("the limiter's store is full"),
            Some(Reason::Rate) => write!(
                f,
                "policy {name:?} is used up, retry after {:?}",
                self.retry_after().unwrap_or_default()
            ),
            Some(Reason::Quota) => write!(
                f,
                "the quota of policy {name:?} is used up, retry after {:?}",
                self.retry_after().unwrap_or_default()
            ),
        }
    }
}
