//! From a request to what becomes of it. Decides nothing itself: it asks the limiter, and carries the
//! answer.

use std::sync::Arc;

use http::{HeaderValue, Request, header};
use ratelimit_core::{
    Check, Cost, Glance, Key, Limiter, MAX_SUBJECTS, Plan, Subject, Unit, Verdict,
};

use super::caller::{Caller, PlanFuture};
use super::config::Config;
use super::endpoint::{self, Endpoint};
use super::meter::MAX_METERS;
use super::rejection::Rejection;
use super::{Admitted, WhenUnavailable};
use crate::BoxError;
use crate::head::Head;

/// What becomes of a request.
pub(super) enum Next<L: Limiter> {
    /// It goes to the inner service, and nothing is to be done afterwards.
    Plain,
    /// It goes to the inner service, with what must be done afterwards.
    Pass(Admitted<L>),
    /// It is answered here.
    Reject(Rejection),
    /// The caller's plan must be looked up first.
    LookUp(Key, PlanFuture),
    /// The limiter has to ask somebody.
    Wait(L::Future),
}

/// The first step of every request.
///
/// What is inlined here on demand is on the path of every request that is admitted; a call would copy
/// what it returns.
#[inline(always)]
pub(super) fn decide<L: Limiter, B>(config: &Config<L>, request: &mut Request<B>) -> Next<L> {
    let head = Head::new(request, &config.addresses);
    if config.skip.as_ref().is_some_and(|skip| skip(&head)) {
        return Next::Plain;
    }
    match config.callers.find(&head, config.limiter.hasher()) {
        Ok(Caller::Known { key, plan }) => ask(config, request, key, &plan),
        Ok(Caller::Pending { key, plan }) => Next::LookUp(key, plan),
        Ok(Caller::Pass) => Next::Plain,
        Err(rejection) => reject(config, rejection),
    }
}

/// The step after a look-up.
#[inline(never)]
pub(super) fn decide_looked_up<L: Limiter, B>(
    config: &Config<L>,
    request: &mut Request<B>,
    key: Key,
    plan: Result<Option<Plan>, BoxError>,
) -> Next<L> {
    match plan {
        Ok(Some(plan)) => ask(config, request, key, &plan),
        Ok(None) => {
            let head = Head::new(request, &config.addresses);
            let hasher = config.limiter.hasher();
            match config.callers.unknown(&head, hasher) {
                Ok(Caller::Known { key, plan }) => ask(config, request, key, &plan),
                Ok(Caller::Pending { .. } | Caller::Pass) => Next::Plain,
                Err(rejection) => reject(config, rejection),
            }
        }
        Err(error) => unavailable(config, Rejection::LookUp(Arc::new(error))),
    }
}

/// The step after the limiter answered.
pub(super) fn conclude<L: Limiter, B>(
    config: &Config<L>,
    request: &mut Request<B>,
    answer: Result<Verdict<'_, L::Ticket>, L::Error>,
) -> Next<L> {
    let verdict = match answer {
        Ok(verdict) => verdict,
        Err(error) => return unavailable(config, Rejection::Limiter(Arc::new(error.into()))),
    };
    let Verdict { decision, ticket } = verdict;
    if let Some(observer) = &config.observer {
        observer(&Head::new(request, &config.addresses), &decision);
    }
    if config.expose {
        request.extensions_mut().insert(decision.to_decision());
    }
    if decision.is_allowed() {
        ask_for_text(config, request);
        Next::Pass(Admitted::by(config, &decision, ticket))
    } else {
        reject(config, Rejection::Limited(Arc::new(decision.into_owned())))
    }
}

