//! From a request to what becomes of it. Decides nothing itself: it asks the limiter, and carries the
//! answer.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use ratelimit_core::{Check, Glance, Key, Limiter, Plan, Subject, Unit, Verdict};

use super::caller::{Caller, PlanFuture};
use super::config::Config;
use super::meter::MAX_METERS;
use super::rejection::Rejection;
use super::{Admitted, WhenUnavailable, ask};
use crate::BoxError;
use crate::head::Head;

/// What becomes of a request.
pub(super) enum Next<L: Limiter> {
    /// It goes to the inner service, and nothing is to be done afterwards.
    Plain,
    /// It goes to the inner service, with what must be done afterwards.
    Pass(Admitted<L>),
    /// It was answered here.
    Answered(Response<Bytes>),
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
        Err(rejection) => reject(config, request, rejection),
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
                Err(rejection) => reject(config, request, rejection),
            }
        }
        Err(error) => unavailable(config, request, Rejection::LookUp(Arc::new(error))),
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
        Err(error) => {
            return unavailable(config, request, Rejection::Limiter(Arc::new(error.into())));
        }
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
        reject(config, request, Rejection::Limited(decision.into_owned()))
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
    let cost = ask::cost(config, &head, &mut metered);
    let own = Subject { key, plan };
    if config.glances {
        // In place, because moving it out would take as long as reading it.
        if let Some(glance) = &config.limiter.glance(&own, cost) {
            return seen(config, request, glance);
        }
    }
    let mut check = match ask::check(config, &head, own, cost) {
        Ok(check) => check,
        Err(rejection) => return reject(config, request, rejection),
    };
    // In place, because moving the verdict out would cost as much as the check did.
    if let Check::Done(Ok(verdict)) = &mut check {
        let is_private = config.observer.is_none() && !config.expose;
        if is_private && !verdict.decision.is_allowed() {
            return reject(
                config,
                request,
                Rejection::Limited(verdict.decision.to_decision()),
            );
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
fn seen<L: Limiter, B>(
    config: &Config<L>,
    request: &mut Request<B>,
    glance: &Glance<'_>,
) -> Next<L> {
    if !glance.is_allowed() {
        return reject(config, request, Rejection::Limited(glance.to_decision()));
    }
    match config.statement_at(glance) {
        Some(statement) => Next::Pass(Admitted::stated(statement)),
        None => Next::Plain,
    }
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

fn unavailable<L: Limiter, B>(
    config: &Config<L>,
    request: &mut Request<B>,
    rejection: Rejection,
) -> Next<L> {
    match config.when_unavailable {
        WhenUnavailable::Admit => Next::Plain,
        WhenUnavailable::Refuse => reject(config, request, rejection),
    }
}

/// In shadow mode nobody is refused, whatever the reason.
#[inline]
fn reject<L: Limiter, B>(
    config: &Config<L>,
    request: &mut Request<B>,
    rejection: Rejection,
) -> Next<L> {
    if config.shadow {
        Next::Pass(Admitted::in_shadow(config, rejection))
    } else {
        // At once, because to carry the rejection about would cost more than to word it.
        Next::Answered(config.refuse(request, rejection))
    }
}
