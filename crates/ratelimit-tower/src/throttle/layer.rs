//! The layer: configuration, and the state that all its services share.

use std::sync::Arc;

use ratelimit_core::adapt::{Pace, Steering};
use ratelimit_core::wait::Gate;
use ratelimit_core::{Clock, Key, KeySink, Plan, Quota};
use tower_layer::Layer;

use super::config::{Config, Endpoint, Rule};
use super::gates::Gates;
use super::service::Throttle;
use crate::client::{Outgoing, RequestHead, TokioClock, Wall};
use crate::observe::{LowWatch, Observe};

/// Makes requests wait for their turn. The [module](super) says how.
///
/// Clones of the layer and of its services share one budget. A clone that is given another plan, an
/// endpoint, another key, or a rule of sending (interval, part of the limit, line) counts for itself
/// what that concerns, because what one of them allows the other may not.
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it is applied to a service"]
pub struct ThrottleLayer {
    pub(super) config: Arc<Config>,
    gates: Arc<Gates>,
    clock: Arc<Times>,
}

/// More than any client sends.
const UNLIMITED: Quota = Quota::per_second(u32::MAX);

/// The clocks.
pub(super) struct Times {
    pub(super) tokio: TokioClock,
    pub(super) wall: Wall,
}

impl ThrottleLayer {
    /// Throttles each host to this plan (or bare [`Quota`]).
    pub fn new(plan: impl Into<Plan>) -> Self {
        Self::of(Config::new(Some(plan.into())))
    }

    /// Learns each host's limits from the headers of its responses, and keeps to them: needs no
    /// configuration. The [module](super#adaptive) says what is learnt, and what that needs.
    ///
    /// Where paths of one host have limits of their own, and bare `X-RateLimit-*` that do not name them, it cannot tell
    /// them apart: say by [`with_key`](Self::with_key) which paths belong together.
    pub fn adaptive() -> Self {
        Self::of(Config::adaptive())
    }

    fn of(config: Config) -> Self {
        Self {
            config: Arc::new(config),
            gates: Arc::new(Gates::new()),
            clock: Arc::new(Times::new(Wall::default())),
        }
    }

    /// Throttles each host to this plan (or bare [`Quota`]), instead of one that
    /// was set before. What is learnt holds beside it: whichever lets less through counts.
    ///
    /// # Panics
    /// If the plan has no room for the cap of [`with_concurrency`](Self::with_concurrency).
    #[track_caller]
    pub fn with_plan(mut self, plan: impl Into<Plan>) -> Self {
        Arc::make_mut(&mut self.config).set_plan(plan.into());
        self
    }

    /// How an [adaptive](Self::adaptive) layer spends what is left: evenly if not set. No other layer
    /// has a pace.
    pub fn with_pace(self, pace: Pace) -> Self {
        self.set_rules(|config| config.adaptive = config.adaptive.map(|_| pace))
    }

