//! What a request costs: estimated before it is sent, known when its response is there.

use std::sync::Arc;

use http::{HeaderMap, StatusCode};
use ratelimit_core::Unit;
use ratelimit_core::adapt::Spend;
use ratelimit_headers::Policy;

use crate::client::Outgoing;

pub(super) type CostHook = dyn Fn(&Outgoing<'_>) -> u32 + Send + Sync;
pub(super) type ActualHook = dyn Fn(StatusCode, &HeaderMap) -> Option<u32> + Send + Sync;

/// The hooks that say so.
#[derive(Clone, Default)]
pub(super) struct Costs {
    pub(super) each: Option<Arc<CostHook>>,
    pub(super) actual_each: Option<Arc<ActualHook>>,
    named: Vec<Named>,
}

/// A unit that has a cost of its own.
#[derive(Clone)]
struct Named {
    unit: Unit,
    estimate: Option<Arc<CostHook>>,
    actual: Option<Arc<ActualHook>>,
}

impl Costs {
    #[track_caller]
    pub(super) fn estimate(&mut self, unit: &str, hook: Arc<CostHook>) {
        self.named(unit).estimate = Some(hook);
    }

    #[track_caller]
    pub(super) fn true_up(&mut self, unit: &str, hook: Arc<ActualHook>) {
        self.named(unit).actual = Some(hook);
    }

    /// What a request is expected to cost.
    pub(super) fn spend(&self, head: &Outgoing<'_>) -> Spend {
        let each = self.each.as_ref().map_or(1, |cost| cost(head));
        let named = self.named.iter().filter_map(|named| {
            let estimate = named.estimate.as_ref()?;
            Some((named.unit, estimate(head)))
        });
        named.fold(Spend::new(each), with_unit)
    }

    /// What it has cost, if the response says anything about that.
    pub(super) fn actual(
        &self,
        expected: Spend,
        status: StatusCode,
        headers: &HeaderMap,
    ) -> Option<Spend> {
        let say = |hook: Option<&Arc<ActualHook>>| hook?(status, headers);
        let each = say(self.actual_each.as_ref());
        let mut known = each.is_some();
        let mut spend = Spend::new(each.unwrap_or(expected.each()));
        for named in &self.named {
            let actual = say(named.actual.as_ref());
            known |= actual.is_some();
            // What was estimated for it alone stays, whatever the others have cost.
            let kept = named.estimate.as_ref().map(|_| expected.of(named.unit));
            if let Some(amount) = actual.or(kept) {
                spend = with_unit(spend, (named.unit, amount));
            }
        }
        known.then_some(spend)
    }

    /// Whether each request uses some of what a policy counts. Requests do, and tokens of a language model; of a
    /// month's credits that are used up nobody knows which requests need one, unless that is said.
    pub(super) fn concern(&self, policy: &Policy) -> bool {
        let unit = unit_of(policy);
        unit == Unit::REQUESTS
            || policy.unit().is_some_and(|name| name.ends_with("tokens"))
            || self.named.iter().any(|named| named.unit == unit)
    }

    #[track_caller]
    fn named(&mut self, name: &str) -> &mut Named {
        let unit = Unit::new(name);
        let known = self.named.iter().position(|named| named.unit == unit);
        let at = match known {
            Some(at) => at,
            None => self.add(unit),
        };
        &mut self.named[at]
    }

    #[track_caller]
    fn add(&mut self, unit: Unit) -> usize {
        self.named.push(Named {
            unit,
            estimate: None,
            actual: None,
        });
        let mut units = self.named.iter().map(|named| named.unit);
        let all = units.try_fold(Spend::new(0), |spend, unit| spend.with_unit(unit, 0));
        assert!(all.is_some(), "too many units have a cost of their own");
        self.named.len() - 1
    }
}

/// What a policy counts: requests, if it does not say.
pub(super) fn unit_of(policy: &Policy) -> Unit {
    policy.unit().map_or(Unit::REQUESTS, Unit::new)
}

/// There is room for as many as there are hooks.
fn with_unit(spend: Spend, (unit, amount): (Unit, u32)) -> Spend {
    spend.with_unit(unit, amount).unwrap_or(spend)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn estimate(costs: &mut Costs, unit: &str, amount: u32) {
        costs.estimate(unit, Arc::new(move |_: &Outgoing<'_>| amount));
    }

    fn stated(costs: &mut Costs, unit: &str, amount: Option<u32>) {
        let hook = move |_: StatusCode, _: &HeaderMap| amount;
        costs.true_up(unit, Arc::new(hook));
    }

    fn spend(costs: &Costs) -> Spend {
        let request = Request::new(());
        costs.spend(&Outgoing::new(&request))
    }

    fn actual(costs: &Costs) -> Option<Spend> {
        costs.actual(spend(costs), StatusCode::OK, &HeaderMap::new())
    }

    #[test]
    fn each_unit_has_the_cost_that_was_said_for_it() {
        let (tokens, credits) = (Unit::new("tokens"), Unit::new("credits"));
        let mut costs = Costs::default();
        assert_eq!(spend(&costs), Spend::new(1));
        estimate(&mut costs, "tokens", 500);
        assert_eq!(
            (spend(&costs).of(tokens), spend(&costs).of(credits)),
            (500, 1)
        );
        estimate(&mut costs, "tokens", 600); // instead
        assert_eq!(spend(&costs).of(tokens), 600);
    }

    #[test]
    fn what_a_response_does_not_state_stays_as_it_was_estimated() {
        let (tokens, credits) = (Unit::new("tokens"), Unit::new("credits"));
        let mut costs = Costs::default();
        estimate(&mut costs, "credits", 7);
        stated(&mut costs, "tokens", None);
        assert_eq!(actual(&costs), None);
        stated(&mut costs, "tokens", Some(420));
        let actual = actual(&costs).unwrap();
        assert_eq!(
            (actual.of(tokens), actual.of(credits), actual.each()),
            (420, 7, 1)
        );
        costs.actual_each = Some(Arc::new(|_: StatusCode, _: &HeaderMap| Some(3)));
        let actual = costs.actual(spend(&costs), StatusCode::OK, &HeaderMap::new());
        let actual = actual.unwrap();
        assert_eq!(
            (actual.of(tokens), actual.of(credits), actual.each()),
            (420, 7, 3)
        );
    }

    #[test]
    #[should_panic(expected = "too many units")]
    fn four_units_are_too_many() {
        let mut costs = Costs::default();
        for unit in ["a", "b", "c", "d"] {
            estimate(&mut costs, unit, 1);
        }
    }
}
