//! What the limiter is asked about a request: what it costs, and everything that binds it.

#![expect(
    clippy::result_large_err,
    reason = "a rejection ends a request, so it is moved once"
)]

use ratelimit_core::{Check, Cost, Limiter, MAX_SUBJECTS, Subject, Unit};

use super::config::Config;
use super::endpoint::{self, Endpoint};
use super::meter::MAX_METERS;
use super::rejection::Rejection;
use crate::head::Head;

/// What the request costs: in the units that have meters, and in all others.
#[inline(always)]
pub(super) fn cost<'m, L>(
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

/// Asks about the caller, the endpoint that binds it, and whatever else does.
#[inline(always)]
pub(super) fn check<'c, L: Limiter>(
    config: &'c Config<L>,
    head: &Head<'_>,
    own: Subject<'c>,
    cost: Cost<'_>,
) -> Result<Check<'c, L>, Rejection> {
    let endpoint = match &*config.endpoints {
        [] => None,
        endpoints => endpoint::find(endpoints, head),
    };
    if !config.also.is_empty() {
        let subjects = all_subjects(config, head, own, endpoint)?;
        return Ok(take(config, &subjects, cost));
    }
    Ok(match endpoint {
        None => take(config, &[own], cost),
        Some(endpoint) if endpoint.is_instead() => take(config, &[endpoint.subject(own.key)], cost),
        Some(endpoint) => take(config, &[own, endpoint.subject(own.key)], cost),
    })
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
