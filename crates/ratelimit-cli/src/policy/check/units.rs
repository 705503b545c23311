//! Whether what policies count and what meters charge fit together.
//!
//! A meter without a unit charges requests, as one of the unit `requests` does. What no meter charges counts
//! each request as one: so a unit that is misspelt is a limit, and not the one that was meant.

use ratelimit_core::{Plan, Policy};

use super::super::file::{self, Word};
use super::super::syntax::nearest;
use super::Checker;

/// What is counted where no unit is named.
const REQUESTS: &str = "requests";

/// What a meter charges.
pub(super) fn of_meter(meter: &file::Meter) -> &str {
    let unit = meter.unit.as_ref();
    unit.map_or(REQUESTS, |unit| unit.get_ref().as_str())
}

/// The units that are named in a list of policies.
fn named(policies: &[file::Policy]) -> impl Iterator<Item = &Word> {
    policies.iter().filter_map(|policy| policy.unit.as_ref())
}

/// What a policy grants at once from rest.
fn at_once(policy: &Policy) -> u32 {
    let burst = policy.quota().map(|quota| quota.burst_size());
    burst.unwrap_or(policy.limit())
}

impl Checker<'_> {
    /// Where some units have meters, one that has none is probably misspelt.
    pub(super) fn warn_of_unmetered(&mut self, file: &file::File) {
        if file.meters.is_empty() {
            return;
        }
        let metered: Vec<&str> = file.meters.iter().map(of_meter).collect();
        let of_plans = file.plans.values().map(|plan| &plan.policies);
        let of_endpoints = file.endpoints.iter().map(|endpoint| &endpoint.policies);
        let all = of_plans.chain(of_endpoints);
        for word in all.flat_map(|policies| named(policies.get_ref())) {
            let unit = word.get_ref().as_str();
            if unit == REQUESTS || metered.contains(&unit) {
                continue;
            }
            let known = metered.iter().copied().chain([REQUESTS]);
            let hint = match nearest(unit, known) {
                Some(meant) => format!("did you mean `{}`?", meant.escape_debug()),
                None => {
                    "if that is meant, write a meter for it: [[meters]] with this `unit`".into()
                }
            };
            let unit = unit.escape_debug();
            let message =
                format!("each request counts as one `{unit}`, because no meter counts that unit");
            self.warn(word.span().start, message, hint);
        }
    }

    /// The JSON of what callers have used has a member for each unit, and this one.
    pub(super) fn no_unit_is_a_period(&mut self, file: &file::File) {
        if file.usage.is_none() {
            return;
        }
        let policies = file.plans.values().map(|plan| plan.policies.get_ref());
        let units = policies.flat_map(|policies| named(policies));
        for word in units.filter(|word| word.get_ref() == "period") {
            let message =
                "what [usage] tells has a member of this name: when the period begins and ends";
            self.wrong(word.span().start, message, "call the unit something else");
        }
    }

    /// A meter that counts for nobody is probably misspelt.
    pub(super) fn is_counted<'p>(
        &mut self,
        meter: &file::Meter,
        at: usize,
        plans: impl Iterator<Item = &'p Plan>,
    ) {
        let unit = of_meter(meter);
        if plans.flat_map(Plan::policies).any(|p| counts(p, unit)) {
            return;
        }
        let message = format!("no policy counts the unit `{}`", unit.escape_debug());
        let hint = match meter.unit {
            Some(_) => "write it as the `unit` of a policy",
            None => "name the unit that it charges, as in `unit = \"tokens\"`",
        };
        self.warn(at, message, hint);
    }

    /// Nobody can pay what is more than a policy ever grants. Of several policies the smallest is named:
    /// what fits it fits all.
    pub(super) fn can_be_paid<'p>(
        &mut self,
        meter: &file::Meter,
        plans: impl Iterator<Item = &'p Plan>,
    ) {
        let Some(word) = &meter.cost else { return };
        let Ok(cost) = u32::try_from(*word.get_ref()) else {
            return;
        };
        let all = plans.flat_map(|plan| plan.policies().iter().map(move |policy| (plan, policy)));
        let unit = of_meter(meter);
        let rates = all.filter(|(_, p)| counts(p, unit) && !p.is_concurrency());
        let smallest = rates.min_by_key(|(_, policy)| at_once(policy));
        let Some((plan, policy)) = smallest.filter(|(_, policy)| at_once(policy) < cost) else {
            return;
        };
        let message = format!(
            "a request would cost {cost}, and the policy `{}` of `{}` never grants more than {}: nobody could be admitted",
            policy.name().escape_debug(),
            plan.name().escape_debug(),
            at_once(policy),
        );
        let hint = "lower the cost, or raise the policy's limit (with `gcra`, its burst)";
        self.wrong(word.span().start, message, hint);
    }
}

fn counts(policy: &Policy, unit: &str) -> bool {
    policy.unit().unwrap_or(REQUESTS) == unit
}