    /// Who shares a budget, instead of one for each host and port: the hook writes the parts of the
    /// key, and says whether there is one. A request without a key is sent as it comes.
    ///
    /// # A host with several limits
    ///
    /// What an [adaptive](Self::adaptive) layer learns is a key's. If `/reports` has 60 a minute and all else 600, and both are
    /// stated as bare `X-RateLimit-*`, one key for both sees one limit that changes all the time: requests are refused,
    /// and most of the 600 is never used. With a key for each, both are used up and nobody is refused:
    ///
    /// ```
    /// use http::Request;
    /// use ratelimit_tower::throttle::ThrottleLayer;
    ///
    /// let layer = ThrottleLayer::adaptive().with_key(|request, key| {
    ///     key.text(request.host().unwrap_or_default().to_ascii_lowercase());
    ///     key.number(request.port().map_or(0, u64::from));
    ///     key.text(if request.path().starts_with("/reports") { "reports" } else { "all else" });
    ///     true
    /// });
    /// let gate = |path: &str| layer.gate(&Request::get(format!("http://api.example{path}")).body(()).ok()?);
    /// let (reports, items) = (gate("/reports/7").expect("it has a key"), gate("/items").expect("so has it"));
    /// reports.pause_until(reports.now().saturating_add(std::time::Duration::from_secs(60)));
    /// assert!(items.paused_until().is_none());
    /// assert!(gate("/reports/8").is_some_and(|gate| gate.paused_until().is_some()));
    /// ```
    ///
    /// Use what the server counts by, not whole paths with numbers in them: each key learns from nothing, and is unknown
    /// to the others. So leave limits that have names (as IETF's do) under one key: they are told apart anyway,
    /// and one that counts the whole host is kept exactly only where all of its requests are seen.
    pub fn with_key<F>(self, key: F) -> Self
    where
        F: Fn(&Outgoing<'_>, &mut KeySink) -> bool + Send + Sync + 'static,
    {
        self.set_rules(|config| config.key = Arc::new(key))
    }

    /// Requests under this path have a budget of their own, under this plan *instead* of the
    /// layer's. The longest prefix of whole segments wins. For a limit *beside* the layer's, use two
    /// layers.
    pub fn with_endpoint(self, prefix: &str, plan: impl Into<Plan>) -> Self {
        let endpoint = Endpoint::new(prefix, plan.into());
        self.set(|config| config.endpoints.push(endpoint))
    }

    /// How many keys are kept apart; 1,024 if not set. Keys beyond, while all of those are in use,
    /// share one budget for each plan. A key that is paused, or has a request under way, is in use, and so is one that
    /// an [adaptive](Self::adaptive) layer has learnt something of in the last ten minutes.
    pub fn with_max_keys(self, keys: usize) -> Self {
        self.set(|config| config.max_keys = keys)
    }

    /// What the wall clock says: for headers that state a moment and come without a `Date`, and for where the
    /// days, months and fixed windows of a plan begin, for which it is asked once, here. Nothing else asks it:
    /// waiting is tokio's. A clone that is given another clock counts for itself.
    pub fn with_wall_clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(Times::new(Wall::new(clock)));
        // Instants of two lines must not meet.
        self.gates = Arc::new(Gates::new());
        self
    }

    /// Tells what happens: see [`observe`](crate::observe). Further ones are told as well.
    pub fn with_observer(self, observer: impl Observe) -> Self {
        self.set(|config| config.observers.add(observer))
    }

    /// At how much left of a limit, in percent, observers are [warned](crate::observe::Low); 10 if not
    /// set. With 0 they are not. It holds nobody back.
    pub fn with_low_warning(self, percent: u32) -> Self {
        self.set(|config| config.low = Arc::new(LowWatch::new(percent)))
    }

    /// The gate of the key that this request has, if it has one: to see how many wait, to pause it,
    /// or to change its plan.
    pub fn gate<R: RequestHead>(&self, request: &R) -> Option<Gate> {
        Some(self.gate_of(&Outgoing::new(request))?.1)
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    pub(super) fn times(&self) -> &Times {
        &self.clock
    }

    /// And the key that it was found by.
    pub(super) fn gate_of(&self, request: &Outgoing<'_>) -> Option<(Key, Gate)> {
        let Rule { id, plan } = self.config.rule_of(request.path());
        let key = self.key(request, *id)?;
        let make = || self.make_gate(plan.as_ref());
        let gate = self.gates.get((key, *id), self.config.max_keys, make);
        Some((key, gate))
    }

    fn make_gate(&self, plan: Option<&Plan>) -> Gate {
        let (settings, clock) = (self.config.gate_settings(), self.clock.tokio.clone());
        if let Some(pace) = self.config.adaptive {
            let steering = Steering::new().with_pace(pace).with_seed(fastrand::u64(..));
            return Gate::adaptive(plan.cloned(), settings, steering, clock);
        }
        // Without a plan there is nothing to keep to.
        let plan = plan.cloned().unwrap_or_else(|| UNLIMITED.into());
        Gate::with_clock(plan, settings, clock)
    }

    fn key(&self, request: &Outgoing<'_>, rule: u64) -> Option<Key> {
        let mut sink = self.gates.hasher.sink();
        sink.number(rule);
        (self.config.key)(request, &mut sink).then(|| sink.key())
    }

    /// Changes what gates are made of or found by.
    pub(super) fn set_rules(self, change: impl FnOnce(&mut Config)) -> Self {
        self.set(|config| {
            change(config);
            config.renew();
        })
    }

    pub(super) fn set(mut self, change: impl FnOnce(&mut Config)) -> Self {
        change(Arc::make_mut(&mut self.config));
        self
    }
}

impl<S> Layer<S> for ThrottleLayer {
    type Service = Throttle<S>;

    fn layer(&self, inner: S) -> Throttle<S> {
        Throttle::new(inner, self.clone())
    }
}

impl Times {
    fn new(wall: Wall) -> Self {
        Self {
            tokio: TokioClock::new(wall.clone()),
            wall,
        }
    }
}

impl std::fmt::Debug for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Times")
    }
}
