//! What requests cost in a unit of its own: tokens, credits, executions.

use std::sync::Arc;

use ratelimit_core::Unit;

use super::charge::Charge;
use super::config::Cost;
use crate::head::Head;

/// How many there may be: what a request asks for is gathered in place.
pub(super) const MAX_METERS: usize = 4;

/// Counts a unit of its own beside requests: the policies of that [unit](ratelimit_core::Policy::with_unit),
/// in the plans of callers, of endpoints and of further keys, are charged by it.
///
/// All that a request costs is taken together or not at all, and each unit is settled in its own way.
///
/// ```
/// use ratelimit_core::{Outcome, Plan, Policy, Quota};
/// use ratelimit_tower::{Head, key, limit::{Charge, Meter, RateLimitLayer}};
///
/// let plan = Plan::new("starter", [
///     Policy::gcra("requests", Quota::per_minute(60)),
///     Policy::gcra("tokens", Quota::per_minute(90_000)).with_unit("tokens"),
/// ])?;
/// let tokens = Meter::new("tokens")
///     .with_cost(|head: &Head<'_>| if head.path() == "/v1/models" { 0 } else { 500 })
///     .with_charge(Charge::by_field("usage.total_tokens").with_failed(Outcome::Cancel));
/// let layer = RateLimitLayer::new(plan).with_key(key::bearer).with_meter(tokens);
/// # Ok::<(), ratelimit_core::PlanError>(())
/// ```
///
/// A request of cost 0 is not concerned by the policies of the unit: they do not refuse it, and a cap
/// gives it no permit.
#[derive(Clone)]
#[must_use = "a meter does nothing until a layer has it"]
pub struct Meter {
    unit: Unit,
    cost: Option<Cost>,
    charge: Option<Charge>,
}

impl Meter {
    /// Counts this unit: 1 for each request, unless [told](Self::with_cost).
    pub fn new(unit: &str) -> Self {
        Self {
            unit: Unit::new(unit),
            cost: None,
            charge: None,
        }
    }

    /// What a request costs in this unit, or what is assumed until it is [known](Self::with_charge).
    pub fn with_cost<F>(mut self, cost: F) -> Self
    where
        F: Fn(&Head<'_>) -> u32 + Send + Sync + 'static,
    {
        self.cost = Some(Arc::new(cost));
        self
    }

    /// What a request is charged in the end, by its response.
    pub fn with_charge(mut self, charge: Charge) -> Self {
        self.charge = Some(charge);
        self
    }

    pub(super) fn cost(&self, head: &Head<'_>) -> (Unit, u32) {
        let cost = self.cost.as_ref().map_or(1, |cost| cost(head));
        (self.unit, cost)
    }

    pub(super) fn unit(&self) -> Unit {
        self.unit
    }

    pub(super) fn charge(&self) -> Option<&Charge> {
        self.charge.as_ref()
    }
}

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meter")
            .field("unit", &self.unit)
            .field("charge", &self.charge)
            .finish_non_exhaustive()
    }
}
