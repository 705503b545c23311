//! What a layer was told: shared by all services that it makes.

use std::sync::Arc;
use std::time::Duration;

use ratelimit_core::{DecisionRef, Glance, Limiter, PolicyStatus};
use ratelimit_headers::{Dialects, Existing, Statement, Writer};

use super::also::Also;
use super::caller::Callers;
use super::charge::{Charge, Charges};
use super::endpoint::Endpoint;
use super::meter::Meter;
use super::respond::{ProblemJson, Respond};
use super::{PermitUntil, WhenUnavailable};
use crate::head::Head;
use crate::key::Addresses;

type Predicate = Arc<dyn Fn(&Head<'_>) -> bool + Send + Sync>;
pub(super) type Cost = Arc<dyn Fn(&Head<'_>) -> u32 + Send + Sync>;
type Observer = Arc<dyn Fn(&Head<'_>, &DecisionRef<'_>) + Send + Sync>;

pub(super) struct Config<L> {
    pub(super) limiter: L,
    pub(super) addresses: Addresses,
    pub(super) callers: Callers,
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) also: Vec<Also>,
    pub(super) skip: Option<Predicate>,
    pub(super) cost: Option<Cost>,
    pub(super) meters: Vec<Meter>,
    /// Of the units that have no meter.
    pub(super) charge: Option<Charge>,
    /// Absent where nothing is corrected.
    pub(super) charges: Option<Arc<Charges>>,
    pub(super) observer: Option<Observer>,
    pub(super) responder: Arc<dyn Respond>,
    pub(super) dialects: Dialects,
    pub(super) existing: Existing,
    pub(super) retry_after_held: Duration,
    pub(super) permit_until: PermitUntil,
    pub(super) when_unavailable: WhenUnavailable,
    pub(super) shadow: bool,
    pub(super) expose: bool,
    /// Whether a [glance](Limiter::glance) is enough: see [`can_glance`](Self::can_glance).
    pub(super) glances: bool,
}

impl<L> Config<L> {
    pub(super) fn new(limiter: L, callers: Callers) -> Self {
        Self {
            limiter,
            addresses: Addresses::default(),
            callers,
            endpoints: Vec::new(),
            also: Vec::new(),
            skip: None,
            cost: None,
            meters: Vec::new(),
            charge: None,
            charges: None,
            observer: None,
            responder: Arc::new(ProblemJson),
            dialects: Dialects::default(),
            existing: Existing::default(),
            retry_after_held: Duration::from_secs(1),
            permit_until: PermitUntil::default(),
            when_unavailable: WhenUnavailable::default(),
            shadow: false,
            expose: false,
            glances: true,
        }
    }
}

impl<L> Config<L> {
    /// Whether a check binds nobody but the caller, nobody else is told of it, and nothing is settled after it.
    pub(super) fn can_glance(&self) -> bool {
        let binds_others = !self.endpoints.is_empty() || !self.also.is_empty();
        let is_told = self.observer.is_some() || self.expose;
        !binds_others && !is_told && self.charges.is_none()
    }

    /// How everything is charged, after a change of what a part is charged.
    pub(super) fn renew_charges(&mut self) {
        let metered = self.meters.iter();
        let is_corrected = self.charge.is_some() || metered.clone().any(|m| m.charge().is_some());
        // A meter without a charge is not charged as the other units are.
        let estimated = Charge::estimated();
        let charge_of = |meter: &Meter| meter.charge().unwrap_or(&estimated).clone();
        let metered = metered.map(|meter| (meter.unit(), charge_of(meter)));
        let charges = Charges {
            each: self.charge.clone(),
            metered: metered.collect(),
        };
        if charges.are_by_body() {
            // It is corrected at the end of the body, and one ticket stands for all.
            self.permit_until = PermitUntil::Body;
        }
        self.charges = is_corrected.then(|| Arc::new(charges));
    }
}

impl<L: Limiter> Config<L> {
    /// What the headers will say of a decision.
    #[inline(always)]
    pub(super) fn statement(&self, decision: &DecisionRef<'_>) -> Option<Statement> {
        self.statement_of(decision, tightest)
    }

    #[inline(always)]
    pub(super) fn statement_of(
        &self,
        decision: &DecisionRef<'_>,
        headline: impl for<'d, 'p> Fn(&'d DecisionRef<'p>) -> PolicyStatus<'d>,
    ) -> Option<Statement> {
        let writer = self.writer()?;
        let now = self.limiter.unix(decision.now());
        super::emit::statement(writer, decision, headline(decision), now)
    }

    /// What writes headers, if there is anything to write or to remove.
    #[inline(always)]
    fn writer(&self) -> Option<Writer> {
        let is_silent = self.dialects == Dialects::NONE && self.existing != Existing::Replace;
        (!is_silent).then(|| Writer::new(self.dialects).with_existing(self.existing))
    }

    /// What the headers will say of how one policy stands.
    #[inline(always)]
    pub(super) fn statement_at(&self, glance: &Glance<'_>) -> Option<Statement> {
        let writer = self.writer()?;
        let now = self.limiter.unix(glance.now());
        super::emit::statement_of_one(writer, glance.status(), now)
    }
}

/// What the headers that can show one policy show.
#[inline(always)]
fn tightest<'d>(decision: &'d DecisionRef<'_>) -> PolicyStatus<'d> {
    decision.tightest()
}

/// Copies what all copies of a layer share, to change one of them. A configuration is changed before
/// it serves, so this is the only place that pays for it.
impl<L: Clone> Clone for Config<L> {
    fn clone(&self) -> Self {
        Self {
            limiter: self.limiter.clone(),
            addresses: self.addresses.clone(),
            callers: self.callers.clone(),
            endpoints: self.endpoints.clone(),
            also: self.also.clone(),
            skip: self.skip.clone(),
            cost: self.cost.clone(),
            meters: self.meters.clone(),
            charge: self.charge.clone(),
            charges: self.charges.clone(),
            observer: self.observer.clone(),
            responder: Arc::clone(&self.responder),
            ..*self
        }
    }
}
