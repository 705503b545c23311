//! What a request costs: estimated before it is sent, known when its response is there.

use std::sync::Arc;

use http::{HeaderMap, StatusCode};
use ratelimit_core::Unit;
use ratelimit_core::adapt::Spend;

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

    /// Whether each request uses some of this unit. Requests do, and tokens of a language model; of a
    /// month's credits that are used up nobody knows which requests need one, unless that is said.
    pub(super) fn concern(&self, name: &str, unit: Unit) -> bool {
        unit == Unit::REQUESTS
            || name.ends_with("tokens")
            || self.named.iter().any(|named| named.unit == unit)
    }

    #[track_caller]
    fn named(&mut self, name: &str) -> &mut Named {
        let unit = Unit::new(name);
        let at = self.named.iter().position(|named| named.unit == unit);
        let at = at.unwrap_or_else(|| {
            let units = self
                .named
                .iter()
                .map(|named| (named.unit, 0))
                .chain([(unit, 0)]);
            let fits = units.fold(Some(Spend::new(0)), |spend, (unit, amount)| {
                spend?.with_unit(unit, amount)
            });
            assert!(fits.is_some(), "too many units have a cost of their own");
            self.named.push(Named {
                unit,
                estimate: None,
                actual: None,
            });
            self.named.len() - 1
        });
        &mut self.named[at]
    }
}

/// There is room for as many as there are hooks.
fn with_unit(spend: Spend, (unit, amount): (Unit, u32)) -> Spend {
    spend.with_unit(unit, amount).unwrap_or(spend)
}
