//! What a layer is told about who goes when, and how many may wait.

use std::sync::Arc;
use std::time::Duration;

use ratelimit_core::wait::Priority;

use super::layer::ThrottleLayer;
use crate::client::Outgoing;

impl ThrottleLayer {
    /// How urgent a request is, if not [`Priority::NORMAL`].
    pub fn with_priority<F>(self, priority: F) -> Self
    where
        F: Fn(&Outgoing<'_>) -> Priority + Send + Sync + 'static,
    {
        self.set(|config| config.priority = Some(Arc::new(priority)))
    }

    /// The least time between two sends of one key, whatever the burst allows.
    pub fn with_min_interval(self, interval: Duration) -> Self {
        self.set_rules(|config| config.settings = config.settings.with_min_interval(interval))
    }

    /// At most so many in flight for each key, counted to the end of the response's body.
    ///
    /// # Panics
    /// If `cap` is 0, or the plan has no room for another policy, or has one called `in-flight`.
    #[track_caller]
    pub fn with_concurrency(mut self, cap: u32) -> Self {
        Arc::make_mut(&mut self.config).set_cap(cap);
        self
    }

    /// How long a request of [priority](Self::with_priority) 1 waits before it takes turns with those
    /// that are more urgent; of priority 3 three times as long, and so on. 10 s if not set.
    /// [`Settings::with_patience`](ratelimit_core::wait::Settings::with_patience) says more.
    pub fn with_patience(self, step: Duration) -> Self {
        self.set_rules(|config| config.settings = config.settings.with_patience(step))
    }

    /// Uses only this part of each limit, 1 to 100, be it of the plan or learnt: with 90, a tenth is left for those who share the
    /// quota, and for a network that is not even. 100 if not set.
    pub fn with_percent_of_limit(self, percent: u32) -> Self {
        self.set_rules(|config| config.settings = config.settings.with_percent_of_limit(percent))
    }

    /// How many requests of one key may wait; who comes when they do is refused. 10,000 if not set.
    pub fn with_max_waiting(self, waiters: usize) -> Self {
        self.set_rules(|config| config.settings = config.settings.with_max_waiting(waiters))
    }

    /// The longest that a request waits. One that would have to wait for longer is refused at once,
    /// not after it has waited. Without it, it waits for as long as it takes, except for a
    /// [pause](Self::with_longest_pause).
    pub fn with_max_wait(self, wait: Duration) -> Self {
        self.set(|config| config.max_wait = Some(wait))
    }
}
