//! The layer: what is retried, how often, after how long.

use std::sync::Arc;
use std::time::Duration;

use ratelimit_core::Clock;
use tower_layer::Layer;

use super::backoff::Backoff;
use super::budget::RetryBudget;
use super::classify::Standard;
use super::copy::{Copyable, SendOnce};
use super::service::Retry;
use crate::client::Wall;
use crate::observe::{Observe, Observers};

/// Sends requests again. The [module](super) says which, and when.
///
/// Clones of the layer and of its services share one [`RetryBudget`].
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it is applied to a service"]
pub struct RetryLayer<P = Standard, C = Copyable> {
    config: Arc<Config<P, C>>,
}

#[derive(Clone, Debug)]
pub(super) struct Config<P, C> {
    pub(super) classify: P,
    pub(super) copy: C,
    pub(super) backoff: Backoff,
    pub(super) budget: Option<RetryBudget>,
    pub(super) observers: Observers,
}

impl RetryLayer {
    /// At most 5 tries (refusals that say when to come back do not count), waits of up to 300 s or of
    /// an hour if the server states them, the standard classes, a budget of its own.
    pub fn new() -> Self {
        let backoff = Backoff {
            tries: None,
            refusals: None,
            base: Duration::from_secs(1),
            longest: None,
            total: None,
            wall: Wall::default(),
        };
        let config = Config {
            classify: Standard,
            copy: Copyable,
            backoff,
            budget: Some(RetryBudget::default()),
            observers: Observers::default(),
        };
        Self {
            config: Arc::new(config),
        }
    }
}

impl<P: Clone, C: Clone> RetryLayer<P, C> {
    /// How often a request is sent at most, the first time included, whatever comes of it. 5 if not set,
    /// and then [refusals](Self::with_max_refusals) do not count; if it is set, they do, unless it is set too
    /// how many of them do not.
    pub fn with_max_tries(self, tries: u32) -> Self {
        self.set(|config| config.backoff.tries = Some(tries))
    }

    /// How often a request is sent again, beside its tries, because a limit refused it (429, or what gRPC
    /// has for it) and said when to come back. 50 if neither this nor [`with_max_tries`](Self::with_max_tries)
    /// is set: it was never executed, the wait was what the server asked for, and who shares a
    /// quota with strangers may be refused many times. [`with_deadline`](Self::with_deadline) is the bound
    /// that people understand.
    pub fn with_max_refusals(self, refusals: u32) -> Self {
        self.set(|config| config.backoff.refusals = Some(refusals))
    }

    /// Where no time is stated, the first wait is something up to `base`, each further one something up
    /// to twice as much. 1 s if not set.
    pub fn with_base(self, base: Duration) -> Self {
        self.set(|config| config.backoff.base = base)
    }

    /// The longest wait: back-off does not grow beyond it, and an answer that states a longer time is
    /// returned at once. If not set, back-off does not grow beyond 300 s, and a stated time of up to an hour is
    /// waited for: it is known, and so is that nothing sooner would help.
    ///
    /// An hour is also the longest pause of a throttle. Give both the same
    /// ([`with_longest_pause`](crate::throttle::ThrottleLayer::with_longest_pause)): where this one is shorter, a request
    /// that is refused comes back as a 429 while those behind it wait; where it is longer, it comes back as the throttle's
    /// error.
    pub fn with_longest_wait(self, wait: Duration) -> Self {
        self.set(|config| config.backoff.longest = Some(wait))
    }

    /// How long after the call a request may be sent again. When the wait for that would end later, the answer is
    /// returned at once, not after it. A throttle within this layer keeps to it too: if others have its pause
    /// lengthened, or its line is too long, the request is [refused](crate::throttle::Refused) instead of being sent
    /// later than this. It neither bounds how long the first try waits in line, nor cuts short one that is under way.
    pub fn with_deadline(self, total: Duration) -> Self {
        self.set(|config| config.backoff.total = Some(total))
    }

    /// Shares this budget, also with other layers.
    pub fn with_budget(self, budget: RetryBudget) -> Self {
        self.set(|config| config.budget = Some(budget))
    }

    /// No budget: see [`RetryBudget`] for what that does to a server in trouble.
    pub fn without_budget(self) -> Self {
        self.set(|config| config.budget = None)
    }

    /// What the wall clock says, for a `Retry-After` that states a moment and comes without a `Date`.
    pub fn with_wall_clock(self, clock: impl Clock) -> Self {
        self.set(|config| config.backoff.wall = Wall::new(clock))
    }

    /// Tells what is sent again, and what is not: see [`observe`](crate::observe). Further ones are told
    /// as well.
    pub fn with_observer(self, observer: impl Observe) -> Self {
        self.set(|config| config.observers.add(observer))
    }

    /// Retries by other rules.
    pub fn with_classify<Q: Clone>(self, classify: Q) -> RetryLayer<Q, C> {
        self.map(|_, copy| (classify, copy))
    }

    /// Copies requests in another way.
    pub fn with_copy<D: Clone>(self, copy: D) -> RetryLayer<P, D> {
        self.map(|classify, _| (classify, copy))
    }

    /// For clients whose bodies are streams that cannot be copied, as tonic's `Channel` and a hyper
    /// client that sends `Incoming`: each request is sent once. Without it, they do not compile.
    pub fn with_uncopyable_bodies(self) -> RetryLayer<P, SendOnce> {
        self.with_copy(SendOnce)
    }

    fn map<Q, D>(self, change: impl FnOnce(P, C) -> (Q, D)) -> RetryLayer<Q, D> {
        let config = Arc::unwrap_or_clone(self.config);
        let (classify, copy) = change(config.classify, config.copy);
        let config = Config {
            classify,
            copy,
            backoff: config.backoff,
            budget: config.budget,
            observers: config.observers,
        };
        RetryLayer {
            config: Arc::new(config),
        }
    }

    fn set(mut self, change: impl FnOnce(&mut Config<P, C>)) -> Self {
        change(Arc::make_mut(&mut self.config));
        self
    }
}

impl Default for RetryLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S, P, C> Layer<S> for RetryLayer<P, C> {
    type Service = Retry<S, P, C>;

    fn layer(&self, inner: S) -> Self::Service {
        Retry::new(inner, Arc::clone(&self.config))
    }
}
