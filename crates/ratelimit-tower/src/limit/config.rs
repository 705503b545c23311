//! What a layer was told: shared by all services that it makes.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use ratelimit_core::{DecisionRef, Glance, Limiter, PolicyStatus};
use ratelimit_headers::{Dialects, Existing, Statement, Writer};

use super::also::Also;
use super::caller::Callers;
use super::charge::{Charge, Charges};
use super::endpoint::Endpoint;
use super::meter::Meter;
use super::rejection::Rejection;
use super::respond::{ProblemJson, Refusal, Respond};
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
    fn statement_of(
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

    /// The whole answer to a refused request.
    pub(super) fn answer(&self, head: &Head<'_>, rejection: Rejection) -> Response<Bytes> {
        let mut statement = rejection
            .decision()
            .and_then(|d| self.statement_of(d, refused_by));
        let wait = rejection.retry_after(self.retry_after_held);
        // The body is to say what the headers do, and those may have to say more.
        let wait = wait.map(|wait| statement.as_ref().map_or(wait, |s| s.wait(wait)));
        let unix_now = rejection.decision().map(|d| self.limiter.unix(d.now()));
        let refusal = Refusal::of(&rejection, wait, unix_now);
        let mut response = self.responder.respond(head, &refusal);
        // What a 402 is about is cured by money: to come again for nothing would be no better advice later.
        let is_unpaid = response.status() == StatusCode::PAYMENT_REQUIRED;
        let wait = wait.filter(|_| !is_unpaid);
        if is_unpaid {
            // And a budget that is used up is no limit on requests.
            statement = rejection.decision().and_then(|d| self.statement(d));
        }
        let headers = response.headers_mut();
        match (statement, wait) {
            (Some(statement), Some(wait)) => statement.write_refusal(headers, wait),
            (Some(statement), None) => statement.write_limits(headers),
            (None, Some(wait)) => Writer::new(self.dialects).write_retry_after(headers, wait),
            (None, None) => {}
        }
        if response.status() == StatusCode::UNAUTHORIZED {
            // RFC 9110, section 15.5.2: a 401 must say how to authenticate. A responder may have.
            let challenge = || HeaderValue::from_static("Bearer");
            let headers = response.headers_mut();
            headers
                .entry(header::WWW_AUTHENTICATE)
                .or_insert_with(challenge);
        }
        response.extensions_mut().insert(rejection);
        response
    }
}

/// What the headers that can show one policy show.
#[inline(always)]
fn tightest<'d>(decision: &'d DecisionRef<'_>) -> PolicyStatus<'d> {
    decision.tightest()
}

/// What the headers that can show one policy show of a refusal: the rate that binds, if one does.
fn refused_by<'d>(decision: &'d DecisionRef<'_>) -> PolicyStatus<'d> {
    let binding = decision.binding();
    match binding.policy().is_concurrency() {
        true => decision.tightest(),
        false => binding,
    }
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
