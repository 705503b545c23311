//! What is counted beside requests.

use http::Method;
use ratelimit_tower::limit::{Meter, RateLimitLayer};
use ratelimit_tower::{Head, PathPrefix};

use super::super::{MeterRule, PolicyFile};

impl PolicyFile {
    pub(super) fn metering(&self, layer: RateLimitLayer) -> RateLimitLayer {
        self.meters.iter().fold(layer, |layer, rule| {
            let unit = rule.unit.as_deref().unwrap_or("requests");
            let meter = Meter::new(unit).with_cost(rule.cost());
            layer.with_meter(match &rule.charge {
                Some((_, charge)) => meter.with_charge(charge.clone()),
                None => meter,
            })
        })
    }
}

impl MeterRule {
    /// What a request costs, by where it goes.
    fn cost(&self) -> impl Fn(&Head<'_>) -> u32 + Send + Sync + use<> {
        let cost = self.cost;
        let place =
            |(method, prefix): &(Option<Method>, String)| (method.clone(), PathPrefix::new(prefix));
        let on: Option<Vec<_>> = self.on.as_ref().map(|on| on.iter().map(place).collect());
        move |head| {
            let is_here = |(method, prefix): &(Option<Method>, PathPrefix)| {
                let method = method.as_ref();
                method.is_none_or(|method| method == head.method()) && prefix.covers(head.path())
            };
            match on.as_ref().is_none_or(|on| on.iter().any(is_here)) {
                true => cost,
                false => 0,
            }
        }
    }
}