/// Asks the limiter about the caller, and the endpoint that binds it.
#[inline(always)]
fn ask<L: Limiter, B>(
    config: &Config<L>,
    request: &mut Request<B>,
    key: Key,
    plan: &Plan,
) -> Next<L> {
    let head = Head::new(request, &config.addresses);
    let mut metered = [(Unit::REQUESTS, 0); MAX_METERS];
    let cost = cost(config, &head, &mut metered);
    let own = Subject { key, plan };
    if config.glances {
        if let Some(glance) = config.limiter.glance(&own, cost) {
            return seen(config, glance);
        }
    }
    let endpoint = match &*config.endpoints {
        [] => None,
        endpoints => endpoint::find(endpoints, &head),
    };
    let mut check = if !config.also.is_empty() {
        match all_subjects(config, &head, own, endpoint) {
            Ok(subjects) => take(config, subjects.as_slice(), cost),
            Err(rejection) => return reject(config, rejection),
        }
    } else if let Some(endpoint) = endpoint {
        let at_endpoint = endpoint.subject(key);
        if endpoint.is_instead() {
            take(config, &[at_endpoint], cost)
        } else {
            take(config, &[own, at_endpoint], cost)
        }
    } else {
        take(config, &[own], cost)
    };
    // In place, because moving the verdict out would cost as much as the check did.
    if let Check::Done(Ok(verdict)) = &mut check {
        let is_private = config.observer.is_none() && !config.expose;
        if is_private && !verdict.decision.is_allowed() {
            let decision = Arc::new(verdict.decision.to_decision());
            return reject(config, Rejection::Limited(decision));
        }
        if is_private {
            ask_for_text(config, request);
            let ticket = verdict.ticket.take();
            let statement = config.statement(&verdict.decision);
            if statement.is_none() && ticket.is_none() {
                return Next::Plain;
            }
            let decision = &verdict.decision;
            return Next::Pass(Admitted::with(config, decision, statement, ticket));
        }
    }
    match check {
        Check::Done(answer) => conclude(config, request, answer),
        Check::Wait(future) => Next::Wait(future),
    }
}

/// The usual end of a check: there is nothing to do but to say how the one policy stands.
#[inline(always)]
fn seen<L: Limiter>(config: &Config<L>, glance: Glance<'_>) -> Next<L> {
    if !glance.is_allowed() {
        let decision = Arc::new(glance.to_decision());
        return reject(config, Rejection::Limited(decision));
    }
    match config.statement_at(&glance) {
        Some(statement) => Next::Pass(Admitted::stated(statement)),
        None => Next::Plain,
    }
}

/// What the request costs: in the units that have meters, and in all others.
#[inline(always)]
fn cost<'m, L>(
    config: &Config<L>,
    head: &Head<'_>,
    metered: &'m mut [(Unit, u32); MAX_METERS],
) -> Cost<'m> {
    let each = Cost::from(config.cost.as_ref().map_or(1, |cost| cost(head)));
    if config.meters.is_empty() {
        return each;
    }
    let filled = metered.iter_mut().zip(&config.meters);
    filled.for_each(|(place, meter)| *place = meter.cost(head));
    each.with_units(&metered[..config.meters.len()])
}

/// What a compressed body says cannot be read, and a client must not choose what is charged: the service
/// behind is asked not to compress.
#[inline(always)]
fn ask_for_text<L, B>(config: &Config<L>, request: &mut Request<B>) {
    let charges = config.charges.as_ref();
    if charges.is_some_and(|charges| charges.are_by_field()) {
        let identity = HeaderValue::from_static("identity");
        request
            .headers_mut()
            .insert(header::ACCEPT_ENCODING, identity);
    }
}

/// Takes the cost for good, or until the response says what it is.
#[inline(always)]
fn take<'p, L: Limiter>(
    config: &Config<L>,
    subjects: &[Subject<'p>],
    cost: Cost<'_>,
) -> Check<'p, L> {
    match config.charges {
        None => config.limiter.check(subjects, cost),
        Some(_) => config.limiter.reserve(subjects, cost),
    }
}

/// Everything that binds a request: at least one, and no more than one check can name.
#[inline(never)]
fn all_subjects<'s, L: Limiter>(
    config: &'s Config<L>,
    head: &Head<'_>,
    own: Subject<'s>,
    endpoint: Option<&'s Endpoint>,
) -> Result<Vec<Subject<'s>>, Rejection> {
    let mut subjects = Vec::with_capacity(MAX_SUBJECTS);
    if !endpoint.is_some_and(Endpoint::is_instead) {
        subjects.push(own);
    }
    subjects.extend(endpoint.map(|endpoint| endpoint.subject(own.key)));
    for also in &config.also {
        subjects.extend(also.subject(head, config.limiter.hasher())?);
    }
    Ok(subjects)
}

fn unavailable<L: Limiter>(config: &Config<L>, rejection: Rejection) -> Next<L> {
    match config.when_unavailable {
        WhenUnavailable::Admit => Next::Plain,
        WhenUnavailable::Refuse => reject(config, rejection),
    }
}

/// In shadow mode nobody is refused, whatever the reason.
fn reject<L: Limiter>(config: &Config<L>, rejection: Rejection) -> Next<L> {
    if config.shadow {
        Next::Pass(Admitted::in_shadow(config, rejection))
    } else {
        Next::Reject(rejection)
    }
}
