//! The layer: what is configured, and where the state lives.

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ratelimit_core::{DecisionRef, Key, KeySink, Limiter, Memory, Plan};
use ratelimit_headers::{Dialects, Existing};
use tower_layer::Layer;

use super::also::{Also, MAX_ALSO};
use super::caller::{Anonymous, Callers, Plans};
use super::charge::Charge;
use super::config::Config;
use super::meter::{MAX_METERS, Meter};
use super::respond::Respond;
use super::tiers::Tiers;
use super::usage::{DescribeUsage, Usage};
use super::{Endpoint, PermitUntil, RateLimit, WhenUnavailable};
use crate::BoxError;
use crate::head::Head;
use crate::key::Forwarded;

/// Enforces plans on a service: decides before each request, answers those it refuses, and states
/// the limits in the headers of every response.
///
/// The state belongs to the layer: its clones, and every service that it makes, share one budget,
/// over all routes and connections. See the [module](super) for where to put it.
#[derive(Clone)]
#[must_use = "a layer does nothing until it is put around a service"]
pub struct RateLimitLayer<L = Memory> {
    config: Arc<Config<L>>,
}

impl RateLimitLayer<Memory> {
    /// Every caller is bound by this plan (or bare [`Quota`](ratelimit_core::Quota)), in memory. Who a
    /// caller is, is the client's address until [`with_key`](Self::with_key) says otherwise.
    pub fn new(plan: impl Into<Plan>) -> Self {
        Self::with_limiter(Memory::new(), plan)
    }
}

impl<L: Limiter> RateLimitLayer<L> {
    /// The same with a limiter of your own: another size, another clock, shared with other layers.
    pub fn with_limiter(limiter: L, plan: impl Into<Plan>) -> Self {
        let callers = Callers::new(plan.into());
        Self {
            config: Arc::new(Config::new(limiter, callers)),
        }
    }

    /// The key of the caller: a hook of [`key`](crate::key), or a closure that writes it and says
    /// whether there is one. A key of which nothing was written is none.
    pub fn with_key<F>(self, key: F) -> Self
    where
        F: Fn(&Head<'_>, &mut KeySink) -> bool + Send + Sync + 'static,
    {
        self.change(|config| config.callers.key = Some(Arc::new(key)))
    }

    /// The plan of a caller with a key. `None`: nobody knows the key, see
    /// [`with_unknown`](Self::with_unknown).
    pub fn with_plan<F>(self, plan: F) -> Self
    where
        F: Fn(&Head<'_>) -> Option<Plan> + Send + Sync + 'static,
    {
        self.change(|config| config.callers.plans = Plans::Find(Arc::new(plan)))
    }

    /// The plans of callers with keys are in this table, which can be changed while requests are served.
    /// A key that is not in it is one that nobody knows, see [`with_unknown`](Self::with_unknown).
    ///
    /// # Panics
    /// If the table is that of another limiter, whose keys are others.
    #[track_caller]
    pub fn with_tiers(self, tiers: Tiers<L>) -> Self {
        let probe = |limiter: &L| limiter.hasher().key("probe");
        assert!(
            probe(tiers.limiter()) == probe(&self.config.limiter),
            "the tiers are of another limiter: make the layer with `with_limiter(tiers.limiter().clone(), ...)`"
        );
        let table = move |key: &Key| tiers.plan(key);
        self.change(|config| config.callers.plans = Plans::Table(Arc::new(table)))
    }

    /// The plan of a caller with a key, when it has to be looked up, say in a database. An error is
    /// answered with 503.
    ///
    /// The hook sees the head, and the future it makes may not: take out what is needed.
    ///
    /// Danger: a look-up costs something before anything is charged, also for a key that somebody
    /// invented. Put a layer by address around this one, or a cache of misses into the look-up.
    ///
    /// ```
    /// # use ratelimit_core::{Plan, Quota};
    /// # use ratelimit_tower::{Head, key, limit::RateLimitLayer};
    /// # async fn tier(_: String) -> Result<Option<Plan>, std::io::Error> { Ok(None) }
    /// let layer = RateLimitLayer::new(Quota::per_minute(60))
    ///     .with_key(key::bearer)
    ///     .with_look_up(|head: &Head<'_>| tier(head.bearer().unwrap_or_default().to_owned()));
    /// ```
    pub fn with_look_up<F, Fut, E>(self, look_up: F) -> Self
    where
        F: Fn(&Head<'_>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Option<Plan>, E>> + Send + 'static,
        E: Into<BoxError>,
    {
        let look_up = move |head: &Head<'_>| -> super::caller::PlanFuture {
            let plan = look_up(head);
            Box::pin(async move { plan.await.map_err(Into::into) })
        };
        self.change(|config| config.callers.plans = Plans::LookUp(Arc::new(look_up)))
    }

    /// What happens to a request without a key. Unless told, it is charged to the client's address
    /// under the layer's plan.
    pub fn with_anonymous(self, anonymous: Anonymous) -> Self {
        self.change(|config| config.callers.anonymous = Some(anonymous))
    }

    /// What happens to a request whose key has no plan. Unless told, the same as to one without a key.
    pub fn with_unknown(self, unknown: Anonymous) -> Self {
        self.change(|config| config.callers.unknown = Some(unknown))
    }

    /// How the address of the other end is found, unless it is in
    /// [`PeerAddr`](crate::key::PeerAddr).
    pub fn with_peer<F>(self, peer: F) -> Self
    where
        F: Fn(&Head<'_>) -> Option<IpAddr> + Send + Sync + 'static,
    {
        self.change(|config| {
            config.addresses = std::mem::take(&mut config.addresses).with_peer(peer);
        })
    }

    /// Believes what trusted proxies say about the client's address.
    pub fn with_forwarded(self, forwarded: Forwarded) -> Self {
        self.change(|config| {
            config.addresses = std::mem::take(&mut config.addresses).with_forwarded(forwarded);
        })
    }

    /// Adds a plan for the paths under a prefix.
    pub fn with_endpoint(self, endpoint: Endpoint) -> Self {
        self.change(|config| config.endpoints.push(endpoint))
    }

    /// Binds each request by another key as well: the token **and** the address, say. The plans are
    /// charged together or not at all.
    ///
    /// # Panics
    /// If there are two already.
    #[track_caller]
    pub fn with_also(self, also: Also) -> Self {
        let already = self.config.also.len();
        assert!(
            already < MAX_ALSO,
            "a request is bound by {MAX_ALSO} further keys at most"
        );
        self.change(|config| config.also.push(also))
    }

    /// What a request costs; 1 unless told.
    pub fn with_cost<F>(self, cost: F) -> Self
    where
        F: Fn(&Head<'_>) -> u32 + Send + Sync + 'static,
    {
        self.change(|config| config.cost = Some(Arc::new(cost)))
    }

    /// What a request is charged in the end, by its response: only successes, say, or the tokens that
    /// were really used. Unless told, what it [costs](Self::with_cost).
    pub fn with_charge(self, charge: Charge) -> Self {
        self.change(|config| {
            config.charge = Some(charge);
            config.renew_charges();
        })
    }

    /// Counts something else beside requests, in a unit of its own: tokens, say. What requests
    /// [cost](Self::with_cost) and are [charged](Self::with_charge) is then for all other units.
    ///
    /// # Panics
    /// If there are four already, or one of this unit.
    #[track_caller]
    pub fn with_meter(self, meter: Meter) -> Self {
        let already = &self.config.meters;
        assert!(
            already.len() < MAX_METERS,
            "a layer has {MAX_METERS} meters at most"
        );
        assert!(
            already.iter().all(|other| other.unit() != meter.unit()),
            "a unit has one meter"
        );
        self.change(|config| {
            config.meters.push(meter);
            config.renew_charges();
        })
    }

    /// Requests that pass unlimited and uncounted, such as health checks or an allow-list.
    pub fn with_skip<F>(self, skip: F) -> Self
    where
        F: Fn(&Head<'_>) -> bool + Send + Sync + 'static,
    {
        self.change(|config| config.skip = Some(Arc::new(skip)))
    }

    /// Words the answers to refused requests; [`ProblemJson`](super::respond::ProblemJson) unless told. A
    /// closure names the types of its arguments: `|head: &Head<'_>, refusal: &Refusal<'_>| ...`. A 402
    /// gets no `Retry-After`: it is a matter of money, not of time.
    pub fn with_responder(self, responder: impl Respond + 'static) -> Self {
        self.change(|config| config.responder = Arc::new(responder))
    }

    /// Which families of headers state the limits: `X-RateLimit-*` and the IETF lists unless told, none
    /// with [`Dialects::NONE`].
    pub fn with_headers(self, dialects: Dialects) -> Self {
        self.change(|config| config.dialects = dialects)
    }

    /// What becomes of limit headers that the inner response already has; unless told they are merged,
    /// so that stacked layers give one legal set.
    pub fn with_existing_headers(self, existing: Existing) -> Self {
        self.change(|config| config.existing = existing)
    }

    /// What `Retry-After` says where nobody can know: a cap on concurrency is full. One second unless
    /// told.
    pub fn with_retry_after_held(self, wait: Duration) -> Self {
        self.change(|config| config.retry_after_held = wait)
    }

    /// How long a permit of a cap on concurrency is held; to the end of the body unless told, and always
    /// where the body says what is [charged](Charge::by_field).
    pub fn with_permit_until(self, until: PermitUntil) -> Self {
        self.change(|config| {
            let by_body = config
                .charges
                .as_ref()
                .is_some_and(|charges| charges.are_by_body());
            config.permit_until = if by_body { PermitUntil::Body } else { until };
        })
    }

    /// What happens when the limiter cannot answer (memory always can); unless told, 503.
    pub fn with_unavailable(self, when: WhenUnavailable) -> Self {
        self.change(|config| config.when_unavailable = when)
    }

    /// Shadow mode: decides, counts and reports, but never refuses. What would have been refused, for
    /// whatever reason, carries a [`Shadowed`](super::Shadowed) in the extensions of its response.
    pub fn with_shadow(self, shadow: bool) -> Self {
        self.change(|config| config.shadow = shadow)
    }

    /// Sees each decision of the limiter as it is made, also in shadow mode; it runs in the request's
    /// path, so it should be quick. Requests that never reach the limiter (no key, no address) are not
    /// seen.
    pub fn with_observer<F>(self, observer: F) -> Self
    where
        F: Fn(&Head<'_>, &DecisionRef<'_>) + Send + Sync + 'static,
    {
        self.change(|config| config.observer = Some(Arc::new(observer)))
    }

    /// Puts the [`Decision`](ratelimit_core::Decision) into the extensions of each request, for
    /// handlers (in axum: `Extension<Decision>`). It costs two allocations, so it is off unless told.
    pub fn with_decision_in_request(self, expose: bool) -> Self {
        self.change(|config| config.expose = expose)
    }

    /// The limiter: to look at a caller's state, to reset it, or to share it.
    #[must_use]
    pub fn limiter(&self) -> &L {
        &self.config.limiter
    }

    /// A service that tells callers what they have used so far, as the layer is configured now. Asking
    /// costs nothing, if it is mounted beside what the layer limits, not under it.
    #[must_use]
    pub fn usage(&self, form: impl DescribeUsage + 'static) -> Usage<L> {
        Usage::new(Arc::clone(&self.config), form)
    }

    fn change(mut self, change: impl FnOnce(&mut Config<L>)) -> Self {
        let config = Arc::make_mut(&mut self.config);
        change(config);
        config.glances = config.can_glance();
        self
    }
}

impl<S, L: Limiter> Layer<S> for RateLimitLayer<L> {
    type Service = RateLimit<S, L>;

    fn layer(&self, inner: S) -> Self::Service {
        RateLimit::new(inner, Arc::clone(&self.config))
    }
}

impl<L> std::fmt::Debug for RateLimitLayer<L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RateLimitLayer")
            .field("plan", &self.config.callers.plan)
            .field("endpoints", &self.config.endpoints)
            .field("also", &self.config.also)
            .field("shadow", &self.config.shadow)
            .finish_non_exhaustive()
    }
}
